package classify_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/redistest"
	"github.com/reprise-go/reprise/proptest"
)

// oracle returns one with a server of its own. Small stream nodes let approximate trimming, which removes whole nodes,
// happen at all.
func oracle(t *testing.T) proptest.Oracle {
	server := redistest.Start(t, "--stream-node-max-entries", "2", "--maxmemory-policy", "allkeys-lfu")
	return proptest.Oracle{Addr: server.Addr(), Exact: true}
}

// TestCommandTableIsProved runs the commands of every case twice on a real server. No command may do more harm than its
// rung says; and every rung that a case claims must be seen, or the table would be safe but useless.
func TestCommandTableIsProved(t *testing.T) {
	proptest.TestReplay(t, classify.Command, oracle(t))
}

// TestEveryCaseIsKnown holds that no case goes unrun: the server of this test knows them all.
func TestEveryCaseIsKnown(t *testing.T) {
	o := oracle(t)
	o.Checks, o.Exact = 3, false
	seen, err := o.Ask(t.Context(), classify.Command)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, s := range seen {
		known[s.Case.Syntax] = known[s.Case.Syntax] || s.Seen != 0
	}
	for _, c := range proptest.ReplayCases() {
		if !known[c.Syntax] {
			t.Errorf("the server does not know %s", c.Syntax)
		}
	}
}

// TestRankRangesAreProved runs the three commands that cut by rank over all short ranges and lengths: too many signs and
// orders to leave to chance.
func TestRankRangesAreProved(t *testing.T) {
	o := oracle(t)
	o.Exact, o.Cases = false, nil // a range needs the right length to show its rung: see below
	for _, command := range []string{"LTRIM a", "ZREMRANGEBYRANK a", "ZRANGESTORE a a"} {
		for from := -4; from <= 4; from++ {
			for to := -4; to <= 4; to++ {
				for length := range 9 {
					o.Cases = append(o.Cases, proptest.ReplayCase{
						Syntax: fmt.Sprintf("%s %d %d", command, from, to), Setup: fill(command, length), Draws: 1,
					})
				}
			}
		}
	}
	seen, err := o.Ask(t.Context(), classify.Command)
	if err != nil {
		t.Fatal(err)
	}
	worst := map[string]classify.Replay{}
	for _, s := range seen {
		if s.Broken != "" {
			t.Error(s)
		}
		worst[s.Case.Syntax] = max(worst[s.Case.Syntax], s.Seen)
	}
	if len(worst) != 3*9*9 || len(seen) != len(o.Cases) {
		t.Fatalf("%d ranges and %d cases were run", len(worst), len(seen))
	}
	for syntax, shown := range worst {
		claim := classify.Command(strings.Fields(syntax)...)
		// It only ever removes the single member of a set: not worth a rule.
		if syntax == "ZREMRANGEBYRANK a -1 0" {
			continue
		}
		if claim == classify.Accumulating && shown != claim {
			t.Errorf("%s is %v, but the server never shows more than %v", syntax, claim, shown)
		}
	}
}

// fill returns the commands that give key a so many members.
func fill(command string, length int) []string {
	var setup []string
	for i := range length {
		n := strconv.Itoa(i)
		if command == "LTRIM a" {
			setup = append(setup, "RPUSH a "+n)
		} else {
			setup = append(setup, "ZADD a "+n+" "+n)
		}
	}
	return setup
}

// row returns the name of the row of the table that a case is about.
func row(c proptest.ReplayCase) string {
	words := strings.Fields(c.Syntax)
	if classify.LeadsTo(words[0], len(words)-1) {
		return words[0] + "|" + words[1]
	}
	return words[0]
}
