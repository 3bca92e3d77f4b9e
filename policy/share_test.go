package policy_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/policy"
)

// TestShares: attempts that hang, each until its context ends, take these times.
func TestShares(t *testing.T) {
	const s = time.Second
	for _, tt := range []struct {
		name     string
		r        policy.Retry
		deadline time.Duration // 0 means none
		want     []time.Duration
		why      policy.Reason
	}{
		{"even", policy.Retry{Retries: 3, MinAttempt: ms}, 10 * s, []time.Duration{2500 * ms, 2500 * ms, 2500 * ms, 2500 * ms}, policy.Canceled},
		{"one attempt has it all", policy.Retry{MinAttempt: ms}, 10 * s, []time.Duration{10 * s}, policy.Canceled},
		{
			"delays are time too", policy.Retry{Retries: 2, MinAttempt: ms, Backoff: backoff.Constant(s)},
			10 * s, []time.Duration{10 * s / 3, (10*s - 10*s/3 - s) / 2, 10*s - 10*s/3 - s - (10*s-10*s/3-s)/2 - s}, policy.Canceled,
		},
		{"no less than MinAttempt", policy.Retry{Retries: 3, MinAttempt: 4 * s}, 10 * s, []time.Duration{4 * s, 4 * s}, policy.OutOfTime},
		{"exactly MinAttempt is left", policy.Retry{Retries: 3, MinAttempt: 5 * s}, 10 * s, []time.Duration{5 * s}, policy.OutOfTime},
		{"a nanosecond more is left", policy.Retry{Retries: 3, MinAttempt: 5*s - 1}, 10*s - 1, []time.Duration{5*s - 1, 5*s - 1}, policy.OutOfTime},
		{"the first is made whatever is left", policy.Retry{Retries: 3, MinAttempt: 9 * s}, s, []time.Duration{s}, policy.Canceled},
		{
			"no more than AttemptTimeout", policy.Retry{Retries: 3, MinAttempt: ms, AttemptTimeout: s},
			10 * s, []time.Duration{s, s, s, s}, policy.OutOfRetries,
		},
		{
			"AttemptTimeout until time is short", policy.Retry{Retries: 2, MinAttempt: ms, AttemptTimeout: 3 * s},
			6 * s, []time.Duration{2 * s, 2 * s, 2 * s}, policy.Canceled,
		},
		{"MaxElapsed is nearer", policy.Retry{Retries: 1, MinAttempt: ms, MaxElapsed: 4 * s}, 10 * s, []time.Duration{2 * s, 2 * s}, policy.OutOfRetries},
		{"MaxElapsed is farther", policy.Retry{Retries: 1, MinAttempt: ms, MaxElapsed: 20 * s}, 10 * s, []time.Duration{5 * s, 5 * s}, policy.Canceled},
		{"MaxElapsed alone", policy.Retry{Retries: 3, MinAttempt: ms, MaxElapsed: 4 * s}, 0, []time.Duration{s, s, s, s}, policy.OutOfRetries},
		{"neither", policy.Retry{Retries: 1, MinAttempt: ms, AttemptTimeout: 7 * s}, 0, []time.Duration{7 * s, 7 * s}, policy.OutOfRetries},
		{"a great number of attempts", policy.Retry{Retries: 1<<63 - 1, MinAttempt: 4 * s}, 10 * s, []time.Duration{4 * s, 4 * s}, policy.OutOfTime},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var took []time.Duration
			var events []policy.Event
			r := record(tt.r, &events)
			if r.Backoff == nil {
				r.Backoff = backoff.NoBackoff{}
			}
			inBubble(t, func(ctx context.Context) {
				if tt.deadline > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, tt.deadline)
					defer cancel()
				}
				err := r.Do(ctx, func(ctx context.Context) error {
					start := time.Now()
					<-ctx.Done()
					took = append(took, time.Since(start))
					return ctx.Err()
				})
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Error(err)
				}
			})
			if got := events[len(events)-1].Decision.Reason; !slices.Equal(took, tt.want) || got != tt.why {
				t.Errorf("attempts took %v, then %v; want %v, %v", took, got, tt.want, tt.why)
			}
		})
	}
}

// Where there is no limit at all an attempt gets its caller's context.
func TestSharesOfNothing(t *testing.T) {
	r := policy.Retry{Retries: 1, MinAttempt: ms}
	_ = r.Do(context.Background(), func(ctx context.Context) error {
		if ctx != context.Background() {
			t.Errorf("the operation gets %v", ctx)
		}
		return nil
	})
}

// What an attempt leaves of its share goes to those that follow.
func TestSharesGrow(t *testing.T) {
	var shares []time.Duration
	r := atOnce(3)
	r.MinAttempt = ms
	inBubble(t, func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		_ = r.Do(ctx, func(ctx context.Context) error {
			deadline, _ := ctx.Deadline()
			shares = append(shares, time.Until(deadline))
			pass(time.Second)
			return errTransient
		})
	})
	if want := []time.Duration{2500 * ms, 3 * time.Second, 4 * time.Second, 7 * time.Second}; !slices.Equal(shares, want) {
		t.Errorf("shares %v, want %v", shares, want)
	}
}
