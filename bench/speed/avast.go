package speed

import (
	"context"
	"slices"

	v4 "github.com/avast/retry-go/v4"
	v5 "github.com/avast/retry-go/v5"
)

func avastV4(w Work) []v4.Option {
	options := []v4.Option{v4.Attempts(uint(w.Retries) + 1), v4.Delay(w.Delay), v4.DelayType(v4.FixedDelay)} //nolint:gosec // not negative
	if w.Jitter {
		options = append(options, v4.MaxDelay(w.Delay), v4.DelayType(v4.FullJitterBackoffDelay))
	}
	return slices.Clip(options)
}

func avastV4Do(w Work) Do {
	options := avastV4(w)
	return func(ctx context.Context, fn func(context.Context) error) error {
		return v4.Do(func() error { return fn(ctx) }, append(options, v4.Context(ctx))...)
	}
}

func avastV4Value(w Work) Value {
	options := avastV4(w)
	return func(ctx context.Context, fn func(context.Context) (int, error)) (int, error) {
		return v4.DoWithData(func() (int, error) { return fn(ctx) }, append(options, v4.Context(ctx))...)
	}
}

// The Retrier of v5 has the context inside, so that a server with a context for each request has to make one for each.

func avastV5(w Work) []v5.Option {
	options := []v5.Option{v5.Attempts(uint(w.Retries) + 1), v5.Delay(w.Delay), v5.DelayType(v5.FixedDelay)} //nolint:gosec // not negative
	if w.Jitter {
		options = append(options, v5.MaxDelay(w.Delay), v5.DelayType(v5.FullJitterBackoffDelay))
	}
	return slices.Clip(options)
}

func avastV5Do(w Work) Do {
	options := avastV5(w)
	return func(ctx context.Context, fn func(context.Context) error) error {
		return v5.New(append(options, v5.Context(ctx))...).Do(func() error { return fn(ctx) })
	}
}

func avastV5Value(w Work) Value {
	options := avastV5(w)
	return func(ctx context.Context, fn func(context.Context) (int, error)) (int, error) {
		return v5.NewWithData[int](append(options, v5.Context(ctx))...).Do(func() (int, error) { return fn(ctx) })
	}
}

// avastV5Once is v5 with the context of the first operation for all: what the library can do at best.
func avastV5Once(w Work) Do {
	var r *v5.Retrier
	options := avastV5(w)
	return func(ctx context.Context, fn func(context.Context) error) error {
		if r == nil {
			r = v5.New(append(options, v5.Context(ctx))...)
		}
		return r.Do(func() error { return fn(ctx) })
	}
}

func avastV5OnceValue(w Work) Value {
	var r *v5.RetrierWithData[int]
	options := avastV5(w)
	return func(ctx context.Context, fn func(context.Context) (int, error)) (int, error) {
		if r == nil {
			r = v5.NewWithData[int](append(options, v5.Context(ctx))...)
		}
		return r.Do(func() (int, error) { return fn(ctx) })
	}
}
