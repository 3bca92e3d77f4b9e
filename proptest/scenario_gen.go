package proptest

import (
	"errors"
	"time"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/classify"
)

// errLeft is the cause of a context's end, where a scenario has one.
var errLeft = errors.New("the user has left")

// Scenarios draws scenarios for a loop: up to ten outcomes of every kind and rung, under a context that may end at any moment,
// or have ended. An attempt goes on for ever only where that ends it. Times are of all magnitudes up to ten minutes.
// They shrink to one success at once.
func Scenarios() *rapid.Generator[Scenario] {
	return rapid.Custom(func(t *rapid.T) Scenario {
		var s Scenario
		switch rapid.IntRange(0, 7).Draw(t, "the context") {
		case 0, 1, 2, 3: // does not end
		case 4:
			s.Deadline = scriptTimes().Draw(t, "deadline")
		case 5:
			s.Cancel = scriptTimes().Draw(t, "canceled")
		case 6:
			s.Deadline, s.Cancel = scriptTimes().Draw(t, "deadline"), scriptTimes().Draw(t, "canceled")
		case 7:
			s.Cancel = -1
		}
		if s.ends() != 0 && rapid.Bool().Draw(t, "with a cause") {
			s.Cause = errLeft
		}
		s.Replay = classify.Replay(rapid.IntRange(0, int(classify.Never)).Draw(t, "rung"))
		s.Outcomes = rapid.SliceOfN(scriptOutcomes(s.ends() > 0), 1, 10).Draw(t, "outcomes")
		return s
	})
}

// scriptOutcomes draws what one attempt does. Most fail in a way that is worth a retry, or there would be none.
func scriptOutcomes(mayBlock bool) *rapid.Generator[Outcome] {
	return rapid.Custom(func(t *rapid.T) Outcome {
		var o Outcome
		switch what := rapid.IntRange(0, 11).Draw(t, "what"); {
		case what == 0: // succeeds
		case what < 8:
			o.Ending, o.Verdict.Class = Fails, rapid.SampledFrom(worthIt).Draw(t, "class")
		case what < 10:
			o.Ending, o.Verdict = Fails, scriptVerdicts().Draw(t, "verdict")
		case what == 10:
			o.Ending = Panics
		case mayBlock:
			return Outcome{Takes: Forever}
		}
		if rapid.Bool().Draw(t, "takes time") {
			o.Takes = scriptTimes().Draw(t, "takes")
			o.Hears = rapid.Bool().Draw(t, "hears")
		}
		return o
	})
}

var worthIt = []classify.Class{classify.Transient, classify.Overloaded, classify.Redirect, classify.Ambiguous}

// scriptVerdicts draws any verdict; that of no class is the zero one, which nobody has given.
func scriptVerdicts() *rapid.Generator[classify.Verdict] {
	return rapid.Custom(func(t *rapid.T) classify.Verdict {
		v := classify.Verdict{
			Class: classify.Class(rapid.IntRange(0, int(classify.Ambiguous)).Draw(t, "class")),
			Kind:  rapid.SampledFrom(classify.Kinds()).Draw(t, "kind"),
		}
		if rapid.Bool().Draw(t, "hint") {
			v.After = scriptTimes().Draw(t, "after")
		}
		if v.Class == classify.Unknown {
			return classify.Verdict{}
		}
		return v
	})
}

// scriptTimes draws times after the start, of all magnitudes up to ten minutes, short ones as "250ms".
func scriptTimes() *rapid.Generator[time.Duration] {
	return rapid.Custom(func(t *rapid.T) time.Duration {
		unit := rapid.SampledFrom([]time.Duration{time.Second, time.Millisecond, time.Microsecond, time.Nanosecond}).Draw(t, "unit")
		return unit * time.Duration(rapid.IntRange(1, 600).Draw(t, "count"))
	})
}
