package proptest_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/rapidtest"
	"github.com/reprise-go/reprise/internal/redistest"
	"github.com/reprise-go/reprise/proptest"
)

// saying is classify's table, except for the commands of one name.
func saying(name string, rung classify.Replay) func(...string) classify.Replay {
	return func(args ...string) classify.Replay {
		if args[0] == name {
			return rung
		}
		return classify.Command(args...)
	}
}

// replayCase returns a case of the kit by its template; one about streams, of which few show the lie, is made here.
func replayCase(t *testing.T, syntax string) proptest.ReplayCase {
	c := proptest.ReplayCase{Syntax: syntax, Clock: true, Setup: []string{
		"XGROUP CREATE a g 0 MKSTREAM", "XADD a 1-1 x 1", "XREADGROUP GROUP g c STREAMS a >",
	}}
	if !strings.HasPrefix(syntax, "X") {
		i := slices.IndexFunc(proptest.ReplayCases(), func(c proptest.ReplayCase) bool { return c.Syntax == syntax })
		if i < 0 {
			t.Fatalf("there is no case %s", syntax)
		}
		c = proptest.ReplayCases()[i]
	}
	if c.Clock || c.Lease {
		c.Draws = 30 // the clock takes its time, and most of the scenarios show the lie
	}
	return c
}

// TestReplayLiars has tables that are wrong about one command, each in one way. They are caught, and for what they say.
func TestReplayLiars(t *testing.T) {
	server := redistest.Start(t)
	calls := 0
	var all []proptest.ReplayCase
	for _, tt := range []struct {
		syntax string
		table  func(...string) classify.Replay
		exact  bool
		law    proptest.Law
		says   string // in the report
	}{
		{syntax: "SET <key> <str> [ XX ] [ KEEPTTL ]", table: saying("SET", classify.ReadOnly),
			law: proptest.ReplayReadOnly, says: "says read_only, the server shows idempotent"},
		{syntax: "DEL <key>+", table: saying("DEL", classify.Idempotent),
			law: proptest.ReplayIdempotent, says: "says idempotent, the server shows convergent"},
		{syntax: "INCR <key>", table: saying("INCR", classify.Convergent),
			law: proptest.ReplayConvergent, says: "says convergent, the server shows accumulating"},
		{syntax: "ECHO <str>", table: saying("ECHO", classify.Accumulating), exact: true,
			law: proptest.ReplayExact, says: "says accumulating, the server shows read_only"},
		{syntax: "INCR <key>", table: saying("INCR", classify.Never), exact: true,
			law: proptest.ReplayExact, says: "says never, the server shows accumulating"},
		{syntax: "GET <key>", table: saying("GET", 0), law: proptest.ReplayOnLadder, says: "says nothing"},
		{syntax: "GET <key>", table: saying("GET", classify.Never+1), law: proptest.ReplayOnLadder, says: "says replay(6)"},
		{syntax: "INCR <key>", law: proptest.ReplayFunction, says: "INCR", table: func(args ...string) classify.Replay {
			calls++
			if args[0] == "INCR" && calls%2 == 0 {
				return classify.Never
			}
			return classify.Command(args...)
		}},

		// Lies that only a look at deadlines, messages, groups, functions or users shows.
		{syntax: "SET <key> <str> NX [ EX <secs> ]", table: saying("SET", classify.Idempotent), law: proptest.ReplayIdempotent},
		{syntax: "GETEX <key> ( EX <secs> | PX <ms> )", table: saying("GETEX", classify.Convergent), law: proptest.ReplayConvergent},
		{syntax: "SET <key> <str> [ XX ] ( EX <secs> | PX <ms> )", table: saying("SET", classify.ReadOnly), law: proptest.ReplayReadOnly},
		{syntax: "LTRIM <key> 0 <rank>", table: saying("LTRIM", classify.Convergent), law: proptest.ReplayConvergent},
		{syntax: "SADD <key> <el>+", table: saying("SADD", classify.Idempotent), law: proptest.ReplayIdempotent},
		{syntax: "ZUNIONSTORE <key> <nkeys> [ AGGREGATE SUM ]", table: saying("ZUNIONSTORE", classify.Convergent), law: proptest.ReplayConvergent},
		{syntax: "XACK a g ( 1-1 | 2-1 )", table: saying("XACK", classify.Idempotent), law: proptest.ReplayIdempotent},
		{syntax: "XREADGROUP GROUP g ( c | d ) STREAMS a 0", table: saying("XREADGROUP", classify.Convergent), law: proptest.ReplayConvergent},
		{syntax: "PUBLISH news <str>", table: saying("PUBLISH", classify.Convergent), law: proptest.ReplayConvergent},
		{syntax: "FUNCTION LOAD <lib>", table: saying("FUNCTION", classify.Idempotent), law: proptest.ReplayIdempotent},
		{syntax: "ACL DELUSER ( u | v )+", table: saying("ACL", classify.Idempotent), law: proptest.ReplayIdempotent},
		{syntax: "MOVE <key> 1", table: saying("MOVE", classify.ReadOnly), law: proptest.ReplayReadOnly},
	} {
		innocent := replayCase(t, "HSETNX <key> <el> <str>")
		innocent.Draws = 10
		o := proptest.Oracle{Addr: server.Addr(), Exact: tt.exact, Cases: []proptest.ReplayCase{replayCase(t, tt.syntax), innocent}}
		liar := rapidtest.Record(t, func(tb rapid.TB) { proptest.TestReplay(tb, tt.table, o) })
		if len(liar.Errors) == 0 || liar.Ended() {
			t.Errorf("%s: a table that is wrong about it passes, or fails for something else: %q", tt.syntax, liar.Errors)
		}
		for _, report := range liar.Errors {
			first, rest, _ := strings.Cut(report, "\n")
			if first != tt.law.String() || !strings.Contains(rest, tt.says) {
				t.Errorf("%s: want %q and %q in\n%s", tt.syntax, tt.law, tt.says, report)
			}
		}
		all = append(all, o.Cases[0])
	}
	// The same cases have nothing against a table that is right.
	honest := rapidtest.Record(t, func(tb rapid.TB) {
		proptest.TestReplay(tb, classify.Command, proptest.Oracle{Addr: server.Addr(), Cases: all})
	})
	if len(honest.Lines) != 0 {
		t.Errorf("%q", honest.Lines)
	}
}

// TestReplayShrinks holds that the scenario of a finding has nothing in it that is not needed.
func TestReplayShrinks(t *testing.T) {
	server := redistest.Start(t)
	o := proptest.Oracle{Addr: server.Addr(), Cases: []proptest.ReplayCase{replayCase(t, "DEL <key>+"), replayCase(t, "MOVE <key> 1")}}
	wrong, err := o.Wrong(t.Context(), func(...string) classify.Replay { return classify.ReadOnly })
	if err != nil || len(wrong) != 2 {
		t.Fatalf("%v, %v", wrong, err)
	}
	for i, args := range []int{2, 3} {
		// XGROUP CREATE a g 0 MKSTREAM is the longest of what makes a key.
		if w := wrong[i]; len(w.Setup) != 1 || len(w.Args) != args || len(w.Setup[0]) > 6 {
			t.Errorf("not the smallest:\n%v", w)
		}
	}
}
