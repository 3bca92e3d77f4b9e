package speed

import (
	"context"
	"math"

	retry "github.com/sethvargo/go-retry"
)

// sethvargoBackoff makes a Backoff, which is used up by one operation. A delay of 0 panics: 1 ns stands for it.
func sethvargoBackoff(w Work) retry.Backoff {
	b := retry.NewConstant(max(w.Delay, 1))
	if w.Jitter {
		b = retry.WithJitterPercent(100, b)
	}
	return retry.WithMaxRetries(uint64(min(w.Retries, math.MaxInt32)), b) //nolint:gosec // not negative
}

func sethvargoDo(w Work) Do {
	return func(ctx context.Context, fn func(context.Context) error) error {
		return retry.Do(ctx, sethvargoBackoff(w), func(ctx context.Context) error {
			if err := fn(ctx); err != nil {
				return retry.RetryableError(err)
			}
			return nil
		})
	}
}

func sethvargoValue(w Work) Value {
	return func(ctx context.Context, fn func(context.Context) (int, error)) (int, error) {
		return retry.DoValue(ctx, sethvargoBackoff(w), func(ctx context.Context) (int, error) {
			v, err := fn(ctx)
			if err != nil {
				return v, retry.RetryableError(err)
			}
			return v, nil
		})
	}
}
