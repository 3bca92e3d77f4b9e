package bench

import (
	"context"

	retry "github.com/sethvargo/go-retry"

	"github.com/reprise-go/reprise/proptest"
)

// Sethvargo is github.com/sethvargo/go-retry.
type Sethvargo struct{}

// New returns a Backoff.
func (Sethvargo) New(s proptest.Spec) (retry.Backoff, bool) {
	b := retry.WithMaxRetries(uint64(s.Retries), retry.NewConstant(s.Delay))
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
