package backoff_test

import (
	"testing"

	"github.com/reprise-go/reprise/backoff"
)

func TestDelayDoesNotAllocate(t *testing.T) {
	for _, s := range []backoff.Strategy{
		backoff.NoBackoff{},
		backoff.Constant(ms),
		backoff.Linear{},
		backoff.Fibonacci{},
		backoff.Exponential{},
		backoff.Exponential{Factor: 1.5},
		backoff.NewSequence(ms, 2*ms, 3*ms),
		backoff.Decorrelated{},
		backoff.Func(negative{}.Delay),
		backoff.Full(backoff.Exponential{}),
		backoff.Equal(backoff.Exponential{}),
		backoff.Spread(backoff.Exponential{}, 0.5),
		backoff.Cap(backoff.Exponential{}, ms),
		backoff.Cap(backoff.Spread(backoff.Equal(backoff.Full(backoff.Decorrelated{})), 0.5), ms),
	} {
		n := 0
		if got := testing.AllocsPerRun(100, func() { n++; s.Delay(n, ms, 0.5) }); got != 0 {
			t.Errorf("%v.Delay allocates %v times, want 0", s, got)
		}
	}
}
