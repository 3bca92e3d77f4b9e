package classify

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// oracleCase is a family of commands that the oracle runs.
type oracleCase struct {
	kind   string   // what most keys hold before the first run; see drawValue
	syntax string   // the command; see redissyntax.Syntax
	setup  []string // templates of commands that come before the keys are filled
	probes []string // questions whose answers are state too, beside the keys
	inbox  bool     // what a subscriber has received is state too
	clock  bool     // the server's clock must advance between the runs
	lease  bool     // a deadline that counts from the run is the same in both; implies clock
	few    bool     // nothing to vary: some scenarios are enough
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

// cautious lists the rungs that are higher than a server ever shows, and why.
var cautious = map[string]struct {
	claim  Replay
	reason string
}{
	"RENAME":           {Accumulating, "a source written anew between the runs would overwrite the only copy of what was moved"},
	"FLUSHALL":         {Never, "the second run would empty what all others wrote in between"},
	"FLUSHDB":          {Never, "the second run would empty what all others wrote in between"},
	"FUNCTION|FLUSH":   {Never, "the second run would unload what was loaded in between"},
	"FUNCTION|RESTORE": {Never, "FLUSH would unload what was loaded in between"},
	"CONFIG|RESETSTAT": {Convergent, "what was counted between the runs is lost"},
	"SLOWLOG|RESET":    {Convergent, "what was logged between the runs is lost"},
	"LATENCY|RESET":    {Convergent, "what was logged between the runs is lost"},
	"ACL|LOG":          {Convergent, "RESET loses what was logged between the runs"},
	"MEMORY|PURGE":     {Idempotent, "it acts on the allocator, which no reply shows"},
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
		c.clock = c.clock || c.lease
		v := evidence{worst: map[Replay]Replay{}}
		t.Run(strings.ReplaceAll(c.syntax, " ", "_"), func(t *testing.T) { o.prove(t, &c, &v) })
		for claim := ReadOnly; claim <= Never; claim++ {
			if worst, ok := v.worst[claim]; ok {
				fmt.Fprintf(&report, "%-13s %-13s %s\n", claim, worst, c.syntax)
			}
		}
	}
	t.Logf("claimed, worst observed, command\n%s", report.String())
}

// evidence is what the oracle has seen of one case.
type evidence struct {
	worst map[Replay]Replay // the worst observation for each rung that was claimed
	moved bool              // a deadline moved with the second run
}

// try runs one scenario and returns a complaint if the claimed rung is too low.
func (o *oracle) try(ctx context.Context, c *oracleCase, s scenario, claim Replay, v *evidence) string {
	got, err := o.observe(ctx, c, s)
	if err != nil {
		return fmt.Sprintf("%v\n%v", s, err)
	}
	observed := got.rung(c.lease)
	if claim < observed {
		return fmt.Sprintf("%v\nclaimed %v, the server shows %v\nbefore %q\nfirst  %q\n       %q\nsecond %q\n       %q", s,
			claim, observed, got.snapshots[0], got.replies[0], got.snapshots[1], got.replies[1], got.snapshots[2])
	}
	v.worst[claim] = max(v.worst[claim], observed)
	v.moved = v.moved || got.rung(false) > observed
	return ""
}

// prove checks one case.
func (o *oracle) prove(t *testing.T, c *oracleCase, v *evidence) {
	ctx := t.Context()
	scenarios := o.draw(c)
	example := func(seed int, only func(Replay) bool) {
		s := scenarios.Example(seed)
		if claim := Command(s.args...); only(claim) {
			if complaint := o.try(ctx, c, s, claim, v); complaint != "" {
				t.Fatal(complaint)
			}
		}
	}
	switch {
	case c.few, lookup([]byte(c.row())) == readOnly:
		// Arguments hardly matter to a command that never writes: fewer runs, more time for the others.
		for seed := range 20 {
			example(seed, func(Replay) bool { return true })
		}
	default:
		rapid.Check(t, func(t *rapid.T) {
			s := scenarios.Draw(t, "scenario")
			if complaint := o.try(ctx, c, s, Command(s.args...), v); complaint != "" {
				t.Fatal(complaint)
			}
		})
	}
	for claim := range v.worst {
		if k := cautious[c.row()]; k.claim == claim {
			if v.worst[claim] == claim {
				t.Errorf("%v is called cautious (%s), but the server shows it", claim, k.reason)
			}
			continue
		}
		for seed := 0; v.worst[claim] < claim && seed < patience; seed++ {
			example(seed, func(r Replay) bool { return r == claim })
		}
		if v.worst[claim] < claim {
			t.Errorf("some commands are graded %v, but the server never shows more than %v", claim, v.worst[claim])
		}
	}
	if c.lease != v.moved {
		t.Errorf("lease is %v, but a deadline moved without harm: %v", c.lease, v.moved)
	}
}

