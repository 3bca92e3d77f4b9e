package bench

import (
	"context"
	"slices"

	v4 "github.com/avast/retry-go/v4"
	v5 "github.com/avast/retry-go/v5"

	"github.com/reprise-go/reprise/proptest"
)

// AvastV4 is github.com/avast/retry-go/v4.
type AvastV4 struct{}

// New returns the options. Delays that double and have jitter are those of its default. There is no total time and no
// timeout of an attempt.
func (AvastV4) New(s proptest.Spec) ([]v4.Option, bool) {
	grows, draws := v4.FixedDelay, v4.CombineDelay(v4.FixedDelay, v4.RandomDelay)
	if s.Cap > 0 {
		grows, draws = v4.BackOffDelay, v4.CombineDelay(v4.BackOffDelay, v4.RandomDelay)
	}
	if s.Jitter {
		grows = draws
	}
	options := []v4.Option{v4.Attempts(uint(s.Retries) + 1), v4.Delay(s.Delay), v4.DelayType(grows), v4.MaxDelay(s.Cap)}
	return options, s.MaxElapsed == 0 && s.AttemptTimeout == 0
}

// Do calls Do.
func (AvastV4) Do(ctx context.Context, options []v4.Option, fn func(context.Context) error) error {
	return v4.Do(func() error {
		err := fn(ctx)
		if proptest.IsFinal(err) {
			return v4.Unrecoverable(err)
		}
		return err
	}, append(slices.Clip(options), v4.Context(ctx))...)
}

// AvastV5 is github.com/avast/retry-go/v5.
type AvastV5 struct{}

// New returns the options: a Retrier has the context inside. Delays are as in AvastV4.
func (AvastV5) New(s proptest.Spec) ([]v5.Option, bool) {
	grows, draws := v5.FixedDelay, v5.CombineDelay(v5.FixedDelay, v5.RandomDelay)
	if s.Cap > 0 {
		grows, draws = v5.BackOffDelay, v5.CombineDelay(v5.BackOffDelay, v5.RandomDelay)
	}
	if s.Jitter {
		grows = draws
	}
	options := []v5.Option{v5.Attempts(uint(s.Retries) + 1), v5.Delay(s.Delay), v5.DelayType(grows), v5.MaxDelay(s.Cap)}
	return options, s.MaxElapsed == 0 && s.AttemptTimeout == 0
}

// Do makes a Retrier for the context.
func (AvastV5) Do(ctx context.Context, options []v5.Option, fn func(context.Context) error) error {
	return v5.New(append(slices.Clip(options), v5.Context(ctx))...).Do(func() error {
		err := fn(ctx)
		if proptest.IsFinal(err) {
			return v5.Unrecoverable(err)
		}
		return err
	})
}
