package proptest_test

import (
	"math"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/proptest"
)

// strategy is a Strategy in the raw: unlike a backoff.Func it does not mend what it gives.
type strategy func(n int, prev time.Duration, u float64) time.Duration

func (s strategy) Delay(n int, prev time.Duration, u float64) time.Duration { return s(n, prev, u) }

// TestStrategyLiars runs strategies that break one law each.
func TestStrategyLiars(t *testing.T) {
	var calls atomic.Int64
	var note atomic.Int64
	table := []time.Duration{0, time.Second, 2 * time.Second, 5 * time.Second}
	for name, liar := range map[string]struct {
		law proptest.Law
		cap time.Duration
		s   strategy
	}{
		"reads past the end of its table": {proptest.StrategyTotal, 5 * time.Second, func(n int, _ time.Duration, _ float64) time.Duration {
			return table[max(n, 0)]
		}},
		"shifts by a negative number": {proptest.StrategyTotal, time.Hour, func(n int, _ time.Duration, _ float64) time.Duration {
			return min(time.Hour, time.Second<<min(n, 30))
		}},
		"counts the calls": {proptest.StrategyFunction, backoff.Uncapped, func(int, time.Duration, float64) time.Duration {
			return time.Duration(calls.Add(1))
		}},
		"overflows": {proptest.StrategyNotNegative, backoff.Uncapped, func(n int, _ time.Duration, _ float64) time.Duration {
			return 8 * time.Millisecond * time.Duration(uint64(1)<<min(max(n, 0), 62))
		}},
		"triples the delay before": {proptest.StrategyNotNegative, backoff.Uncapped, func(_ int, prev time.Duration, _ float64) time.Duration {
			return 3 * max(prev, 0)
		}},
		"takes a quantile for a number": {proptest.StrategyNotNegative, time.Second, func(_ int, _ time.Duration, u float64) time.Duration {
			if math.IsNaN(u) {
				return 0
			}
			return time.Duration(float64(time.Second) * min(max(u, -1), 1))
		}},
		"clamps before the jitter": {proptest.StrategyCap, time.Minute, func(n int, _ time.Duration, u float64) time.Duration {
			d := min(time.Second<<min(max(n, 0), 10), time.Minute)
			return backoff.Spread(backoff.Constant(d), 0.5).Delay(n, 0, u)
		}},
		"counts quantiles from the longest": {proptest.StrategyQuantile, time.Second, func(n int, _ time.Duration, u float64) time.Duration {
			return backoff.Full(backoff.Constant(time.Second)).Delay(n, 0, 1-u)
		}},
		"is longest in the middle": {proptest.StrategyQuantile, time.Second, func(n int, _ time.Duration, u float64) time.Duration {
			return backoff.Full(backoff.Constant(time.Second)).Delay(n, 0, 1-math.Abs(1-2*min(max(u, 0), 1)))
		}},
		"works on a note that all share": {proptest.StrategyShared, 1000 * time.Second, func(n int, _ time.Duration, _ float64) time.Duration {
			note.Store(int64(min(max(n, 0), 1000)))
			runtime.Gosched()
			return time.Duration(note.Load()) * time.Second
		}},
	} {
		t.Run(name, func(t *testing.T) {
			caught(t, liar.law, func(t rapid.TB) { proptest.TestStrategy(t, liar.s, liar.cap) })
		})
	}
}
