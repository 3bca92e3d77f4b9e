package proptest

import (
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/classify"

	"github.com/reprise-go/reprise/internal/redissyntax"
)

// ReplayCase is a family of commands that an [Oracle] runs. Its Syntax is a template in the manner of Redis'
// documentation, of tokens with spaces between them:
//
//	SET            a word
//	<key>          a hole, filled from a small vocabulary
//	[ NX | XX ]    at most one of the alternatives
//	( GET | SET )  exactly one of them
//	<el>+  (…)+    one to three times
//
// The holes, of few words each, so that commands meet keys that exist, have the right type and share members:
//
//	<key> <nkeys>             a, b or c; a number and so many of them
//	<str> <el>                a text; a member of a collection
//	<num> <int> <float>       0 to 5; -2 to 3; a fraction
//	<rank> <len> <pos>        -5 to 4; 0 to 4; 1 to 3
//	<secs> <ms>               a time to live
//	<anysecs>                 one, or what is none
//	<at> <atms>               a deadline in the year 2100, or one that has passed
//	<offset> <bit> <byte> <enc>   for bitmaps
//	<id> <group> <consumer> <idle>   for streams
//	<point> <km>              for GEO commands
//	<incr> <incrsha> <type> <typesha>   scripts, one that writes and one that reads, and their names
//	<lib> <fdump>             a library of functions, and one as FUNCTION DUMP gives it
//	<dump>                    a value as DUMP gives it, or a broken one
//
// A command of a case must not wait, subscribe, or do anything else to its connection.
type ReplayCase struct {
	// Syntax is the template of the command.
	Syntax string
	// Keys is what most of the keys a, b and c hold before the first run: string, number, list, set, hash, zset, geo, hll,
	// stream; numbers, which is a list or a set of them; any, which is one of all; or "", which is nothing.
	Keys string
	// Setup are templates of commands that come before the keys are filled. One that gives no word is left out.
	Setup []string
	// Probes are questions whose answers are state too. Keys, values and deadlines are, without being asked for.
	Probes []string
	// Inbox says that what a subscriber to the channel "news" has received is state too.
	Inbox bool
	// Clock says that the server's clock must advance between the runs, by two milliseconds at least.
	Clock bool
	// Lease says that a deadline that counts from the run is the same after either: SET k v EX 10. It implies Clock.
	Lease bool
	// Caution is a rung that [Oracle.Exact] lets the table say although no run shows it: the harm would be done to what
	// others write between the two runs, and here is nobody else.
	Caution classify.Replay
	// Draws is how many scenarios are enough, where there is little to vary; 0 means as many as the Oracle's Checks.
	Draws int
}

// Commands draws commands of the case. In place of payloads that a server has to make, <dump> and <fdump>, they hold a
// text, and so do holes that [ReplayCase] does not list. It panics if the template cannot be read.
func (c ReplayCase) Commands() *rapid.Generator[[]string] {
	command, err := redissyntax.Parse(c.Syntax)
	if err != nil {
		panic(err)
	}
	words := replayWords()
	for _, hole := range command.Holes() {
		if words[hole] == nil {
			words[hole] = redissyntax.Pick("payload")
		}
	}
	return rapid.Custom(func(t *rapid.T) []string {
		drawReplayNothing(t)
		return command.Draw(t, words)
	})
}

// scenario is one drawn case: the commands that build a state, and the command that is run twice on it.
type replayScenario struct {
	setup [][]string
	args  []string
}

// scenarios returns a generator of the scenarios of a case.
func (c ReplayCase) scenarios(words redissyntax.Vocabulary) (*rapid.Generator[replayScenario], error) {
	if !slices.Contains(replayKinds, c.Keys) && !slices.Contains([]string{"", "any", "numbers"}, c.Keys) {
		return nil, fmt.Errorf("proptest: no keys hold %q", c.Keys)
	}
	var parts []redissyntax.Syntax
	for _, text := range append(slices.Clone(c.Setup), c.Syntax) {
		part, err := redissyntax.Parse(text)
		if err != nil {
			return nil, err
		}
		for _, hole := range part.Holes() {
			if words[hole] == nil {
				return nil, fmt.Errorf("proptest: no words for <%s> in %q", hole, text)
			}
		}
		parts = append(parts, part)
	}
	command, setup := parts[len(parts)-1], parts[:len(parts)-1]
	return rapid.Custom(func(t *rapid.T) replayScenario {
		drawReplayNothing(t)
		var s replayScenario
		for _, part := range setup {
			if cmd := part.Draw(t, words); len(cmd) > 0 {
				s.setup = append(s.setup, cmd)
			}
		}
		if c.Keys != "" {
			s.setup = append(s.setup, drawReplayKeys(t, c.Keys)...)
		}
		s.args = command.Draw(t, words)
		return s
	}), nil
}

// drawReplayNothing is for templates without a choice: rapid wants a generator to draw.
func drawReplayNothing(t *rapid.T) { rapid.Bool().Draw(t, "nothing") }
