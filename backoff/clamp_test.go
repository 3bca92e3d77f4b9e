package backoff_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/reprise-go/reprise/backoff"
)

// The delays of other clients as Strategies, to measure them with the same ruler.

// redisPy is ExponentialWithJitterBackoff with the defaults of redis-py 8.
var redisPy = backoff.Cap(backoff.Full(backoff.Exponential{Base: 10 * ms, Cap: backoff.Uncapped}), time.Second)

// redisPyDecorrelated is DecorrelatedJitterBackoff with the bounds of redis-py's backoff.py.
var redisPyDecorrelated = backoff.Cap(backoff.Decorrelated{Cap: backoff.Uncapped}, 512*ms)

// goRedis is internal.RetryBackoff of go-redis v9.22.0 with its default bounds.
var goRedis = backoff.Func(func(n int, _ time.Duration, u float64) time.Duration {
	const shortest, longest = 10 * ms, time.Second
	return min(shortest+time.Duration(u*float64(shortest<<n)), longest)
})

// rueidis is its defaultRetryDelayFn: 2 to 4 µs after the first failure, 1 s at most.
var rueidis = backoff.Func(func(n int, _ time.Duration, u float64) time.Duration {
	base := float64(int(1) << min(n, 20))
	return min(time.Duration(base+math.Floor(u*base))*time.Microsecond, time.Second)
})

func TestShareOfDelaysAtTheCap(t *testing.T) {
	for _, tt := range []struct {
		name string
		s    backoff.Strategy
		top  time.Duration
		n    int
		want float64
	}{
		{"redis-py", redisPy, time.Second, 6, 0},
		{"redis-py", redisPy, time.Second, 7, 1 - 1000./1280},
		{"redis-py", redisPy, time.Second, 10, 1 - 1000./10240}, // 0.90
		{"go-redis", goRedis, time.Second, 8, 1 - 990./2560},    // 0.61
		{"go-redis", goRedis, time.Second, 12, 1 - 990./40960},  // 0.976
		{"rueidis", rueidis, time.Second, 18, 0},
		{"rueidis", rueidis, time.Second, 19, 1 - (1e6-(1<<19))/(1<<19)},
		{"rueidis", rueidis, time.Second, 20, 1},
		{"rueidis", rueidis, time.Second, 1000, 1},
		{"ours", backoff.Full(backoff.Exponential{}), 512 * ms, 10, 0},
		{"ours", backoff.Full(backoff.Exponential{}), 512 * ms, 1000, 0},
		{"ours, redis-py's bounds", backoff.Full(backoff.Exponential{Base: 10 * ms, Cap: time.Second}), time.Second, 10, 0},
		{"ours, equal jitter", backoff.Equal(backoff.Exponential{}), 512 * ms, 1000, 0},
	} {
		got := shareAt(tt.top, tt.s, tt.n)
		t.Logf("%5.1f %% of %s's delays after failure %d are exactly the cap", 100*got, tt.name, tt.n)
		if math.Abs(got-tt.want) > 1e-5 {
			t.Errorf("%s: %.5f of the delays after failure %d are %v, want %.5f", tt.name, got, tt.n, tt.top, tt.want)
		}
	}
}

// shareAt returns the share of the draws, on an even grid of 100,000, that give exactly top.
func shareAt(top time.Duration, s backoff.Strategy, n int) float64 {
	const grid = 100_000
	hits := 0
	for i := range grid {
		if s.Delay(n, 0, (float64(i)+0.5)/grid) == top {
			hits++
		}
	}
	return float64(hits) / grid
}

func TestShareOfDecorrelatedDelaysAtTheCap(t *testing.T) {
	clamped := sharesInARow(512*ms, redisPyDecorrelated, 30)
	cut := sharesInARow(512*ms, backoff.Decorrelated{}, 30)
	// 8·3ⁿ⁻¹ ms is the longest before the clamp, so that the cap comes into reach after
	// failure 5. In the end it takes a third of the delays.
	for n, want := range map[int]float64{4: 0, 6: 0.023, 10: 0.215, 30: 0.335} {
		if got := clamped[n-1]; math.Abs(got-want) > 0.002 {
			t.Errorf("%.4f of redis-py's delays are the cap after failure %d, want %.3f", got, n, want)
		}
	}
	for i, share := range cut {
		if share != 0 {
			t.Errorf("%.3f of our delays are the cap after failure %d, want 0", share, i+1)
		}
	}
}

// sharesInARow is shareAt for a strategy that follows the delay before: it carries the
// distribution of the delays from failure to failure as some hundred quantiles of it.
func sharesInARow(top time.Duration, s backoff.Strategy, failures int) []float64 {
	const grid = 200
	before := []time.Duration{0}
	shares := make([]float64, failures)
	for i := range shares {
		var delays []time.Duration
		hits := 0
		for _, prev := range before {
			for j := range grid {
				d := s.Delay(i+1, prev, (float64(j)+0.5)/grid)
				delays = append(delays, d)
				if d == top {
					hits++
				}
			}
		}
		shares[i] = float64(hits) / float64(len(delays))
		slices.Sort(delays)
		before = before[:0]
		for j := range grid {
			before = append(before, delays[(2*j+1)*len(delays)/(2*grid)])
		}
	}
	return shares
}
