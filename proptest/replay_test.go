package proptest_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/rapidtest"
	"github.com/reprise-go/reprise/internal/redistest"
	"github.com/reprise-go/reprise/proptest"
)

// TestReplayRefusesAServerInUse holds that nobody's data is flushed by accident, and that flushed is what may be.
func TestReplayRefusesAServerInUse(t *testing.T) {
	server := redistest.Start(t)
	o := proptest.Oracle{Addr: server.Addr(), Cases: []proptest.ReplayCase{replayCase(t, "GET <key>")}}
	for _, tt := range []struct {
		name     string
		occupied [][]string
	}{
		{"a key", [][]string{{"SET", "precious", "1"}}},
		{"a key in another database", [][]string{{"SELECT", "9"}, {"SET", "precious", "1"}}},
		{"a function", [][]string{{"FUNCTION", "LOAD", "#!lua name=mine\nredis.register_function('f', function() return 1 end)"}}},
	} {
		if _, err := server.DoAll(t.Context(), tt.occupied...); err != nil {
			t.Fatal(err)
		}
		_, err := o.Ask(t.Context(), classify.Command)
		if !errors.Is(err, proptest.ErrOccupied) {
			t.Errorf("%s: %v", tt.name, err)
		}
		before := rapidtest.Record(t, func(tb rapid.TB) { proptest.TestReplay(tb, classify.Command, o) })
		if !before.Ended() {
			t.Errorf("%s: TestReplay goes on", tt.name)
		}
		left, err := server.Do(t.Context(), "INFO", "keyspace")
		if functions, ferr := server.Do(t.Context(), "FUNCTION", "LIST"); err != nil || ferr != nil ||
			!strings.Contains(left.(string), "keys=1") && len(functions.([]any)) == 0 {
			t.Errorf("%s: lost: %v, %v", tt.name, left, functions)
		}
		may := o
		may.MayFlush = true
		if _, err := may.Ask(t.Context(), classify.Command); err != nil {
			t.Errorf("%s, which may be flushed: %v", tt.name, err)
		}
		// It is left as an empty server, which the next one takes.
		if _, err := o.Ask(t.Context(), classify.Command); err != nil {
			t.Errorf("%s, after it was flushed: %v", tt.name, err)
		}
	}
}

// TestReplayCases holds that a case that cannot be run is an error that says why, and no silence.
func TestReplayCases(t *testing.T) {
	server := redistest.Start(t)
	for _, tt := range []struct {
		c    proptest.ReplayCase
		want string
	}{
		{proptest.ReplayCase{Syntax: "GET <key"}, ""}, // a word that looks odd
		{proptest.ReplayCase{Syntax: "GET ( a | b"}, `"(" without its end`},
		{proptest.ReplayCase{Syntax: "GET ( a ]"}, `"(" ended by "]"`},
		{proptest.ReplayCase{Syntax: "GET [ a )+"}, `"[" ended by ")+"`},
		{proptest.ReplayCase{Syntax: "GET a )"}, `unexpected ")"`},
		{proptest.ReplayCase{Syntax: "GET <nothing>"}, "no words for <nothing>"},
		{proptest.ReplayCase{Syntax: "GET a", Setup: []string{"SET a ( 1"}}, "without its end"},
		{proptest.ReplayCase{Syntax: "GET a", Keys: "gold"}, `no keys hold "gold"`},
		{proptest.ReplayCase{Syntax: "GET a", Setup: []string{"SET a"}}, "setup SET a: ERR wrong number of arguments"},
		{proptest.ReplayCase{Syntax: "SET a 1", Lease: true}, "called a lease"},
		{proptest.ReplayCase{Syntax: "DEL a", Setup: []string{"SET a 1"}, Caution: classify.Convergent}, "called a caution"},
	} {
		o := proptest.Oracle{Addr: server.Addr(), Exact: true, Cases: []proptest.ReplayCase{tt.c}}
		_, err := o.Wrong(t.Context(), classify.Command)
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: %v, want %q", tt.c, err, tt.want)
		}
	}
}

// TestReplayOfAnUnknownCommand holds that a command that the server does not have is no finding, and is told.
func TestReplayOfAnUnknownCommand(t *testing.T) {
	server := redistest.Start(t)
	for _, c := range []proptest.ReplayCase{
		{Syntax: "NOSUCH <key>"}, {Syntax: "XGROUP NOSUCH <key>"}, {Syntax: "GET a", Setup: []string{"NOSUCH 1"}},
	} {
		o := proptest.Oracle{Addr: server.Addr(), Exact: true, Cases: []proptest.ReplayCase{c}}
		tb := rapidtest.Record(t, func(tb rapid.TB) {
			proptest.TestReplay(tb, func(...string) classify.Replay { return classify.Accumulating }, o)
		})
		if len(tb.Errors) != 0 || len(tb.Lines) != 1 || !strings.Contains(tb.Lines[0], c.Syntax) {
			t.Errorf("%s: %q, %q", c.Syntax, tb.Errors, tb.Lines)
		}
	}
}

// TestReplayWithoutAServer holds that it fails, and at once.
func TestReplayWithoutAServer(t *testing.T) {
	server := redistest.Start(t)
	server.Kill()
	tb := rapidtest.Record(t, func(tb rapid.TB) { proptest.TestReplay(tb, classify.Command, proptest.Oracle{Addr: server.Addr()}) })
	if !tb.Ended() {
		t.Errorf("%q", tb.Errors)
	}
}

// TestReplayCommands holds what a template gives.
func TestReplayCommands(t *testing.T) {
	c := proptest.ReplayCase{Syntax: "A <bit> [ B | C D ] ( E | F <dump> <mine> )+"}
	seen := map[string]bool{}
	for seed := range 1000 {
		seen[strings.Join(c.Commands().Example(seed), " ")] = true
	}
	for _, want := range []string{"A 0 E", "A 1 E E", "A 0 B E", "A 1 C D F payload payload", "A 0 E F payload payload"} {
		if !seen[want] {
			t.Errorf("the template never gave %q", want)
		}
	}
}
