package proptest_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/internal/redistest"
	"github.com/reprise-go/reprise/internal/resp"
	"github.com/reprise-go/reprise/proptest"
)

// TestServerFaults: each fault does what it says, to a client that tries once.
func TestServerFaults(t *testing.T) {
	for _, tt := range []struct {
		fault    proptest.Fault
		executed int
		err      error // nil: the client gets 1
	}{
		{proptest.PassOn(), 1, nil},
		{proptest.DropRequest(), 0, io.EOF},
		{proptest.ResetRequest(), 0, syscall.ECONNRESET},
		{proptest.DropReply(), 1, io.EOF},
		{proptest.ResetReply(), 1, syscall.ECONNRESET},
		{proptest.CutReply(2), 1, io.EOF},
		{proptest.HalfClose(), 1, io.EOF},
		{proptest.HangUp(), 1, nil},
		{proptest.RefuseWith("LOADING wait"), 0, resp.Error("LOADING wait")},
		{proptest.DelayRequest(time.Millisecond), 1, nil},
		{proptest.DelayReply(time.Millisecond), 1, nil},
		{proptest.StallRequest(), 0, os.ErrDeadlineExceeded},
		{proptest.StallReply(), 1, os.ErrDeadlineExceeded},
	} {
		t.Run(tt.fault.String(), func(t *testing.T) {
			s := proptest.NewServer(t)
			s.Script("incr", proptest.PassOn(), tt.fault)
			c := once(t, s)
			if tt.err != os.ErrDeadlineExceeded { //nolint:errorlint // of the table
				c.timeout = time.Minute // a busy machine is no stall
			}
			if v, err := c.do(t.Context(), []string{"INCR", "m"}); v != 1 || err != nil {
				t.Fatal(v, err)
			}
			v, err := c.do(t.Context(), []string{"INCR", "n"})
			if tt.err == nil && (v != 1 || err != nil) || !errors.Is(err, tt.err) {
				t.Errorf("got %v, %v, want %v", v, err, tt.err)
			}
			if n := s.Executed("INCR", "n"); n != tt.executed || tt.fault.Executes() != (n == 1) {
				t.Errorf("executed %d times, want %d\n%v", n, tt.executed, s.Log())
			}
			if n := s.Received("incr"); n != 2 {
				t.Errorf("received %d times\n%v", n, s.Log())
			}
		})
	}
}

// TestServerDials: dials fail as the script says, and connect itself while the server is down.
func TestServerDials(t *testing.T) {
	s := proptest.NewServer(t)
	s.Script(proptest.Dial, proptest.RefuseDial(), proptest.ResetDial())
	c := once(t, s)
	for range 2 {
		if _, err := c.do(t.Context(), []string{"INCR", "n"}); !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, syscall.EPIPE) {
			t.Error(err)
		}
	}
	s.Down()
	var dial *net.OpError
	if _, err := c.do(t.Context(), []string{"INCR", "n"}); !errors.As(err, &dial) || dial.Op != "dial" {
		t.Error(err)
	}
	s.Up()
	if v, err := c.do(t.Context(), []string{"INCR", "n"}); v != 1 || err != nil {
		t.Error(v, err)
	}
	if n := s.Dials(); n != 3 {
		t.Errorf("%d dials", n)
	}
}

// TestServerScripts: a name's script is its own, others meet that of "", and a new one takes its place.
func TestServerScripts(t *testing.T) {
	s := proptest.NewServer(t)
	s.Script("", proptest.RefuseWith("ERR a"), proptest.RefuseWith("ERR b"))
	s.Script("GET")
	s.Script("SET", proptest.RefuseWith("ERR never"))
	s.Script("SET", proptest.RefuseWith("ERR c"))
	c := once(t, s)
	for _, tt := range []struct{ name, want string }{{"GET", ""}, {"DEL", "ERR a"}, {"SET", "ERR c"}, {"SET", ""}, {"DEL", "ERR b"}, {"DEL", ""}} {
		args := []string{tt.name, "k"}
		if tt.name == "SET" {
			args = append(args, "v")
		}
		got := ""
		if _, err := c.do(t.Context(), args); err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestServerCounts: whatever the faults, the log says how often a real server has counted.
func TestServerCounts(t *testing.T) {
	real := redistest.Start(t)
	rapid.Check(t, func(t *rapid.T) {
		// Stalls cost the client's timeout.
		faults := rapid.SliceOfN(proptest.Faults().Filter(func(f proptest.Fault) bool {
			return f != proptest.StallReply() && f != proptest.StallRequest()
		}), 0, 8).Draw(t, "faults")
		if _, err := real.Do(context.Background(), "DEL", "n"); err != nil {
			t.Fatal(err)
		}
		s := proptest.NewServerAt(t, real.Addr())
		s.Script("INCR", faults...)
		c := once(t, s)
		// A command that meets a connection that was hung up does not arrive, and one that arrives may be counted when
		// the client has given up.
		for s.Received() <= len(faults) {
			_, _ = c.do(context.Background(), []string{"INCR", "n"})
		}
		want := s.Received() - len(faults)
		for _, f := range faults {
			if f.Executes() {
				want++
			}
		}
		if got := s.Executed("INCR", "n"); got != want {
			t.Fatalf("executed %d, want %d\n%v", got, want, s.Log())
		}
		v, err := real.Do(context.Background(), "GET", "n")
		if n := map[any]int{nil: 0, "1": 1, "2": 2, "3": 3, "4": 4, "5": 5, "6": 6, "7": 7, "8": 8, "9": 9}[v]; err != nil || n != want {
			t.Fatalf("the server counted %v, want %d (%v)\n%v", v, want, err, s.Log())
		}
	})
}

// once returns a client that tries once.
func once(t proptest.ServerTB, s *proptest.Server) *bare {
	c := honest(s.Addr())
	c.attempts = 1
	t.Cleanup(func() { _ = c.close() })
	return c
}
