package bench

import (
	"context"

	v4 "github.com/cenkalti/backoff/v4"
	v5 "github.com/cenkalti/backoff/v5"

	"github.com/reprise-go/reprise/proptest"
)

// CenkaltiV4 is github.com/cenkalti/backoff/v4.
type CenkaltiV4 struct{}

// New returns an exponential backoff that does not grow, since only this has a total time.
func (CenkaltiV4) New(s proptest.Spec) (v4.BackOff, bool) {
	b := v4.NewExponentialBackOff(v4.WithInitialInterval(s.Delay), v4.WithMaxInterval(s.Delay), v4.WithMultiplier(1),
		v4.WithRandomizationFactor(0), v4.WithMaxElapsedTime(s.MaxElapsed))
	return v4.WithMaxRetries(b, uint64(s.Retries)), true
}

// Do calls Retry.
func (CenkaltiV4) Do(ctx context.Context, b v4.BackOff, fn func(context.Context) error) error {
	return v4.Retry(func() error {
		err := fn(ctx)
		if proptest.IsFinal(err) {
			return v4.Permanent(err)
		}
		return err
	}, v4.WithContext(b, ctx))
}

// CenkaltiV5 is github.com/cenkalti/backoff/v5.
type CenkaltiV5 struct{}

// New returns the options.
func (CenkaltiV5) New(s proptest.Spec) ([]v5.RetryOption, bool) {
	options := []v5.RetryOption{v5.WithBackOff(v5.NewConstantBackOff(s.Delay)), v5.WithMaxTries(uint(s.Retries) + 1)}
	if s.MaxElapsed > 0 {
		options = append(options, v5.WithMaxElapsedTime(s.MaxElapsed))
	}
	return options, true
}

// Do calls Retry.
func (CenkaltiV5) Do(ctx context.Context, options []v5.RetryOption, fn func(context.Context) error) error {
	_, err := v5.Retry(ctx, func() (struct{}, error) {
		err := fn(ctx)
		if proptest.IsFinal(err) {
			err = v5.Permanent(err)
		}
		return struct{}{}, err
	}, options...)
	return err
}