// TestRankRangesAreProved runs the three commands that cut by rank over all short ranges
// and lengths: too many signs and orders to leave to chance.
func TestRankRangesAreProved(t *testing.T) {
	o := newOracle(t)
	for _, syntax := range []string{"LTRIM a", "ZREMRANGEBYRANK a", "ZRANGESTORE a a"} {
		c := oracleCase{syntax: syntax}
		for from := -4; from <= 4; from++ {
			for to := -4; to <= 4; to++ {
				args := append(strings.Fields(syntax), strconv.Itoa(from), strconv.Itoa(to))
				claim, v := Command(args...), evidence{worst: map[Replay]Replay{}}
				for length := range 9 {
					s := scenario{args: args}
					for i := range length {
						fill := []string{"ZADD", "a", strconv.Itoa(i), strconv.Itoa(i)}
						if syntax == "LTRIM a" {
							fill = []string{"RPUSH", "a", strconv.Itoa(i)}
						}
						s.setup = append(s.setup, fill)
					}
					if complaint := o.try(t.Context(), &c, s, claim, &v); complaint != "" {
						t.Error(complaint)
					}
				}
				// ZREMRANGEBYRANK -1 0 only ever removes the single member of a set: not worth a rule.
				if claim == Accumulating && v.worst[claim] != Accumulating && (from != -1 || to != 0) {
					t.Errorf("Command(%q) = %v, but the server never shows more than %v", args, claim, v.worst[claim])
				}
			}
		}
	}
}

// TestOracleCatchesLiars claims one rung less than is true, and wants a complaint.
func TestOracleCatchesLiars(t *testing.T) {
	o := newOracle(t)
	for _, liar := range []struct {
		oracleCase
		claim Replay
	}{
		{oracleCase{kind: "number", syntax: "INCR <key>"}, Convergent},
		{oracleCase{kind: "string", syntax: "SET <key> <str> NX"}, Idempotent},
		{oracleCase{kind: "string", syntax: "SET <key> <str>"}, ReadOnly},
		{oracleCase{kind: "string", syntax: "SET <key> <str> EX <secs>", clock: true}, Convergent},
		{oracleCase{kind: "any", syntax: "EXPIRE <key> <secs>", lease: true, clock: true}, ReadOnly},
		{oracleCase{kind: "list", syntax: "LTRIM <key> 0 -2"}, Convergent},
		{oracleCase{kind: "set", syntax: "SADD <key> <el>+"}, Idempotent},
		{oracleCase{kind: "zset", syntax: "ZUNIONSTORE a 2 a b"}, Convergent},
		{oracleCase{kind: "stream", syntax: "XACK <key> g <id>"}, Idempotent},
		{oracleCase{kind: "stream", syntax: "XREADGROUP GROUP g c STREAMS <key> 0", clock: true}, Convergent},
		{oracleCase{kind: "any", syntax: "PUBLISH news <str>", inbox: true}, Convergent},
		{oracleCase{kind: "any", syntax: "FUNCTION LOAD <lib>", setup: noFunctions, probes: functions}, Idempotent},
	} {
		scenarios := o.draw(&liar.oracleCase)
		v := evidence{worst: map[Replay]Replay{}}
		caught := false
		for seed := 0; !caught && seed < patience; seed++ {
			caught = o.try(t.Context(), &liar.oracleCase, scenarios.Example(seed), liar.claim, &v) != ""
		}
		if !caught {
			t.Errorf("%s passes for %v", liar.syntax, liar.claim)
		}
	}
}
