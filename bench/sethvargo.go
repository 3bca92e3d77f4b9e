package bench

import (
	"context"

	retry "github.com/sethvargo/go-retry"

	"github.com/reprise-go/reprise/proptest"
)

// Sethvargo is github.com/sethvargo/go-retry.
type Sethvargo struct{}

// New returns a Backoff. Of the orders of cap and jitter it has the one that keeps both. There is no timeout of an attempt.
func (Sethvargo) New(s proptest.Spec) (retry.Backoff, bool) {
	if s.AttemptTimeout > 0 {
		return nil, false
	}
	var b retry.Backoff
	if s.Cap > 0 {
		b = retry.WithCappedDuration(s.Cap, retry.NewExponential(s.Delay))
	} else {
		b = retry.NewConstant(s.Delay)
	}
	if s.Jitter {
		b = retry.WithFullJitter(b)
	}
	b = retry.WithMaxRetries(uint64(s.Retries), b)
	if s.MaxElapsed > 0 {
		b = retry.WithMaxDuration(s.MaxElapsed, b)
	}
	return b, true
}

// Do calls Do.
func (Sethvargo) Do(ctx context.Context, b retry.Backoff, fn func(context.Context) error) error {
	return retry.Do(ctx, b, func(ctx context.Context) error {
		err := fn(ctx)
		if proptest.IsFinal(err) {
			return err
		}
		return retry.RetryableError(err)
	})
}
