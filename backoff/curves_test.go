package backoff_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/reprise-go/reprise/backoff"
)

const ms = time.Millisecond

func TestCurves(t *testing.T) {
	for _, tt := range []struct {
		s    backoff.Strategy
		want []time.Duration // after failure 1, 2, 3 …
	}{
		{backoff.NoBackoff{}, []time.Duration{0, 0, 0}},
		{backoff.Constant(0), []time.Duration{0, 0, 0}},
		{backoff.Constant(100 * ms), []time.Duration{100 * ms, 100 * ms, 100 * ms}},
		{backoff.Linear{}, []time.Duration{8 * ms, 16 * ms, 24 * ms, 32 * ms, 40 * ms}},
		{backoff.Linear{Base: time.Second, Cap: 2500 * ms}, []time.Duration{time.Second, 2 * time.Second, 2500 * ms, 2500 * ms}},
		{backoff.Fibonacci{}, []time.Duration{8 * ms, 8 * ms, 16 * ms, 24 * ms, 40 * ms, 64 * ms, 104 * ms, 168 * ms, 272 * ms, 440 * ms, 512 * ms, 512 * ms}},
		{backoff.Exponential{}, []time.Duration{16 * ms, 32 * ms, 64 * ms, 128 * ms, 256 * ms, 512 * ms, 512 * ms, 512 * ms}},
		{backoff.Exponential{Factor: 1}, []time.Duration{8 * ms, 8 * ms, 8 * ms}},
		{backoff.Exponential{Factor: 1.5}, []time.Duration{12 * ms, 18 * ms, 27 * ms, 40500 * time.Microsecond}},
		{backoff.Exponential{Base: 10 * ms, Cap: time.Second, Factor: 3}, []time.Duration{30 * ms, 90 * ms, 270 * ms, 810 * ms, time.Second, time.Second}},
		{backoff.Exponential{Base: time.Second, Cap: backoff.Uncapped}, []time.Duration{2 * time.Second, 4 * time.Second, 8 * time.Second}},
		{backoff.NewSequence(10*ms, 50*ms, time.Second), []time.Duration{10 * ms, 50 * ms, time.Second, time.Second, time.Second}},
		{backoff.NewSequence(time.Second, 0), []time.Duration{time.Second, 0, 0}},
		{backoff.Cap(backoff.Linear{}, 20*ms), []time.Duration{8 * ms, 16 * ms, 20 * ms, 20 * ms}},
	} {
		got := make([]time.Duration, len(tt.want))
		for i := range got {
			got[i] = tt.s.Delay(i+1, 0, 0.5)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%v gives %v, want %v", tt.s, got, tt.want)
		}
	}
}

func TestCurvesSaturate(t *testing.T) {
	for _, s := range []backoff.Strategy{
		backoff.Exponential{Cap: backoff.Uncapped},
		backoff.Exponential{Cap: backoff.Uncapped, Factor: 1.01},
		backoff.Exponential{Cap: backoff.Uncapped, Factor: math.MaxFloat64},
		backoff.Linear{Cap: backoff.Uncapped},
		backoff.Fibonacci{Base: 1, Cap: backoff.Uncapped},
		backoff.Spread(backoff.Constant(backoff.Uncapped), 1),
	} {
		if got := s.Delay(math.MaxInt, 0, 1); got != backoff.Uncapped {
			t.Errorf("%v.Delay(MaxInt, 0, 1) = %v, want Uncapped", s, got)
		}
	}
}

// The last steps before a Duration is full, where a curve must neither stop short nor wrap.
func TestLastStepsBeforeSaturation(t *testing.T) {
	for _, tt := range []struct {
		s    backoff.Strategy
		n    int
		want time.Duration
	}{
		{backoff.Exponential{Base: 1, Cap: backoff.Uncapped}, 62, 1 << 62},
		{backoff.Exponential{Base: 1, Cap: backoff.Uncapped}, 63, backoff.Uncapped},
		{backoff.Exponential{Base: 1, Cap: backoff.Uncapped}, 64, backoff.Uncapped}, // 1<<64 is 0
		{backoff.Exponential{Base: 3, Cap: backoff.Uncapped}, 61, 3 << 61},
		{backoff.Exponential{Base: 3, Cap: backoff.Uncapped}, 62, backoff.Uncapped},
		{backoff.Exponential{Base: 1, Cap: backoff.Uncapped, Factor: 4}, 31, 1 << 62},
		{backoff.Exponential{Base: 1, Cap: backoff.Uncapped, Factor: 4}, 32, backoff.Uncapped},
		{backoff.Fibonacci{Base: 1, Cap: backoff.Uncapped}, 92, 7540113804746346429}, // F(92)
		{backoff.Fibonacci{Base: 1, Cap: backoff.Uncapped}, 93, backoff.Uncapped},
		{backoff.Linear{Base: 1, Cap: backoff.Uncapped}, math.MaxInt, backoff.Uncapped},
		{backoff.Linear{Base: 2, Cap: backoff.Uncapped}, math.MaxInt/2 + 1, backoff.Uncapped},
		{backoff.Linear{Base: 2, Cap: backoff.Uncapped}, math.MaxInt / 2, math.MaxInt64 - 1},
	} {
		if got := tt.s.Delay(tt.n, 0, 0); got != tt.want {
			t.Errorf("%v.Delay(%d, 0, 0) = %d, want %d", tt.s, tt.n, got, tt.want)
		}
	}
}

// Before the first failure the curves stand one step earlier. No loop asks for it;
// redis-py's tests do.
func TestFailureZeroAndLess(t *testing.T) {
	for _, tt := range []struct {
		s    backoff.Strategy
		want time.Duration
	}{
		{backoff.NoBackoff{}, 0},
		{backoff.Constant(ms), ms},
		{backoff.Linear{}, 0},
		{backoff.Fibonacci{}, 0},
		{backoff.Exponential{}, 8 * ms},
		{backoff.NewSequence(ms, 2*ms), ms},
		{backoff.Decorrelated{}, 8 * ms},
	} {
		for _, n := range []int{0, -1, math.MinInt} {
			if got := tt.s.Delay(n, 0, 0); got != tt.want {
				t.Errorf("%v.Delay(%d, 0, 0) = %v, want %v", tt.s, n, got, tt.want)
			}
		}
	}
}

// Rounding a product of floats would lose the nanoseconds of a long Base.
func TestExactBeyond53Bits(t *testing.T) {
	const odd = 1<<60 + 1
	for _, s := range []backoff.Strategy{
		backoff.Constant(odd),
		backoff.Exponential{Base: odd, Cap: backoff.Uncapped, Factor: 1},
		backoff.Linear{Base: odd, Cap: backoff.Uncapped},
		backoff.NewSequence(odd),
		backoff.Decorrelated{Base: odd, Cap: backoff.Uncapped},
		backoff.Full(backoff.Constant(odd)),
		backoff.Equal(backoff.Constant(odd)),
		backoff.Spread(backoff.Constant(odd), 0),
	} {
		if got := s.Delay(1, 0, 1); got != odd {
			t.Errorf("%v.Delay(1, 0, 1) = %d, want %d", s, got, odd)
		}
	}
}
