package bench

import (
	"context"

	v4 "github.com/cenkalti/backoff/v4"
	v5 "github.com/cenkalti/backoff/v5"

	"github.com/reprise-go/reprise/proptest"
)

// CenkaltiV4 is github.com/cenkalti/backoff/v4.
type CenkaltiV4 struct{}

// New returns an exponential backoff, which does not grow if there is no cap, since only this has a total time. There is
// no timeout of an attempt.
func (CenkaltiV4) New(s proptest.Spec) (v4.BackOff, bool) {
	b := v4.NewExponentialBackOff(v4.WithInitialInterval(s.Delay), v4.WithMaxInterval(max(s.Cap, s.Delay)), v4.WithMultiplier(2),
		v4.WithRandomizationFactor(randomization(s)), v4.WithMaxElapsedTime(s.MaxElapsed))
	return v4.WithMaxRetries(b, uint64(s.Retries)), s.AttemptTimeout == 0
}

// randomization is the factor of both versions: their default, if there is to be jitter.
func randomization(s proptest.Spec) float64 {
	if s.Jitter {
		return v4.DefaultRandomizationFactor
	}
	return 0
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

// New returns the options. There is no timeout of an attempt. The backoff is made once, as in CenkaltiV4, though their
// documentation says of both that goroutines may not share one.
func (CenkaltiV5) New(s proptest.Spec) ([]v5.RetryOption, bool) {
	var b v5.BackOff = v5.NewConstantBackOff(s.Delay)
	if s.Cap > 0 || s.Jitter {
		b = &v5.ExponentialBackOff{
			InitialInterval: s.Delay, MaxInterval: max(s.Cap, s.Delay), Multiplier: 2, RandomizationFactor: randomization(s),
		}
	}
	options := []v5.RetryOption{v5.WithBackOff(b), v5.WithMaxTries(uint(s.Retries) + 1)}
	if s.MaxElapsed > 0 {
		options = append(options, v5.WithMaxElapsedTime(s.MaxElapsed))
	}
	return options, s.AttemptTimeout == 0
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
