package demo

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/reprise-go/reprise/internal/faultproxy"
)

func TestNewRow(t *testing.T) {
	const ms = time.Millisecond
	ok := func(d time.Duration, acked bool) outcome { return outcome{took: d, acked: acked} }
	failed := func(d time.Duration, acked bool) outcome { return outcome{took: d, failed: true, acked: acked} }
	counts := faultproxy.Counts{}
	counts.Faults[faultproxy.RefuseDial] = 3
	counts.Faults[faultproxy.CutAfter] = 5
	got := newRow("c", []outcome{
		ok(1*ms, false), // SET
		failed(2*ms, false),
		ok(3*ms, true), // INCR, executed once
		ok(4*ms, true), // pipeline, executed twice
		failed(5*ms, false),
		failed(6*ms, false),
		ok(7*ms, false),
		failed(8*ms, false), // INCR, executed twice
		failed(9*ms, true),  // pipeline: another command failed, its INCR is acknowledged
		ok(10*ms, true),     // transaction, acknowledged and lost
	}, []int{0, 0, 1, 2, 1, 0, 0, 3, 1, 0}, 17, counts)
	want := Row{
		Client: "c", Operations: 10, Succeeded: 5, Failed: 5, FailedPlain: 2, Attempts: 20,
		Increments: 6, Twice: 2, TwiceAcked: 1, Acked: 4, Lost: 1, Unsure: 1,
		P50: 5 * ms, P99: 10 * ms, Slowest: 10 * ms,
		Faults: map[string]int{"refuse_dial": 3, "cut_after": 5},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("newRow:\n%+v, want\n%+v", got, want)
	}
	if got := quantile(nil, 0.5); got != 0 {
		t.Errorf("quantile of nothing = %v, want 0", got)
	}
}

func TestRounds(t *testing.T) {
	var r rounds
	expect := func(want int, about string) {
		t.Helper()
		if got := r.count(); got != want {
			t.Errorf("%s: %d rounds, want %d", about, got, want)
		}
	}
	see := func(conn int, names ...string) {
		for _, name := range names {
			r.see(faultproxy.Request{Conn: conn, Args: []string{name}})
		}
	}
	expect(0, "nothing")
	r.begin()
	see(1, "SET")
	expect(1, "one command")
	r.begin()
	see(1, "set")
	expect(2, "the same command for another operation")
	r.begin()
	see(1, "SET", "INCR", "GET", "HSET")
	expect(3, "a pipeline")
	see(1, "INCR", "HSET")
	expect(4, "what was refused of it, again")
	see(2, "INCR")
	expect(5, "again, on another connection")
	r.begin()
	see(2, "MULTI", "SET")
	see(3, "MULTI", "SET", "INCR", "EXEC")
	expect(7, "a transaction that was cut, and again")
	r.begin()
	see(3, "SET", "INCR")
	see(4, "GET", "HSET")
	expect(9, "a pipeline that was cut, and its unsent rest")
}

func TestFindings(t *testing.T) {
	quiet := Row{Client: "a", Operations: 5, Increments: 3, Acked: 3}
	noisy := Row{
		Client: "b", Operations: 50, Increments: 30, Acked: 20, Twice: 4, TwiceAcked: 3, FailedPlain: 2, Unsure: 7, Lost: 1,
		Faults: map[string]int{"cut_after": 9},
	}
	for _, tt := range []struct {
		rows []Row
		want []string
	}{
		{[]Row{quiet}, []string{
			"Acknowledged but not executed: 0 of 3 acknowledged increments.",
			"Increments executed more than once: none with any client.",
			"SET and GET that failed, though a second run does no harm: none with any client.",
			"Increments that failed for the caller, though executed (once): none with any client.",
			"No fault was met, so the clients had nothing to differ in.",
		}},
		{[]Row{quiet, noisy}, []string{
			"Acknowledged but not executed: 1 of 23 acknowledged increments.",
			"Increments executed more than once: b 4 (3 of them acknowledged), the others none.",
			"SET and GET that failed, though a second run does no harm: b 2, the others none.",
			"Increments that failed for the caller, though executed (once): b 7, the others none.",
		}},
	} {
		if got := (Report{Rows: tt.rows}).Findings(); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("Findings:\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
		}
	}
}

func TestWrite(t *testing.T) {
	r := Report{Seed: 7, Server: "db:6379", Rows: []Row{{
		Client: "go-redis default", Operations: 4000, Succeeded: 3990, Failed: 10, Attempts: 4100, Twice: 42,
		P50: 80 * time.Microsecond, P99: 30 * time.Millisecond, Slowest: 2 * time.Second,
		Faults: map[string]int{"cut_after": 61, "answer": 12},
	}}}
	var b strings.Builder
	if err := r.Write(&b); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(b.String(), "\n")
	for i, want := range map[int]string{
		0:  "seed 7, Redis at db:6379",
		2:  "  client            operations  succeeded  failed  attempts  executed twice      p50       p99     slowest",
		3:  "  go-redis default        4000       3990      10      4100              42  0.08 ms  30.00 ms  2000.00 ms",
		10: "  go-redis default             0           0         61             0       12",
	} {
		if lines[i] != want {
			t.Errorf("line %d:\n%q, want\n%q", i, lines[i], want)
		}
	}
	full := errors.New("disk full")
	if err := r.Write(failingWriter{full}); !errors.Is(err, full) {
		t.Errorf("Write to a full disk: %v", err)
	}
}

type failingWriter struct{ err error }

func (w failingWriter) Write([]byte) (int, error) { return 0, w.err }
