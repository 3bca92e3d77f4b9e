package backoff_test

import (
	"math"
	"testing"
	"time"

	"github.com/reprise-go/reprise/backoff"
)

func TestValidateNamesFieldValueAndWhatIsAllowed(t *testing.T) {
	for _, tt := range []struct {
		s    backoff.Strategy
		want string
	}{
		{nil, "backoff: strategy is nil; allowed: any Strategy"},
		{backoff.Constant(-ms), "backoff: Constant is -1ms; allowed: 0 or more"},
		{backoff.Linear{Base: -ms}, "backoff: Linear.Base is -1ms; allowed: 0 (meaning 8ms) or more"},
		{backoff.Linear{Cap: -ms}, "backoff: Linear.Cap is -1ms; allowed: 0 (meaning 512ms) or more"},
		{backoff.Linear{Base: time.Second}, "backoff: Linear.Cap is 512ms; allowed: Base (1s) or more; Uncapped for none"},
		{backoff.Fibonacci{Base: -ms}, "backoff: Fibonacci.Base is -1ms; allowed: 0 (meaning 8ms) or more"},
		{backoff.Fibonacci{Cap: -ms}, "backoff: Fibonacci.Cap is -1ms; allowed: 0 (meaning 512ms) or more"},
		{backoff.Fibonacci{Cap: 7 * ms}, "backoff: Fibonacci.Cap is 7ms; allowed: Base (8ms) or more; Uncapped for none"},
		{backoff.Exponential{Base: -ms}, "backoff: Exponential.Base is -1ms; allowed: 0 (meaning 8ms) or more"},
		{backoff.Exponential{Cap: -ms}, "backoff: Exponential.Cap is -1ms; allowed: 0 (meaning 512ms) or more"},
		{backoff.Exponential{Base: 2 * time.Second, Cap: time.Second}, "backoff: Exponential.Cap is 1s; allowed: Base (2s) or more; Uncapped for none"},
		{backoff.Exponential{Factor: 0.5}, "backoff: Exponential.Factor is 0.5; allowed: 0 (meaning 2) or a finite number from 1 up"},
		{backoff.Exponential{Factor: -2}, "backoff: Exponential.Factor is -2; allowed: 0 (meaning 2) or a finite number from 1 up"},
		{backoff.Exponential{Factor: math.NaN()}, "backoff: Exponential.Factor is NaN; allowed: 0 (meaning 2) or a finite number from 1 up"},
		{backoff.Exponential{Factor: math.Inf(1)}, "backoff: Exponential.Factor is +Inf; allowed: 0 (meaning 2) or a finite number from 1 up"},
		{backoff.Sequence{}, "backoff: Sequence has no delays; allowed: one or more"},
		{backoff.NewSequence(), "backoff: Sequence has no delays; allowed: one or more"},
		{backoff.NewSequence(ms, -ms), "backoff: Sequence delay 2 is -1ms; allowed: 0 or more"},
		{backoff.Decorrelated{Base: -ms}, "backoff: Decorrelated.Base is -1ms; allowed: 0 (meaning 8ms) or more"},
		{backoff.Decorrelated{Cap: -ms}, "backoff: Decorrelated.Cap is -1ms; allowed: 0 (meaning 512ms) or more"},
		{backoff.Decorrelated{Base: time.Second}, "backoff: Decorrelated.Cap is 512ms; allowed: Base (1s) or more; Uncapped for none"},
		{backoff.Func(nil), "backoff: Func is nil; allowed: a function"},
		{backoff.Full(nil), "backoff: strategy is nil; allowed: any Strategy"},
		{backoff.Equal(backoff.Constant(-ms)), "backoff: Constant is -1ms; allowed: 0 or more"},
		{backoff.Spread(backoff.NoBackoff{}, -0.1), "backoff: Spread fraction is -0.1; allowed: 0 to 1"},
		{backoff.Spread(backoff.NoBackoff{}, 1.1), "backoff: Spread fraction is 1.1; allowed: 0 to 1"},
		{backoff.Spread(backoff.NoBackoff{}, math.NaN()), "backoff: Spread fraction is NaN; allowed: 0 to 1"},
		{backoff.Spread(nil, 0.5), "backoff: strategy is nil; allowed: any Strategy"},
		{backoff.Cap(backoff.NoBackoff{}, 0), "backoff: Cap max is 0s; allowed: more than 0"},
		{backoff.Cap(backoff.NoBackoff{}, -ms), "backoff: Cap max is -1ms; allowed: more than 0"},
		{backoff.Cap(nil, ms), "backoff: strategy is nil; allowed: any Strategy"},
		{backoff.Cap(backoff.Full(backoff.Equal(backoff.Spread(backoff.Linear{Base: -1}, 0))), ms), "backoff: Linear.Base is -1ns; allowed: 0 (meaning 8ms) or more"},
	} {
		if err := backoff.Validate(tt.s); err == nil || err.Error() != tt.want {
			t.Errorf("Validate(%#v) = %v, want %q", tt.s, err, tt.want)
		}
	}
}

func TestValidatePasses(t *testing.T) {
	for _, s := range []backoff.Strategy{
		backoff.Default,
		backoff.NoBackoff{},
		backoff.Constant(0),
		backoff.Linear{}, backoff.Fibonacci{}, backoff.Exponential{}, backoff.Decorrelated{},
		backoff.Exponential{Base: 8 * ms, Cap: 8 * ms, Factor: 1},
		backoff.Exponential{Base: backoff.Uncapped, Cap: backoff.Uncapped, Factor: math.MaxFloat64},
		backoff.NewSequence(0),
		backoff.Func(negative{}.Delay),
		backoff.Full(negative{}), // a stranger without a Validate of its own
		backoff.Spread(backoff.Default, 1),
		backoff.Cap(backoff.Default, 1),
	} {
		if err := backoff.Validate(s); err != nil {
			t.Errorf("Validate(%v) = %v, want nil", s, err)
		}
	}
}
