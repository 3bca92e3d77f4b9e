package proptest

import (
	"fmt"
	"iter"
	"math"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/backoff"
)

// subject is a strategy that is asked questions.
type subject struct {
	strategy backoff.Strategy
	cap      time.Duration
}

// question is what a strategy is asked.
type question struct {
	n    int
	prev time.Duration
	u    float64
}

func (q question) String() string { return fmt.Sprintf("Delay(%d, %v, %v)", q.n, q.prev, q.u) }

func (q question) to(s backoff.Strategy) (delay time.Duration, panicked any) {
	return attempted(func() time.Duration { return s.Delay(q.n, q.prev, q.u) })
}

// offense is a law that an answer breaks, and how.
type offense struct {
	law  Law
	text string
}

func against(law Law, format string, args ...any) offense {
	return offense{law, fmt.Sprintf(format, args...)}
}

// drawn asks what rapid draws.
func (s subject) drawn(t *rapid.T) iter.Seq[offense] {
	q := question{counts().Draw(t, "n"), anyDelay().Draw(t, "prev"), quantiles().Draw(t, "u")}
	lo := rapid.Float64Range(0, 1).Draw(t, "lower quantile")
	hi := rapid.OneOf(rapid.Just(1.0), rapid.Just(math.Nextafter(lo, 1)), rapid.Float64Range(lo, 1)).Draw(t, "higher quantile")
	return slices.Values(append(s.ask(q), s.climb(q, lo, hi)...))
}

// twice asks the same twice, without chance: what remembers answers anew whenever it is asked, so that rapid could
// neither repeat a counterexample nor make it smaller.
func (s subject) twice() iter.Seq[offense] {
	return func(yield func(offense) bool) {
		for n := 1; n <= 20; n++ {
			for _, u := range []float64{0, 0.5, 1} {
				for _, o := range s.ask(question{n: n, u: u}) {
					if o.law == StrategyFunction && !yield(o) {
						return
					}
				}
			}
		}
	}
}

// ask asks once, and again, and holds the answer to the laws.
func (s subject) ask(q question) (found []offense) {
	d, panicked := q.to(s.strategy)
	again, _ := q.to(s.strategy)
	if panicked != nil {
		return []offense{against(StrategyTotal, "%v panics: %v", q, panicked)}
	}
	if again != d {
		found = append(found, against(StrategyFunction, "%v = %v, and asked again %v", q, d, again))
	}
	if d < 0 {
		found = append(found, against(StrategyNotNegative, "%v = %v", q, d))
	}
	if d > s.cap {
		found = append(found, against(StrategyCap, "%v = %v, and the cap is %v", q, d, s.cap))
	}
	return found
}

// climb holds the answers to the law of the quantile.
func (s subject) climb(q question, lo, hi float64) []offense {
	less, more := question{q.n, q.prev, lo}, question{q.n, q.prev, hi}
	small, panicked := less.to(s.strategy)
	large, panickedToo := more.to(s.strategy)
	switch {
	case panicked != nil:
		return []offense{against(StrategyTotal, "%v panics: %v", less, panicked)}
	case panickedToo != nil:
		return []offense{against(StrategyTotal, "%v panics: %v", more, panickedToo)}
	case small > large:
		return []offense{against(StrategyQuantile, "%v = %v, but %v = %v", less, small, more, large)}
	}
	return nil
}

// shared asks from several goroutines at once.
func (s subject) shared() iter.Seq[offense] {
	return func(yield func(offense) bool) {
		differs := unshared(func(i int) string {
			q := question{i%9 + 1, time.Duration(i%7) * time.Second, float64(i%5) / 4}
			d, panicked := q.to(s.strategy)
			if panicked != nil {
				return fmt.Sprintf("%v panics: %v", q, panicked)
			}
			return fmt.Sprintf("%v = %v", q, d)
		})
		if differs != "" {
			yield(offense{StrategyShared, differs})
		}
	}
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

// edges asks at the edges of the arguments, all combined: where numbers overflow chance comes too rarely.
func (s subject) edges() iter.Seq[offense] {
	return func(yield func(offense) bool) {
		for _, n := range edgesOfN {
			for _, prev := range edgesOfPrev {
				var found []offense
				for _, u := range edgesOfU {
					found = append(found, s.ask(question{n, prev, u})...)
				}
				q := question{n: n, prev: prev}
				found = append(append(found, s.climb(q, 0, 0.5)...), s.climb(q, 0.5, 1)...)
				for _, o := range found {
					if !yield(o) {
						return
					}
				}
			}
		}
	}
}
