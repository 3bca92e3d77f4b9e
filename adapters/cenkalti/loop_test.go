package cenkalti_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	v4 "github.com/cenkalti/backoff/v4"
	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/policy"
)

var errDown = errors.New("down")

// times runs a loop in virtual time around an operation that always fails, and returns when
// its attempts began.
func times(loop func(op func() error)) []time.Duration {
	start := time.Now()
	var all []time.Duration
	loop(func() error {
		all = append(all, time.Since(start))
		return errDown
	})
	return all
}

func doTimes(ctx context.Context, r policy.Retry) []time.Duration {
	return times(func(op func() error) { _ = r.Do(ctx, func(context.Context) error { return op() }) })
}

func v4Times(b v4.BackOff) []time.Duration {
	return times(func(op func() error) { _ = v4.Retry(op, b) })
}

// Attempt for attempt, and nanosecond for nanosecond.
func TestDoAsV4Does(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := exponentials().Draw(rt, "b")
		b.RandomizationFactor = 0 // chance differs between two loops
		b.InitialInterval, b.MaxInterval = b.InitialInterval>>20+1, b.MaxInterval>>20+1
		b.Multiplier = max(b.Multiplier, 1) // so that time passes
		r := from(rt, b)
		retries := rapid.IntRange(0, 9).Draw(rt, "retries")
		r.Retries = retries
		if rapid.Bool().Draw(rt, "limited") {
			b.MaxElapsedTime = time.Duration(rapid.Int64Range(1, int64(5*b.MaxInterval)).Draw(rt, "MaxElapsedTime"))
			r.MaxElapsed = b.MaxElapsedTime
		}
		var got, want []time.Duration
		synctest.Test(t, func(t *testing.T) {
			want = v4Times(v4.WithMaxRetries(b, uint64(retries)))
			got = doTimes(t.Context(), r)
		})
		if !slices.Equal(got, want) {
			rt.Fatalf("Do begins attempts at %v, v4 at %v", got, want)
		}
	})
}

// MaxElapsedTime alone: a delay that ends on it is begun, one that ends later is not.
func TestMaxElapsedTimeAsV4(t *testing.T) {
	for _, tt := range []struct {
		limit    time.Duration
		attempts int
	}{{2*time.Second - 1, 2}, {2 * time.Second, 3}, {3*time.Second - 1, 3}, {3 * time.Second, 4}} {
		b := &v4.ExponentialBackOff{InitialInterval: time.Second, Multiplier: 1, MaxInterval: time.Second,
			MaxElapsedTime: tt.limit, Stop: v4.Stop, Clock: v4.SystemClock}
		r := from(t, b)
		var got, want int
		synctest.Test(t, func(t *testing.T) { got, want = len(doTimes(t.Context(), r)), len(v4Times(b)) })
		if got != tt.attempts || want != tt.attempts {
			t.Errorf("within %v: %d attempts, v4 %d, want %d", tt.limit, got, want, tt.attempts)
		}
	}
}

func TestTheSimpleOnesAsV4(t *testing.T) {
	for _, b := range []v4.BackOff{&v4.ZeroBackOff{}, v4.NewConstantBackOff(time.Second), &v4.StopBackOff{}} {
		for n := range 10 {
			r := from(t, b)
			if r.Retries == policy.Unlimited {
				r.Retries = n
			}
			var got, want []time.Duration
			synctest.Test(t, func(t *testing.T) { got, want = doTimes(t.Context(), r), v4Times(v4.WithMaxRetries(b, uint64(n))) })
			if !slices.Equal(got, want) {
				t.Errorf("%T, %d retries: %v, v4 %v", b, n, got, want)
			}
		}
	}
}

// A permanent error ends both loops; any other is retried, even one that Reprise knows to be
// the same next time.
func TestPermanentAsV4(t *testing.T) {
	for _, tt := range []struct {
		err      error
		attempts int
	}{
		{errDown, 3},
		{context.Canceled, 3},
		{context.DeadlineExceeded, 3},
		{v4.Permanent(errDown), 1},
		{errors.Join(errDown, v4.Permanent(errDown)), 1},
	} {
		var got, want int
		r := from(t, &v4.ZeroBackOff{})
		r.Retries = 2
		err := r.Do(t.Context(), func(context.Context) error { got++; return tt.err })
		_ = v4.Retry(func() error { want++; return tt.err }, v4.WithMaxRetries(&v4.ZeroBackOff{}, 2))
		if got != tt.attempts || want != tt.attempts {
			t.Errorf("%v: %d attempts, v4 %d, want %d", tt.err, got, want, tt.attempts)
		}
		if !errors.Is(err, tt.err) {
			t.Errorf("Do returns %v, which is not %v", err, tt.err)
		}
	}
}
