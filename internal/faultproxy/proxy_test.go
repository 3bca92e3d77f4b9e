package faultproxy

import (
	"errors"
	"net"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestPassesOn(t *testing.T) {
	p := start(t, server(t).Addr(), nil)
	c := dial(t, p)
	c.send("SET k v", "GET k", "HGETALL none", "GET missing")
	c.expect("+OK\r\n", "$1\r\nv\r\n", "*0\r\n", "$-1\r\n")
	equal(t, Counts{Dials: 1, Requests: 4, Forwarded: 4, Answered: 4}, p.Counts())
	equal(t, Exchange{
		Request:   Request{Seq: 3, Conn: 1, Args: []string{"GET", "k"}},
		Forwarded: true, Reply: "$1\r\nv\r\n", Delivered: true,
	}, p.Record()[1])
}

func TestFaults(t *testing.T) {
	const big = "0123456789"
	for _, tt := range []struct {
		name     string
		action   Action
		command  string
		executed bool
		bytes    string // that the client gets
		reset    bool   // or else EOF
	}{
		{"cut before", Action{Fault: CutBefore}, "SET k v", false, "", true},
		{"cut before, orderly", Action{Fault: CutBefore, Orderly: true}, "SET k v", false, "", false},
		{"cut after", Action{Fault: CutAfter}, "SET k v", true, "", true},
		{"cut after, orderly", Action{Fault: CutAfter, Orderly: true}, "SET k v", true, "", false},
		{"cut within, default", Action{Fault: CutMidReply}, "SET k v", true, "+", false},
		{"cut within, at 4", Action{Fault: CutMidReply, Bytes: 4}, "SET k v", true, "+OK\r", false},
		{"cut within, far out", Action{Fault: CutMidReply, Bytes: 4000}, "SET k " + big, true, "+OK\r", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := server(t)
			p := start(t, s.Addr(), onCommands(tt.action))
			c := dial(t, p)
			c.send(tt.command)
			got, err := c.rest()
			equal(t, tt.bytes, got)
			if tt.reset {
				errorIs(t, err, syscall.ECONNRESET)
			} else {
				ok(t, err, "EOF")
			}
			equal(t, tt.executed, s.Exists("k"))

			want := Counts{Dials: 1, Requests: 1}
			want.Faults[tt.action.Fault] = 1
			exchange := Exchange{
				Request: Request{Seq: 2, Conn: 1, Args: strings.Fields(tt.command)},
				Action:  tt.action,
			}
			if tt.executed {
				want.Forwarded = 1
				exchange.Forwarded, exchange.Reply = true, "+OK\r\n"
			}
			equal(t, want, p.Counts())
			equal(t, []Exchange{exchange}, p.Record())
		})
	}
}

func TestCutInPipeline(t *testing.T) {
	for _, tt := range []struct {
		fault    Fault
		orderly  bool
		executed string
	}{
		{CutBefore, false, "2"},
		{CutBefore, true, "2"},
		{CutAfter, false, "3"},
		{CutAfter, true, "3"},
		{CutMidReply, false, "3"},
	} {
		s := server(t)
		p := start(t, s.Addr(), onCommands(Action{}, Action{},
			Action{Fault: tt.fault, Orderly: tt.orderly}))
		c := dial(t, p)
		c.send("INCR n", "INCR n", "INCR n", "INCR n", "INCR n")
		// What was answered before the cut arrives, even if a reset follows.
		c.expect(":1\r\n", ":2\r\n")
		_, _ = c.rest()
		got, err := s.Get("n")
		ok(t, err)
		equal(t, tt.executed, got, "%v", tt.fault)
		equal(t, 3, p.Counts().Requests, "what is behind the cut is not read")
	}
}

func TestAnswer(t *testing.T) {
	s := server(t)
	p := start(t, s.Addr(), onCommands(
		Action{Fault: Answer},
		Refuse("READONLY You can't write against a read only replica.")))
	c := dial(t, p)
	c.send("INCR n", "INCR n", "INCR n")
	c.expect(Loading, "-READONLY You can't write against a read only replica.\r\n", ":1\r\n")
	want := Counts{Dials: 1, Requests: 3, Forwarded: 1, Answered: 3}
	want.Faults[Answer] = 2
	equal(t, want, p.Counts())
}

func TestRefusedDial(t *testing.T) {
	s := server(t)
	p := start(t, s.Addr(), Script(Dials, Action{Fault: RefuseDial}))
	c := dial(t, p)
	c.send("INCR n")
	c.expectReset()
	equal(t, 0, s.CurrentConnectionCount(), "the server has seen nothing")

	c = dial(t, p)
	c.send("INCR n")
	c.expect(":1\r\n")
	want := Counts{Dials: 2, Requests: 1, Forwarded: 1, Answered: 1}
	want.Faults[RefuseDial] = 1
	equal(t, want, p.Counts())
}

