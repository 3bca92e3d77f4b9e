package classify

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// oracleCase is a family of commands that the oracle runs.
type oracleCase struct {
	kind   string   // what most keys hold before the first run; see drawValue
	syntax string   // the command; see [syntax]
	setup  []string // templates of commands that come before the keys are filled
	probes []string // questions whose answers are state too, beside the keys
	inbox  bool     // what a subscriber has received is state too
	clock  bool     // the server's clock must advance between the runs
	lease  bool     // a deadline that counts from the run is the same in both; implies clock
	few    bool     // nothing to vary: five scenarios are enough
}

// row returns the name of the row of the table that the case is about.
func (c *oracleCase) row() string {
	words := strings.Fields(c.syntax)
	if r := lookup([]byte(words[0])); r == bySubcommand || r == byCommand && len(words) > 1 {
		return words[0] + "|" + words[1]
	}
	return words[0]
}

// allCases returns every case of the oracle.
func allCases() []oracleCase {
	return slices.Concat(keyCases, stringCases, listCases, setCases, hashCases, zsetCases, geoCases, streamCases, serverCases)
}

// cautious lists the rows that claim a higher rung than a server ever shows, and why.
var cautious = map[string]string{
	"RENAME":           "a source written anew between the runs would overwrite the only copy of what was moved",
	"FLUSHALL":         "the second run would empty what all others wrote in between",
	"FLUSHDB":          "the second run would empty what all others wrote in between",
	"FUNCTION|FLUSH":   "the second run would unload what was loaded in between",
	"FUNCTION|RESTORE": "FLUSH would unload what was loaded in between",
	"CONFIG|RESETSTAT": "what was counted between the runs is lost",
	"SLOWLOG|RESET":    "what was logged between the runs is lost",
	"LATENCY|RESET":    "what was logged between the runs is lost",
	"ACL|LOG":          "what was logged between the runs is lost",
	"MEMORY|PURGE":     "it acts on the allocator, which no reply shows",
}

// patience is how many more scenarios are run to see a rung that a case claims.
const patience = 3000

// TestCommandTableIsProved runs the commands of every case twice on a real server. No
// command may do more harm than its rung says; and every rung that a case claims must be
// seen, or the table would be safe but useless.
func TestCommandTableIsProved(t *testing.T) {
	o := newOracle(t)
	var report strings.Builder
	for _, c := range allCases() {
		seen := map[Replay]Replay{} // the worst observation by claimed rung
		t.Run(strings.ReplaceAll(c.syntax, " ", "_"), func(t *testing.T) { o.prove(t, &c, seen) })
		for claim := ReadOnly; claim <= Never; claim++ {
			if worst, ok := seen[claim]; ok {
				fmt.Fprintf(&report, "%-13s %-13s %s\n", claim, worst, c.syntax)
			}
		}
	}
	t.Logf("claimed, worst observed, command\n%s", report.String())
}

// prove checks one case and notes in seen the worst observation for each rung it claims.
func (o *oracle) prove(t *testing.T, c *oracleCase, seen map[Replay]Replay) {
	ctx := t.Context()
	c.clock = c.clock || c.lease
	run := func(s scenario) string {
		got, err := o.observe(ctx, c, s)
		if err != nil {
			return err.Error()
		}
		claim, observed := Command(s.args...), got.rung(c.lease)
		if claim < observed {
			return fmt.Sprintf("Command says %v, the server shows %v\nbefore %q\nfirst  %q\n       %q\nsecond %q\n       %q",
				claim, observed, got.snapshots[0], got.replies[0], got.snapshots[1], got.replies[1], got.snapshots[2])
		}
		seen[claim] = max(seen[claim], observed)
		return ""
	}
	scenarios := o.draw(c)
	if c.few {
		for seed := range 5 {
			s := scenarios.Example(seed)
			if complaint := run(s); complaint != "" {
				t.Fatalf("%v\n%s", s, complaint)
			}
		}
	} else {
		rapid.Check(t, func(t *rapid.T) {
			s := scenarios.Draw(t, "scenario")
			if complaint := run(s); complaint != "" {
				t.Fatalf("%v\n%s", s, complaint)
			}
		})
	}
	if _, ok := cautious[c.row()]; ok {
		return
	}
	for claim := range seen {
		for seed := 0; seen[claim] < claim && seed < patience; seed++ {
			if s := scenarios.Example(seed); Command(s.args...) == claim {
				if complaint := run(s); complaint != "" {
					t.Fatalf("%v\n%s", s, complaint)
				}
			}
		}
		if seen[claim] < claim {
			t.Errorf("some commands are graded %v, but the server never shows more than %v", claim, seen[claim])
		}
	}
}
