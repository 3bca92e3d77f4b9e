package faultproxy

import (
	"bufio"
	"net"
	"testing"
)

func TestExempt(t *testing.T) {
	p, err := Start(server(t).Addr(), Config{
		Plan:   func(Request) Action { return Action{Fault: Answer} },
		Exempt: Handshake,
		Record: true,
	})
	ok(t, err)
	t.Cleanup(func() { _ = p.Close() })
	c := dial(t, p)
	c.send("select 0", "PING")
	c.expect("+OK\r\n", Loading)
	want := Counts{Dials: 1, Requests: 1, Answered: 1, Passed: 1}
	want.Faults[Answer] = 1
	equal(t, want, p.Counts())
	equal(t, "dials=1 requests=1 forwarded=0 answered=1 passed=1 answer=1", p.Counts().String())
	equal(t, Request{Conn: 1, Args: []string{"select", "0"}}, p.Record()[0].Request)
}

func TestSubscribedIsPassedThrough(t *testing.T) {
	s := server(t)
	p := start(t, s.Addr(), Script(Named("PING"), Action{Fault: CutBefore}))
	c := dial(t, p)
	c.send("SUBSCRIBE one two")
	c.expect("*3\r\n$9\r\nsubscribe\r\n$3\r\none\r\n:1\r\n", "*3\r\n$9\r\nsubscribe\r\n$3\r\ntwo\r\n:2\r\n")
	s.Publish("two", "news")
	c.expect("*3\r\n$7\r\nmessage\r\n$3\r\ntwo\r\n$4\r\nnews\r\n")
	c.send("PING")
	c.expect("*2\r\n$4\r\npong\r\n$0\r\n\r\n")
}

// scripted answers each request with bytes of its own.
func scripted(t *testing.T, replies ...string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ok(t, err)
	done := make(chan struct{})
	t.Cleanup(func() { _ = l.Close(); <-done })
	go func() {
		defer close(done)
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer func() { _ = conn.Close() }()
		in := bufio.NewReader(conn)
		for _, reply := range replies {
			if _, _, err := readRequest(in); err != nil {
				return
			}
			if _, err := conn.Write([]byte(reply)); err != nil {
				return
			}
		}
		_, _ = in.ReadByte()
	}()
	return l.Addr().String()
}

func TestPushesAreNotReplies(t *testing.T) {
	const push = ">2\r\n+invalidate\r\n*1\r\n+k\r\n"
	p := start(t, scripted(t, push+push+"+one\r\n"+push, "+two\r\n"), nil)
	c := dial(t, p)
	c.send("GET a")
	c.expect(push, push, "+one\r\n", push)
	c.send("GET b")
	c.expect("+two\r\n")
	equal(t, "+one\r\n", p.Record()[0].Reply)
}

func TestNotRESP(t *testing.T) {
	p := start(t, server(t).Addr(), nil)
	c := dial(t, p)
	_, err := c.Write([]byte("*1\r\n:1\r\n"))
	ok(t, err)
	got, _ := c.rest()
	equal(t, "-ERR Protocol error: faultproxy: not RESP: an argument starts with ':'\r\n", got)

	p = start(t, scripted(t, "HTTP/1.1 400 Bad Request\r\n"), nil)
	c = dial(t, p)
	c.send("GET a")
	got, _ = c.rest()
	equal(t, "", got)
}

func TestAbandonedCommand(t *testing.T) {
	s := server(t)
	p := start(t, s.Addr(), nil)
	waiting, other := dial(t, p), dial(t, p)
	waiting.send("BLPOP list 0")
	other.send("PING")
	other.expect("+PONG\r\n")
	// The proxy closes the connection of a blocking command that nobody waits for,
	// so that it takes nothing.
	ok(t, waiting.Close())
	for s.CurrentConnectionCount() > 1 {
		other.send("PING")
		other.expect("+PONG\r\n")
	}
	other.send("RPUSH list v", "LRANGE list 0 -1")
	other.expect(":1\r\n", "*1\r\n$1\r\nv\r\n")
}

func TestSetPlan(t *testing.T) {
	p := start(t, server(t).Addr(), nil)
	c := dial(t, p)
	c.send("PING")
	c.expect("+PONG\r\n")
	p.SetPlan(Script(Commands, Action{Fault: Answer}))
	c.send("PING", "PING")
	c.expect(Loading, "+PONG\r\n")
}
