package proptest

import (
	"context"
	"flag"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/classify"
)

// The laws of a table of commands. [TestReplay] holds it to all of them but ReplayExact, for which one has to ask.
const (
	// ReplayOnLadder is broken by a table that says 0, or more than Never.
	ReplayOnLadder Law = "a table puts every command on one of the five rungs"
	// ReplayFunction is broken by a table that remembers, or draws.
	ReplayFunction Law = "a table says the same of the same command whenever it is asked"
	// ReplayReadOnly is broken by a SET that is called read-only.
	ReplayReadOnly Law = "a read-only command changes nothing, not even in its first run"
	// ReplayIdempotent is broken by a DEL that is called idempotent: it counts 1, then 0.
	ReplayIdempotent Law = "an idempotent command changes nothing in its second run, and gives the same reply"
	// ReplayConvergent is broken by an INCR that is called convergent.
	ReplayConvergent Law = "a convergent command changes nothing in its second run"
	// ReplayExact is broken by a GET that is called accumulating: that is safe, but nobody retries it.
	ReplayExact Law = "a command stands no higher than some run of it shows"
)

// TestReplay holds a table of commands, such as [classify.Command], to what a real server does: it runs commands of every
// case twice, compares state and reply, and reports each rung that is wrong, with the smallest commands that show it. The
// server is flushed over and over: it must be there for nothing else, and one that holds something is refused.
//
// How many scenarios are drawn for a case is o.Checks or, if that is 0, what -rapid.checks says, a fifth of it with
// -short. Cases that the server does not know are logged. If t has a context, as [testing.T] has, it ends the test.
func TestReplay(t rapid.TB, table func(args ...string) classify.Replay, o Oracle) {
	t.Helper()
	ctx := context.Background()
	if t, ok := t.(interface{ Context() context.Context }); ok {
		ctx = t.Context()
	}
	if o.Checks == 0 {
		o.Checks = replayRapidChecks()
	}
	seen, err := o.Ask(ctx, table)
	for _, s := range seen {
		switch {
		case s.Broken != "":
			t.Errorf("%v", s)
		case s.Seen == 0:
			t.Logf("not run, the server does not know it: %s", s.Case.Syntax)
		}
	}
	if err != nil {
		t.Fatalf("%v", err)
	}
}

// rapidChecks returns how many checks rapid would make.
func replayRapidChecks() int {
	checks := replayChecks
	if f := flag.Lookup("rapid.checks"); f != nil {
		if n, err := strconv.Atoi(f.Value.String()); err == nil {
			checks = n
		}
	}
	if testing.Short() {
		checks /= 5
	}
	return max(checks, 1)
}

// RungSeen is what a server showed of those commands of a case that a table puts on the same rung.
type RungSeen struct {
	Case ReplayCase
	Said classify.Replay // by the table
	Seen classify.Replay // the highest that a run showed; 0 if the server does not know the commands
	// Broken is the law that the table breaks, and "" if its rung is right.
	Broken Law
	// Setup and Args are the scenario in which Seen was seen: the commands that build a state in an empty server, and
	// the command that was run twice on it. They are the smallest that were found if a law is broken.
	Setup [][]string
	Args  []string
	// Replies are those of the two runs, as text; States is what the server held before the first, between them and
	// after the second.
	Replies [2]string
	States  [3]string
}

// String returns the law that is broken, if one is, and the evidence.
func (s RungSeen) String() string {
	var b strings.Builder
	line := func(parts ...string) { b.WriteString(strings.Join(parts, "") + "\n") }
	if s.Broken != "" {
		line(s.Broken.String())
	}
	seen := "the server does not know it"
	if s.Seen != 0 {
		seen = "the server shows " + s.Seen.String()
	}
	said := s.Said.String()
	if said == "" {
		said = "nothing"
	}
	line(replayCommandText(s.Args), ": the table says ", said, ", ", seen)
	if s.Seen != 0 {
		for i, cmd := range s.Setup {
			line([]string{"  after       ", "              "}[min(i, 1)], replayCommandText(cmd))
		}
		line("  state       ", replayStateText(s.States[0]))
		line("  first run   ", s.Replies[0])
		line("  state       ", replayStateText(s.States[1]))
		line("  second run  ", s.Replies[1])
		line("  state       ", replayStateText(s.States[2]))
	}
	b.WriteString("  case        " + s.Case.Syntax)
	return b.String()
}

// commandText returns a command as one would type it: words with blanks or strange bytes are quoted.
func replayCommandText(args []string) string {
	words := make([]string, len(args))
	for i, arg := range args {
		words[i] = arg
		if quoted := strconv.Quote(arg); arg == "" || strings.Contains(arg, " ") || quoted != `"`+arg+`"` {
			words[i] = quoted
		}
	}
	return strings.Join(words, " ")
}

// stateText returns a state in one column.
func replayStateText(state string) string {
	if state == "" {
		return "nothing"
	}
	lines := strings.Split(state, "\n")
	for i, line := range lines {
		lines[i] = strings.Trim(strconv.Quote(line), `"`)
	}
	return strings.Join(lines, "\n              ")
}
