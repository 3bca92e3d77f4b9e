package backoff_test

import (
	"math"
	"testing"
	"time"

	"github.com/reprise-go/reprise/backoff"
)

func TestWrappersAtTheirQuantiles(t *testing.T) {
	second := backoff.Constant(time.Second)
	for _, tt := range []struct {
		s                backoff.Strategy
		low, median, top time.Duration // u = 0, 0.5, 1
	}{
		{backoff.Full(second), 0, 500 * ms, time.Second},
		{backoff.Equal(second), 500 * ms, 750 * ms, time.Second},
		{backoff.Spread(second, 0), time.Second, time.Second, time.Second},
		{backoff.Spread(second, 0.5), 500 * ms, time.Second, 1500 * ms},
		{backoff.Spread(second, 1), 0, time.Second, 2 * time.Second},
		{backoff.Cap(second, 300*ms), 300 * ms, 300 * ms, 300 * ms},
		{backoff.Cap(second, time.Minute), time.Second, time.Second, time.Second},
		{backoff.Cap(backoff.Full(second), 500*ms), 0, 500 * ms, 500 * ms},
		{backoff.Full(backoff.Cap(second, 500*ms)), 0, 250 * ms, 500 * ms},
		{backoff.Cap(backoff.Spread(second, 0.5), time.Second), 500 * ms, time.Second, time.Second},
		{backoff.Full(backoff.Full(second)), 0, 250 * ms, time.Second}, // u reaches both
		{backoff.Full(backoff.NoBackoff{}), 0, 0, 0},
		{backoff.Equal(backoff.Constant(3)), 1, 2, 3},
		{backoff.Full(backoff.Constant(3)), 0, 2, 3}, // 1.5 ns, rounded
		{backoff.Default, 0, 8 * ms, 16 * ms},
		{backoff.Full(nil), 0, 0, 0},
		{backoff.Equal(nil), 0, 0, 0},
		{backoff.Spread(nil, 0.5), 0, 0, 0},
		{backoff.Cap(nil, time.Second), 0, 0, 0},
	} {
		got := [3]time.Duration{tt.s.Delay(1, 0, 0), tt.s.Delay(1, 0, 0.5), tt.s.Delay(1, 0, 1)}
		if want := [3]time.Duration{tt.low, tt.median, tt.top}; got != want {
			t.Errorf("%v gives %v at u = 0, 0.5, 1, want %v", tt.s, got, want)
		}
	}
}

func TestDecorrelatedFollowsPrev(t *testing.T) {
	for _, tt := range []struct {
		prev             time.Duration
		low, median, top time.Duration
	}{
		{0, 8 * ms, 8 * ms, 8 * ms},
		{ms, 8 * ms, 8 * ms, 8 * ms}, // 3·prev is below Base
		{8 * ms, 8 * ms, 16 * ms, 24 * ms},
		{100 * ms, 8 * ms, 154 * ms, 300 * ms},
		{512 * ms, 8 * ms, 260 * ms, 512 * ms},
		{math.MaxInt64, 8 * ms, 260 * ms, 512 * ms},
		{-time.Hour, 8 * ms, 8 * ms, 8 * ms},
	} {
		s := backoff.Decorrelated{}
		got := [3]time.Duration{s.Delay(1, tt.prev, 0), s.Delay(9, tt.prev, 0.5), s.Delay(-9, tt.prev, 1)}
		if want := [3]time.Duration{tt.low, tt.median, tt.top}; got != want {
			t.Errorf("after %v: %v at u = 0, 0.5, 1, want %v", tt.prev, got, want)
		}
	}
}

// redis-py's tests/test_backoff.py, its only case: ExponentialWithJitterBackoff(cap=5, base=1).
func TestRedisPyExponentialWithJitter(t *testing.T) {
	s := backoff.Cap(backoff.Full(backoff.Exponential{Base: time.Second, Cap: backoff.Uncapped}), 5*time.Second)
	for n, tt := range []struct {
		draw float64
		want time.Duration
	}{
		{0.25, 250 * ms},
		{0.5, time.Second},
		{0.75, 3 * time.Second},
		{1, 5 * time.Second},
		{0.9, 5 * time.Second},
	} {
		if got := s.Delay(n, 0, tt.draw); got != tt.want {
			t.Errorf("Delay(%d, 0, %v) = %v, want %v", n, tt.draw, got, tt.want)
		}
	}
}

// A wrapper does not trust what it wraps.
func TestWrappersOfANegativeDelay(t *testing.T) {
	for _, s := range []backoff.Strategy{
		backoff.Full(negative{}), backoff.Equal(negative{}), backoff.Spread(negative{}, 0.5), backoff.Cap(negative{}, time.Second),
		backoff.Func(negative{}.Delay),
	} {
		for _, u := range []float64{0, 0.5, 1} {
			if got := s.Delay(1, 0, u); got != 0 {
				t.Errorf("%v.Delay(1, 0, %v) = %v, want 0", s, u, got)
			}
		}
	}
}

// negative breaks the contract of Strategy.
type negative struct{}

func (negative) Delay(int, time.Duration, float64) time.Duration { return -time.Second }

func TestFuncSeesItsArguments(t *testing.T) {
	s := backoff.Func(func(n int, prev time.Duration, u float64) time.Duration {
		return time.Duration(n)*time.Hour + prev + time.Duration(u*1000)*ms
	})
	if got, want := s.Delay(3, time.Minute, 0.5), 3*time.Hour+time.Minute+500*ms; got != want {
		t.Errorf("Delay(3, 1m, 0.5) = %v, want %v", got, want)
	}
	if got := backoff.Func(nil).Delay(1, 0, 1); got != 0 {
		t.Errorf("a nil Func gives %v, want 0", got)
	}
}
