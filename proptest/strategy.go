package proptest

import (
	"iter"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/backoff"
)

// The laws of a strategy.
const (
	// StrategyTotal is broken by an index out of range, a division by zero, a shift by a negative number.
	StrategyTotal Law = "a strategy answers any arguments, and does not panic"
	// StrategyFunction is broken by a counter, dice or a clock within: the next attempt of another operation would wait for
	// what this one has been through.
	StrategyFunction Law = "a delay is a function of its arguments, and of nothing else"
	// StrategyNotNegative is broken by products that overflow.
	StrategyNotNegative Law = "a delay is never negative"
	// StrategyCap is broken by jitter that is added to what has been clamped.
	StrategyCap Law = "a delay is never longer than the cap"
	// StrategyQuantile is broken by one that counts quantiles from the longest delay: bounds are read at u = 0 and u = 1.
	StrategyQuantile Law = "a delay does not fall as the quantile grows"
	// StrategyShared is broken by notes that a strategy makes for itself.
	StrategyShared Law = "a strategy may be shared by goroutines"
)

// strategyLaws are all of them.
var strategyLaws = []Law{StrategyTotal, StrategyFunction, StrategyNotNegative, StrategyCap, StrategyQuantile, StrategyShared}

// TestStrategy tests that s keeps the laws of a strategy: that it has an answer to any arguments, which is a function of these
// alone, in [0, cap] and not less for a larger quantile, and that goroutines may share it. A cap of [backoff.Uncapped]
// is none.
//
// Any arguments are meant. A loop counts failures from 1 and draws from [0, 1]; but others, tests for one, count
// from 0, and a quantile above 1 is a rounding error away. The law of the quantile holds from 0 to 1.
//
// Run it with -race, so that the last law is tested in full. Where t is a *rapid.T it draws once, and leaves the rest to the
// property around it: so one tests generated strategies, or fuzzes.
func TestStrategy(t rapid.TB, s backoff.Strategy, cap time.Duration) {
	t.Helper()
	asked := subject{s, cap}
	if within, ok := t.(*rapid.T); ok {
		none(within, asked.drawn(within))
		return
	}
	none(t, asked.twice())
	rapid.Check(t, func(t *rapid.T) { none(t, asked.drawn(t)) })
	none(t, asked.edges())
	none(t, asked.shared())
}

// SurveyStrategy tests each law as [TestStrategy] does, and returns what it found rather than failing: for tables. The laws in
// except are not offered: a strategy that has dice of its own is no function. Like [Survey] it sets rapid's flags for as long as
// it takes.
func SurveyStrategy(t *testing.T, s backoff.Strategy, cap time.Duration, except ...Law) []Finding {
	t.Helper()
	defer repeatably()()
	asked := subject{s, cap}
	var all []Finding
	for _, law := range strategyLaws {
		f := Finding{Law: law, Offered: !slices.Contains(except, law)}
		if f.Offered {
			f.Broken = asked.broken(t, law)
		}
		all = append(all, f)
	}
	return all
}

// broken returns a counterexample to the law, or "". It tries the edges before chance: they come in order of size.
func (s subject) broken(t *testing.T, law Law) (text string) {
	t.Helper()
	breaks := func(found iter.Seq[offense]) bool {
		for o := range found {
			if o.law == law {
				text = "  " + o.text + "\n"
				return true
			}
		}
		return false
	}
	if breaks(s.twice()) || breaks(s.edges()) || breaks(s.shared()) {
		return text
	}
	rapid.Check(&silentTB{name: t.Name()}, func(rt *rapid.T) {
		if breaks(s.drawn(rt)) {
			rt.Fatalf("%v", law)
		}
	})
	return text
}

// none ends the test with the first of the offenses, if there is one.
func none(t rapid.TB, found iter.Seq[offense]) {
	t.Helper()
	for o := range found {
		t.Fatalf("%v\n%s", o.law, o.text)
	}
}
