package policy_test

import (
	"context"
	"testing"
	"time"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/policy"
)

// TestUsedTimersAreNotShorter holds that a delay outside of a bubble, where timers are reused, is as long as it says.
// It may be longer: time is real here.
func TestUsedTimersAreNotShorter(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	const delay = 20 * time.Millisecond
	r := policy.Retry{Retries: 3, Backoff: backoff.Constant(delay), Classify: judge}
	start, op := time.Now(), fails(errTransient)
	_ = r.Do(ctx, op.run)
	if took := time.Since(start); op.runs != 4 || took < 3*delay {
		t.Errorf("%d runs in %v; want 4 in %v at least", op.runs, took, 3*delay)
	}
}
