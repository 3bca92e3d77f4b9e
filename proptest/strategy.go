package proptest

import (
	"fmt"
	"math"
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
	law := func(t *rapid.T) {
		q := question{counts().Draw(t, "n"), anyDelay().Draw(t, "prev"), quantiles().Draw(t, "u")}
		lo := rapid.Float64Range(0, 1).Draw(t, "lower quantile")
		hi := rapid.OneOf(rapid.Just(1.0), rapid.Just(math.Nextafter(lo, 1)), rapid.Float64Range(lo, 1)).Draw(t, "higher quantile")
		ask(t, s, cap, q)
		climbs(t, s, q, lo, hi)
	}
	if within, ok := t.(*rapid.T); ok {
		law(within)
		return
	}
	remembers(t, s)
	rapid.Check(t, law)
	edges(t, s, cap)
	shared(t, StrategyShared, func(i int) string {
		q := question{i%9 + 1, time.Duration(i%7) * time.Second, float64(i%5) / 4}
		return fmt.Sprintf("%v = %v", q, q.to(s))
	})
}

// question is what a strategy is asked.
type question struct {
	n    int
	prev time.Duration
	u    float64
}

func (q question) String() string { return fmt.Sprintf("Delay(%d, %v, %v)", q.n, q.prev, q.u) }

func (q question) to(s backoff.Strategy) time.Duration { return s.Delay(q.n, q.prev, q.u) }

// remembers asks s the same twice, without chance: what remembers answers anew whenever it is asked, so that rapid could
// neither repeat a counterexample nor make it smaller.
func remembers(t rapid.TB, s backoff.Strategy) {
	t.Helper()
	for n := 1; n <= 20; n++ {
		for _, u := range []float64{0, 0.5, 1} {
			q := question{n: n, u: u}
			first, panicked := attempted(func() time.Duration { return q.to(s) })
			again, _ := attempted(func() time.Duration { return q.to(s) })
			if panicked == nil && again != first {
				t.Fatalf("%v\n%v = %v, and asked again %v", StrategyFunction, q, first, again)
			}
		}
	}
}

// ask asks s once, and holds the answer to the laws.
func ask(t rapid.TB, s backoff.Strategy, cap time.Duration, q question) {
	t.Helper()
	d := answer(t, s, q)
	if again := answer(t, s, q); again != d {
		t.Fatalf("%v\n%v = %v, and asked again %v", StrategyFunction, q, d, again)
	}
	if d < 0 {
		t.Fatalf("%v\n%v = %v", StrategyNotNegative, q, d)
	}
	if d > cap {
		t.Fatalf("%v\n%v = %v, and the cap is %v", StrategyCap, q, d, cap)
	}
}

// climbs holds s to the law of the quantile.
func climbs(t rapid.TB, s backoff.Strategy, q question, lo, hi float64) {
	t.Helper()
	less, more := question{q.n, q.prev, lo}, question{q.n, q.prev, hi}
	if a, b := answer(t, s, less), answer(t, s, more); a > b {
		t.Fatalf("%v\n%v = %v, but %v = %v", StrategyQuantile, less, a, more, b)
	}
}

func answer(t rapid.TB, s backoff.Strategy, q question) time.Duration {
	t.Helper()
	d, panicked := attempted(func() time.Duration { return q.to(s) })
	if panicked != nil {
		t.Fatalf("%v\n%v panics: %v", StrategyTotal, q, panicked)
	}
	return d
}

// The edges of the arguments. 64 doublings are as many as a Duration has room for, and many are wrong after some of them only; a
// prev of 2⁶² is what twice and three times overflow, which at the longest of all happens to come out positive.
var (
	edgesOfN = func() []int {
		all := []int{1000, math.MaxInt - 1, math.MaxInt, 0, -1, math.MinInt}
		for n := 65; n >= 1; n-- {
			all = append([]int{n}, all...)
		}
		return all
	}()
	edgesOfPrev = []time.Duration{0, 1, time.Second, 1 << 62, math.MaxInt64, -1, math.MinInt64}
	edgesOfU    = []float64{0, 0.5, 1, math.Nextafter(1, 0), 2, -1, math.Inf(1), math.Inf(-1), math.NaN()}
)

// edges asks s at the edges of its arguments, all combined: where numbers overflow chance comes too rarely.
func edges(t rapid.TB, s backoff.Strategy, cap time.Duration) {
	t.Helper()
	for _, n := range edgesOfN {
		for _, prev := range edgesOfPrev {
			for _, u := range edgesOfU {
				ask(t, s, cap, question{n, prev, u})
			}
			climbs(t, s, question{n: n, prev: prev}, 0, 0.5)
			climbs(t, s, question{n: n, prev: prev}, 0.5, 1)
		}
	}
}
