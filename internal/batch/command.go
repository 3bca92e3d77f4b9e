package batch

import (
	"slices"

	"github.com/reprise-go/reprise/classify"
)

// Command is a command as its words, as the server will read them, the name in any case.
type Command []string

// Replay returns what a second run of the command would do.
func (c Command) Replay() classify.Replay { return classify.Command(c...) }

// RunsCode reports whether an error reply may come from inside a script that has written.
func (c Command) RunsCode() bool { return len(c) > 0 && classify.RunsCode(c[0]) }

// Writes reports whether a run of the command may change anything.
func (c Command) Writes() bool { return c.Replay() > classify.ReadOnly }

// Replay returns the rung of commands that are run one after the other, twice. It is the worst of theirs, and
// higher where one touches what a later one writes: COPY a b, SET a 5 copies something else the second time,
// though each by itself is Idempotent.
func Replay(cmds []Command) classify.Replay {
	worst := classify.ReadOnly
	var later trail
	for _, c := range slices.Backward(cmds) {
		r := c.Replay()
		if later.crosses(c.Reach()) {
			if r == classify.ReadOnly {
				r = classify.Convergent // the same state, another reply
			} else {
				r = max(r, classify.Accumulating)
			}
		}
		if c.Writes() {
			later.add(c.Reach())
		}
		worst = max(worst, r)
	}
	return worst
}
