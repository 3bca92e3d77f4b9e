package policy_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/policy"
)

// brief makes retries with the shortest of delays: it is for tests outside a bubble.
func brief(retries int) policy.Retry {
	return policy.Retry{Retries: retries, Backoff: backoff.Constant(1), Classify: judge}
}

// Timers are reused outside of bubbles only: to touch a bubble's timer from outside ends the
// program, and one from outside would wait in real time within.
func TestTimersStayInTheirBubble(t *testing.T) {
	outside := func() {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		r, op := brief(3), fails(errTransient)
		if _ = r.Do(ctx, op.run); op.runs != 4 {
			t.Errorf("%d runs, want 4", op.runs)
		}
	}
	inside := func() {
		r, op := steady(3), fails(errTransient)
		took := inBubble(t, func(ctx context.Context) { _ = r.Do(ctx, op.run) })
		if op.runs != 4 || took != 3*time.Second {
			t.Errorf("%d runs in %v, want 4 in 3s", op.runs, took)
		}
	}
	outside()
	inside()
	outside()
	var all sync.WaitGroup
	for range 4 { // and at the same time
		all.Go(func() {
			for range 20 {
				outside()
			}
		})
	}
	for range 20 {
		inside()
	}
	all.Wait()
}

// A timer that was stopped because the context ended does not wake its next user.
func TestStoppedTimersAreReused(t *testing.T) {
	for range 100 {
		ctx, cancel := context.WithCancel(t.Context())
		patient := policy.Retry{Retries: 1, Backoff: backoff.Constant(time.Hour), Classify: judge}
		patient.Observe = func(_ context.Context, e policy.Event) {
			if e.Decision.Reason == policy.Retrying {
				go cancel()
			}
		}
		op := fails(errTransient)
		if e := asError(t, patient.Do(ctx, op.run)); e.Reason != policy.Canceled || op.runs != 1 {
			t.Fatalf("%d runs, then %v; want 1", op.runs, e)
		}
		next, cancel := context.WithCancel(t.Context())
		r, op := brief(2), fails(errTransient)
		if e := asError(t, r.Do(next, op.run)); e.Reason != policy.OutOfRetries || op.runs != 3 {
			t.Fatalf("%d runs, then %v; want 3", op.runs, e)
		}
		cancel()
	}
}

// A context that cannot end, one that can, and one that already has are waited for alike.
func TestDelaysLastAsLongAsTheySay(t *testing.T) {
	r := policy.Retry{Retries: 2, Backoff: backoff.NewSequence(time.Second, time.Hour), Classify: judge}
	synctest.Test(t, func(t *testing.T) {
		canceled, cancel := context.WithCancel(t.Context())
		cancel()
		for _, ctx := range []context.Context{context.Background(), t.Context(), context.WithoutCancel(canceled)} {
			start := time.Now()
			op := fails(errTransient)
			_ = r.Do(ctx, op.run)
			if took := time.Since(start); op.runs != 3 || took != time.Hour+time.Second {
				t.Errorf("%v: %d runs in %v, want 3 in 1h0m1s", ctx, op.runs, took)
			}
		}
	})
}
