package bench

import (
	"context"

	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/retrypolicy"
	"github.com/failsafe-go/failsafe-go/timeout"

	"github.com/reprise-go/reprise/proptest"
)

// Failsafe is github.com/failsafe-go/failsafe-go.
type Failsafe struct{}

// New returns an executor with a retry policy, and with a timeout within it. The factor of the jitter is that of its
// documentation.
func (Failsafe) New(s proptest.Spec) (failsafe.Executor[any], bool) {
	b := retrypolicy.NewBuilder[any]().WithMaxRetries(s.Retries).WithDelay(s.Delay).
		AbortIf(func(_ any, err error) bool { return proptest.IsFinal(err) })
	if s.Cap > 0 {
		b = b.WithBackoff(s.Delay, s.Cap)
	}
	if s.Jitter {
		b = b.WithJitterFactor(0.25)
	}
	if s.MaxElapsed > 0 {
		b = b.WithMaxDuration(s.MaxElapsed)
	}
	if s.AttemptTimeout > 0 {
		return failsafe.With[any](b.Build(), timeout.New[any](s.AttemptTimeout)), true
	}
	return failsafe.With[any](b.Build()), true
}

// Do calls RunWithExecution, which gives each attempt its context.
func (Failsafe) Do(ctx context.Context, e failsafe.Executor[any], fn func(context.Context) error) error {
	return e.WithContext(ctx).RunWithExecution(func(e failsafe.Execution[any]) error { return fn(e.Context()) })
}
