package speed

import (
	"context"

	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/retrypolicy"
)

func failsafePolicy[T any](w Work) failsafe.Executor[T] {
	b := retrypolicy.NewBuilder[T]().WithMaxRetries(w.Retries).WithDelay(w.Delay)
	if w.Jitter {
		b = b.WithJitter(w.Delay)
	}
	return failsafe.With[T](b.Build())
}

func failsafeDo(w Work) Do {
	e := failsafePolicy[any](w)
	return func(ctx context.Context, fn func(context.Context) error) error {
		return e.WithContext(ctx).RunWithExecution(func(x failsafe.Execution[any]) error { return fn(x.Context()) })
	}
}

func failsafeValue(w Work) Value {
	e := failsafePolicy[int](w)
	return func(ctx context.Context, fn func(context.Context) (int, error)) (int, error) {
		return e.WithContext(ctx).GetWithExecution(func(x failsafe.Execution[int]) (int, error) { return fn(x.Context()) })
	}
}
