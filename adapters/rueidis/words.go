package rueidis

import (
	"slices"
	"strings"

	"github.com/reprise-go/reprise/internal/batch"
)

// few is how many words of a command are kept without an allocation. Most commands have fewer.
const few = 8

// words are the words of a command from before it is sent. rueidis recycles a command with its reply, even if that
// is a refusal: read afterwards, its words are nobody's or somebody else's.
type words struct {
	n    int
	few  [few]string
	many []string
}

// keep copies the words.
func (w *words) keep(all []string) {
	w.n = copy(w.few[:], all)
	if len(all) > few {
		w.many = slices.Clone(all)
	}
}

// command returns the words as a command, in memory of its own: w stays where it is, on the stack.
func (w *words) command() batch.Command {
	if w.many != nil {
		return w.many
	}
	return slices.Clone(w.few[:w.n])
}

// name returns the command's name as events tell it.
func (w *words) name() string { return strings.ToLower(w.few[0]) }
