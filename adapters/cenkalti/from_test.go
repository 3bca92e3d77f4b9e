package cenkalti_test

import (
	"testing"
	"time"

	v4 "github.com/cenkalti/backoff/v4"

	"github.com/reprise-go/reprise/adapters/cenkalti"
	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/policy"
)

const ms = time.Millisecond

func TestFrom(t *testing.T) {
	flat := v4.NewExponentialBackOff(v4.WithRandomizationFactor(0), v4.WithInitialInterval(100*ms), v4.WithMultiplier(3),
		v4.WithMaxInterval(time.Second), v4.WithMaxElapsedTime(time.Minute))
	for _, tt := range []struct {
		b       v4.BackOff
		backoff backoff.Strategy
		retries int
		elapsed time.Duration
	}{
		{&v4.ZeroBackOff{}, backoff.NoBackoff{}, policy.Unlimited, 0},
		{&v4.StopBackOff{}, backoff.NoBackoff{}, 0, 0},
		{v4.NewConstantBackOff(time.Second), backoff.Constant(time.Second), policy.Unlimited, 0},
		{flat, backoff.NewSequence(100*ms, 300*ms, 900*ms, time.Second), policy.Unlimited, time.Minute},
		{&v4.ExponentialBackOff{InitialInterval: time.Second, Multiplier: 1, MaxInterval: time.Minute},
			backoff.NewSequence(time.Second), policy.Unlimited, 0},
		{&v4.ExponentialBackOff{InitialInterval: time.Minute, Multiplier: 2, MaxInterval: time.Second},
			backoff.NewSequence(time.Minute, time.Second), policy.Unlimited, 0},
		{&v4.ExponentialBackOff{InitialInterval: time.Second, MaxInterval: time.Minute},
			backoff.NewSequence(time.Second, 0), policy.Unlimited, 0}, // a literal without a Multiplier
	} {
		r, err := cenkalti.From(tt.b)
		if err != nil || r.Backoff != tt.backoff || r.Retries != tt.retries || r.MaxElapsed != tt.elapsed || r.Classify == nil {
			t.Errorf("From(%#v) = %v, %v, want backoff=%v, %d retries, %v", tt.b, r, err, tt.backoff, tt.retries, tt.elapsed)
		}
		if err := r.Validate(); err != nil {
			t.Errorf("From(%#v) is not valid: %v", tt.b, err)
		}
	}
}

func TestFromNeitherChangesNorSharesItsArgument(t *testing.T) {
	b := v4.NewExponentialBackOff()
	for range 3 {
		b.NextBackOff() // what is used up does not matter
	}
	before := *b
	r, err := cenkalti.From(b)
	if err != nil || *b != before {
		t.Errorf("From changed its argument from %v to %v, %v", before, *b, err)
	}
	b.InitialInterval = time.Hour
	if lo, hi := r.Backoff.Delay(1, 0, 0), r.Backoff.Delay(1, 0, 1); lo != 250*ms || hi != 750*ms+1 {
		t.Errorf("the first delay is %v to %v, want 250ms to 750.000001ms", lo, hi)
	}
}
