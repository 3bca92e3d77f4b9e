package speed

import (
	"context"

	v4 "github.com/cenkalti/backoff/v4"
	v5 "github.com/cenkalti/backoff/v5"
)

// A BackOff of either version is for one operation at a time, and is reset by the next: it is made once for each goroutine.

func cenkaltiV4(w Work) v4.BackOff {
	var b v4.BackOff = v4.NewConstantBackOff(w.Delay)
	if w.Jitter {
		b = v4.NewExponentialBackOff(v4.WithInitialInterval(w.Delay), v4.WithMaxInterval(w.Delay), v4.WithMultiplier(1),
			v4.WithRandomizationFactor(1), v4.WithMaxElapsedTime(0))
	}
	return v4.WithMaxRetries(b, uint64(w.Retries)) //nolint:gosec // not negative
}

func cenkaltiV4Do(w Work) Do {
	b := cenkaltiV4(w)
	return func(ctx context.Context, fn func(context.Context) error) error {
		return v4.Retry(func() error { return fn(ctx) }, v4.WithContext(b, ctx))
	}
}

func cenkaltiV4Value(w Work) Value {
	b := cenkaltiV4(w)
	return func(ctx context.Context, fn func(context.Context) (int, error)) (int, error) {
		return v4.RetryWithData(func() (int, error) { return fn(ctx) }, v4.WithContext(b, ctx))
	}
}

func cenkaltiV5(w Work) []v5.RetryOption {
	var b v5.BackOff = v5.NewConstantBackOff(w.Delay)
	if w.Jitter {
		b = &v5.ExponentialBackOff{InitialInterval: w.Delay, MaxInterval: w.Delay, Multiplier: 1, RandomizationFactor: 1}
	}
	return []v5.RetryOption{v5.WithBackOff(b), v5.WithMaxTries(uint(w.Retries) + 1)} //nolint:gosec // not negative
}

func cenkaltiV5Do(w Work) Do {
	options := cenkaltiV5(w)
	return func(ctx context.Context, fn func(context.Context) error) error {
		_, err := v5.Retry(ctx, func() (struct{}, error) { return struct{}{}, fn(ctx) }, options...)
		return err
	}
}

func cenkaltiV5Value(w Work) Value {
	options := cenkaltiV5(w)
	return func(ctx context.Context, fn func(context.Context) (int, error)) (int, error) {
		return v5.Retry(ctx, func() (int, error) { return fn(ctx) }, options...)
	}
}