func TestRefuseAndListen(t *testing.T) {
	p := start(t, server(t).Addr(), nil)
	open := dial(t, p)
	ok(t, p.Refuse())
	ok(t, p.Refuse(), "again")
	_, err := net.Dial("tcp", p.Addr())
	errorIs(t, err, syscall.ECONNREFUSED)

	open.send("PING")
	open.expect("+PONG\r\n")

	addr := p.Addr()
	ok(t, p.Listen())
	ok(t, p.Listen(), "again")
	equal(t, addr, p.Addr())
	c := dial(t, p)
	c.send("PING")
	c.expect("+PONG\r\n")
}

func TestServerAway(t *testing.T) {
	s := server(t)
	p := start(t, s.Addr(), nil)
	idle := dial(t, p)
	idle.send("PING")
	idle.expect("+PONG\r\n")
	s.Close()
	got, err := idle.rest()
	equal(t, "", got, "an idle connection ends with the server's")
	ok(t, err)

	c := dial(t, p)
	c.send("PING")
	c.expectReset()
	equal(t, 1, p.Counts().Unreachable)
}

func TestStall(t *testing.T) {
	s := server(t)
	p := start(t, s.Addr(), func(r Request) Action {
		switch {
		case r.IsDial() && r.Conn == 3:
			return Action{Fault: StallBefore}
		case r.Name() == "INCR":
			return Action{Fault: StallBefore}
		case r.Name() == "RPUSH":
			return Action{Fault: StallAfter}
		}
		return Action{}
	})
	before, after, dialed := dial(t, p), dial(t, p), dial(t, p)
	before.send("INCR n")
	after.send("RPUSH list v")
	dialed.send("PING")
	for _, c := range []*client{before, after, dialed} {
		ok(t, c.SetReadDeadline(time.Now().Add(50*time.Millisecond)))
		_, err := c.rest()
		var timeout net.Error
		equal(t, true, errors.As(err, &timeout) && timeout.Timeout(), "%v", err)
	}
	equal(t, false, s.Exists("n"))
	direct := dial(t, start(t, s.Addr(), nil))
	direct.send("BLPOP list 10") // waits for the push, should it be late
	direct.expect("*2\r\n$4\r\nlist\r\n$1\r\nv\r\n")
}

func TestLatency(t *testing.T) {
	const wait = 60 * time.Millisecond
	for name, action := range map[string]Action{
		"before": {Before: wait},
		"after":  {After: wait},
	} {
		t.Run(name, func(t *testing.T) {
			p := start(t, server(t).Addr(), onCommands(action, action, action, action))
			c := dial(t, p)
			begin := time.Now()
			c.send("INCR n", "INCR n", "INCR n", "INCR n")
			c.expect(":1\r\n", ":2\r\n", ":3\r\n", ":4\r\n")
			took := time.Since(begin)
			if took < wait || took >= 4*wait {
				t.Fatalf("took %v, want a single wait of %v for commands that arrive together", took, wait)
			}
		})
	}
}

func TestCloseEndsEverything(t *testing.T) {
	s := server(t)
	ok(t, s.Set("big", strings.Repeat("x", 8<<20)))
	p := start(t, s.Addr(), func(r Request) Action {
		switch r.Conn {
		case 1:
			return Action{Fault: StallBefore}
		case 2:
			return Action{Before: time.Hour}
		case 3:
			return Action{Fault: RefuseDial}
		case 4:
			return Action{Fault: CutAfter, Orderly: true}
		case 5:
			return Action{After: time.Hour}
		}
		return Action{}
	})
	for i := range 8 {
		c := dial(t, p)
		switch i {
		case 2: // says nothing
		case 5: // does not read
			c.send("GET big", "GET big", "GET big")
		case 6:
			c.send("BLPOP none 0")
		default:
			c.send("PING")
		}
	}
	ok(t, p.Close())
	ok(t, p.Close(), "again")
	errorIs(t, p.Listen(), net.ErrClosed)
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	if strings.Contains(string(stacks), "faultproxy.(*session)") {
		t.Fatalf("a goroutine is left:\n%s", stacks)
	}
}

func TestStartRefuses(t *testing.T) {
	_, err := Start("nowhere", Config{})
	if err == nil || !strings.Contains(err.Error(), `target "nowhere"`) {
		t.Fatal(err)
	}
	_, err = Start("localhost:1", Config{Addr: "256.0.0.1:0"})
	if err == nil || !strings.Contains(err.Error(), "256.0.0.1") {
		t.Fatal(err)
	}
}

func TestOrderlyCut(t *testing.T) {
	s := server(t)
	p := start(t, s.Addr(), Script(Named("SET"), Action{Fault: CutBefore, Orderly: true}))
	c, other := dial(t, p), dial(t, p)
	// Far more behind the cut than fits any buffer: it is read and dropped, so the
	// client can finish its batch and does not meet a reset.
	c.send("GET k", "SET k v", "SET k "+strings.Repeat("x", 8<<20))
	got, err := c.rest()
	ok(t, err, "EOF")
	equal(t, "$-1\r\n", got)
	// The server has been left, even though the client still holds its end.
	for s.CurrentConnectionCount() > 1 {
		other.send("PING")
		other.expect("+PONG\r\n")
	}
	equal(t, false, s.Exists("k"))
}
