package policy_test

import (
	"context"
	"errors"
	"testing"

	"github.com/reprise-go/reprise/policy"
)

// TestCauseAlone holds that an error which is the cause of the context, and does not say that the context has ended,
// is completed: the caller finds both, though there was one attempt.
func TestCauseAlone(t *testing.T) {
	cause := errors.New("the shop has closed")
	ctx, cancel := context.WithCancelCause(t.Context())
	err := (&policy.Retry{Retries: 3}).Do(ctx, func(context.Context) error {
		cancel(cause)
		return cause
	})
	if !errors.Is(err, cause) || !errors.Is(err, context.Canceled) {
		t.Errorf("%v is not both %v and %v", err, cause, context.Canceled)
	}
}
