package policy_test

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/reprise-go/reprise/policy"
)

// late is a context that ends some time after its deadline, as all do whose timer fires.
type late struct {
	context.Context
	deadline time.Time
}

func (c late) Deadline() (time.Time, bool) { return c.deadline, true }

// TestExpiry: an attempt may end by the context's deadline before the context does.
func TestExpiry(t *testing.T) {
	cause := errors.New("the caller had no more time")
	for _, tt := range []struct {
		name string
		lag  time.Duration // of the context's end behind its deadline
		want policy.Reason
	}{
		{"soon", 5 * time.Millisecond, policy.Canceled},
		{"never", time.Hour, policy.OutOfTime},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, func(base context.Context) {
				inner, cancel := context.WithTimeoutCause(base, time.Second+tt.lag, cause)
				defer cancel()
				ctx := late{inner, time.Now().Add(time.Second)}
				var reason policy.Reason
				r := policy.Retry{Retries: 3, Observe: func(_ context.Context, e policy.Event) { reason = e.Decision.Reason }}
				err := r.Do(ctx, func(context.Context) error {
					pass(time.Second)
					return os.ErrDeadlineExceeded
				})
				if reason != tt.want {
					t.Errorf("reason = %v, want %v", reason, tt.want)
				}
				if !errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, cause) != (tt.want == policy.Canceled) {
					t.Errorf("error = %v", err)
				}
			})
		})
	}
}
