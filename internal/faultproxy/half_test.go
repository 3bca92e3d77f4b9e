package faultproxy

import (
	"errors"
	"net"
	"runtime"
	"syscall"
	"testing"
)

// TestHalfClose: the client reads EOF, and what it goes on to write is executed all the same.
func TestHalfClose(t *testing.T) {
	s := server(t)
	p := start(t, s.Addr(), Script(Named("INCR"), Action{}, Action{Fault: HalfClose}))
	c := dial(t, p)
	c.send("INCR n", "INCR n", "INCR n")
	c.expect(":1\r\n")
	got, err := c.rest()
	ok(t, err, "EOF")
	equal(t, "", got)
	c.send("INCR n", "MULTI", "INCR n", "EXEC")
	ok(t, c.Conn.(*net.TCPConn).CloseWrite())
	for s.CurrentConnectionCount() > 0 {
		other := dial(t, p)
		other.send("PING")
		other.expect("+PONG\r\n")
		ok(t, other.Close())
	}
	got, err = s.Get("n")
	ok(t, err)
	equal(t, "5", got)
	var seen []Fault
	for _, x := range p.Record() {
		if x.Conn == 1 {
			seen = append(seen, x.Action.Fault)
			equal(t, x.Action.Fault != HalfClose, x.Delivered, x.Args)
			equal(t, true, x.Forwarded)
		}
	}
	equal(t, []Fault{None, HalfClose, HalfClose, HalfClose, HalfClose, HalfClose, HalfClose}, seen)
}

// TestCutAll: what was sent together is executed, and no reply arrives.
func TestCutAll(t *testing.T) {
	s := server(t)
	p := start(t, s.Addr(), Script(Named("INCR"), Action{}, Action{Fault: CutAll}))
	c := dial(t, p)
	c.send("INCR n", "INCR n", "GET n", "MULTI", "INCR n", "EXEC")
	c.expect(":1\r\n")
	got, err := c.rest()
	ok(t, err, "EOF")
	equal(t, "", got)
	got, err = s.Get("n")
	ok(t, err)
	equal(t, "3", got)
	for i, x := range p.Record() {
		equal(t, i == 0, x.Delivered, x.Args)
		equal(t, true, x.Forwarded)
	}
	next := dial(t, p)
	next.send("GET n")
	next.expect("$1\r\n3\r\n")
}

// TestHalfCloseSpoiled: what the proxy has refused within MULTI spoils the block, though nobody is told.
func TestHalfCloseSpoiled(t *testing.T) {
	s := server(t)
	p := start(t, s.Addr(), Script(Commands, Action{}, Refuse("READONLY no"), Action{Fault: HalfClose}))
	c := dial(t, p)
	c.send("MULTI", "SET k v", "SET l v", "EXEC")
	c.expect("+OK\r\n", "-READONLY no\r\n")
	_, err := c.rest()
	ok(t, err)
	for p.Counts().Requests < 4 {
		other := dial(t, p)
		_ = other.Close()
	}
	ok(t, p.Close())
	equal(t, false, s.Exists("k") || s.Exists("l"))
	equal(t, false, p.Record()[3].Delivered)
}

func TestHangUp(t *testing.T) {
	s := server(t)
	p := start(t, s.Addr(), onCommands(Action{Fault: HangUp}))
	c := dial(t, p)
	c.send("INCR n", "INCR n")
	got, err := c.rest()
	ok(t, err, "EOF")
	equal(t, ":1\r\n", got)
	c.send("INCR n") // nobody reads it
	got, err = s.Get("n")
	ok(t, err)
	equal(t, "1", got)
	want := Counts{Dials: 1, Requests: 1, Forwarded: 1, Answered: 1}
	want.Faults[HangUp] = 1
	equal(t, want, p.Counts())
}

func TestResetDial(t *testing.T) {
	s := server(t)
	p := start(t, s.Addr(), Script(Dials, Action{Fault: ResetDial}))
	conn, err := net.Dial("tcp", p.Addr())
	if err == nil {
		_, err = conn.Read(make([]byte, 1)) // without a word from the client
		_ = conn.Close()
	}
	errorIs(t, err, syscall.ECONNRESET)
	equal(t, 0, s.CurrentConnectionCount())
	want := Counts{Dials: 1}
	want.Faults[ResetDial] = 1
	equal(t, want, p.Counts())

	c := dial(t, p)
	c.send("INCR n")
	c.expect(":1\r\n")
}

// TestHold: the reply comes when the test says so, to whoever reads then.
func TestHold(t *testing.T) {
	until := make(chan struct{})
	p := start(t, server(t).Addr(), onCommands(Action{Hold: until}))
	c := dial(t, p)
	c.send("INCR n")
	for len(p.Record()) == 0 || p.Record()[0].Reply == "" {
		runtime.Gosched()
	}
	equal(t, Counts{Dials: 1, Requests: 1, Forwarded: 1}, p.Counts(), "executed, and not answered")
	c.send("INCR n")
	close(until)
	c.expect(":1\r\n", ":2\r\n")

	// One that is never released ends with the proxy.
	p = start(t, server(t).Addr(), onCommands(Action{Hold: make(chan struct{})}))
	c = dial(t, p)
	c.send("INCR n")
	ok(t, p.Close())
	if _, err := c.rest(); err != nil && !errors.Is(err, syscall.ECONNRESET) {
		t.Fatal(err)
	}
}
