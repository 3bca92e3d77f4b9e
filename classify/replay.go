package classify

import "fmt"

// Replay grades what a second run of the same operation does. The rungs are
// ordered: what is safe at one is safe at every lower one. The zero value means
// that nobody has said.
type Replay uint8

// The rungs, from harmless to never.
const (
	// ReadOnly changes nothing: GET.
	ReadOnly Replay = iota + 1
	// Idempotent leaves the same state and gives the same reply when run twice:
	// SET k v, MSET.
	Idempotent
	// Convergent leaves the same state, but the second reply may differ: DEL
	// counts 1, then 0; SET NX says yes, then no.
	Convergent
	// Accumulating counts every run: INCR, LPUSH, XADD with an automatic ID.
	Accumulating
	// Never is bound to a connection or waits for something: SUBSCRIBE, BLPOP, a
	// transaction under WATCH. Commands that nobody has graded are Never too.
	Never
)

var replayNames = [...]string{"", "read_only", "idempotent", "convergent", "accumulating", "never"}

// String returns the name in lower case, "read_only" for example, and "" for the
// zero value.
func (r Replay) String() string {
	if int(r) < len(replayNames) {
		return replayNames[r]
	}
	return fmt.Sprintf("replay(%d)", uint8(r))
}

// ParseReplay is the inverse of [Replay.String] for the five rungs.
func ParseReplay(name string) (Replay, error) {
	for r := ReadOnly; r <= Never; r++ {
		if replayNames[r] == name {
			return r, nil
		}
	}
	return 0, fmt.Errorf("classify: replay %q is unknown; allowed: read_only, idempotent, convergent, accumulating, never", name)
}
