package bench

import (
	"context"

	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/retrypolicy"

	"github.com/reprise-go/reprise/proptest"
)

// Failsafe is github.com/failsafe-go/failsafe-go.
type Failsafe struct{}

// New returns an executor with a retry policy.
func (Failsafe) New(s proptest.Spec) (failsafe.Executor[any], bool) {
	b := retrypolicy.NewBuilder[any]().WithMaxRetries(s.Retries).WithDelay(s.Delay).
		AbortIf(func(_ any, err error) bool { return proptest.IsFinal(err) })
	if s.MaxElapsed > 0 {
		b = b.WithMaxDuration(s.MaxElapsed)
	}
	return failsafe.With[any](b.Build()), true
}

// Do calls RunWithExecution, which gives each attempt its context.
func (Failsafe) Do(ctx context.Context, e failsafe.Executor[any], fn func(context.Context) error) error {
	return e.WithContext(ctx).RunWithExecution(func(e failsafe.Execution[any]) error { return fn(e.Context()) })
}
