package policy_test

import (
	"context"
	"net"
	"testing"

	"github.com/reprise-go/reprise/policy"
)

// An operation may return a nil pointer as an error, by a mistake that is easily made. It comes back, and nothing panics.
func TestNilPointerIsAnError(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	r := policy.Retry{Retries: 2}
	hollow := (*net.OpError)(nil)
	attempts := 0
	err := r.Do(ctx, func(context.Context) error {
		attempts++
		cancel(hollow)
		return hollow
	})
	if e, ok := err.(*policy.Error); !ok || e.Err != error(hollow) || e.Cause != error(hollow) || e.Reason != policy.Canceled || attempts != 1 { //nolint:errorlint // itself
		t.Errorf("%#v after %d attempts", err, attempts)
	}
	if err := r.Do(t.Context(), func(context.Context) error { return hollow }); err != error(hollow) { //nolint:errorlint // itself
		t.Errorf("%#v", err)
	}
}
