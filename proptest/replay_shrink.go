package proptest

import (
	"slices"

	"github.com/reprise-go/reprise/classify"
)

// shrink returns the same finding of a smaller scenario: commands of the setup are left out, then arguments. What a
// smaller one shows counts if it breaks the same law on the same rung.
func (v *replayVerdict) shrink(s replayScenario, found *RungSeen) *RungSeen {
	keep := func(smaller replayScenario) (ok bool) {
		// A table may take the arguments for granted that are left out.
		defer func() { ok = recover() == nil && ok }()
		if !replayBackHome(smaller.setup) {
			return false
		}
		seen, _, err := v.look(smaller, func(r classify.Replay) bool { return r == found.Said })
		// An error is a setup that is refused, or the end of the connection, which the next scenario meets too.
		if err != nil || seen == nil || seen.Broken != found.Broken || seen.Seen == 0 {
			return false
		}
		s, found = smaller, seen
		return true
	}
	for size := len(s.setup); size > 0; size-- {
		replayLeaveOut(s.setup, 0, size, func(fewer [][]string) bool {
			return keep(replayScenario{setup: fewer, args: s.args})
		})
	}
	// Members of sorted sets and hashes come in twos, those of GEO in threes.
	for size := 3; size > 0; size-- {
		for i, cmd := range s.setup {
			replayLeaveOut(cmd, 1, size, func(fewer []string) bool {
				setup := slices.Clone(s.setup)
				setup[i] = fewer
				return keep(replayScenario{setup: setup, args: s.args})
			})
		}
		replayLeaveOut(s.args, 1, size, func(fewer []string) bool {
			return keep(replayScenario{setup: s.setup, args: fewer})
		})
	}
	return found
}

// replayLeaveOut tries to do without elements in a row, anywhere from an index on, and keeps to what ok accepts.
func replayLeaveOut[E any](all []E, from, size int, ok func(fewer []E) bool) {
	for from+size <= len(all) {
		if fewer := slices.Delete(slices.Clone(all), from, from+size); ok(fewer) {
			all = fewer
		} else {
			from++
		}
	}
}

// replayBackHome reports whether a setup ends in the database in which it began.
func replayBackHome(setup [][]string) bool {
	db := "0"
	for _, cmd := range setup {
		if len(cmd) == 2 && cmd[0] == "SELECT" {
			db = cmd[1]
		}
	}
	return db == "0"
}
