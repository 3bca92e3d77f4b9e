package cenkalti_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	v4 "github.com/cenkalti/backoff/v4"

	"github.com/reprise-go/reprise/adapters/cenkalti"
	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

// retryAll makes Do retry errDown, which the default classifier does not know.
func retryAll(error) classify.Verdict { return classify.Verdict{Class: classify.Transient} }

func policies() []policy.Retry {
	all := []policy.Retry{
		{Backoff: backoff.NoBackoff{}, Retries: 100},
		{Backoff: backoff.Constant(time.Second), Retries: policy.Unlimited, MaxElapsed: 10 * time.Second},
		{Backoff: backoff.Exponential{Base: time.Second, Cap: time.Minute}, Retries: 20, MaxElapsed: 62 * time.Second},
		{Backoff: backoff.Fibonacci{Base: time.Hour, Cap: backoff.Uncapped}, Retries: policy.Unlimited, MaxElapsed: 1000 * time.Hour},
		{Backoff: backoff.NewSequence(time.Second, 0, time.Minute), Retries: 7},
		{Backoff: backoff.Func(func(_ int, prev time.Duration, _ float64) time.Duration { return 2*prev + 1 }), Retries: 40},
	}
	for n := range 10 {
		all = append(all, policy.Retry{Backoff: backoff.Exponential{}, Retries: n})
	}
	return all
}

func TestToAttemptsWhatDoAttempts(t *testing.T) {
	for _, r := range policies() {
		r.Classify = retryAll
		for name, limit := range map[string]time.Duration{"no deadline": 0, "deadline": 7 * time.Second, "ended": -1} {
			t.Run(fmt.Sprint(r, " ", name), func(t *testing.T) {
				var got, again, want, notified []time.Duration
				synctest.Test(t, func(t *testing.T) {
					ctx := func() context.Context { // each loop begins anew
						if limit == 0 {
							return t.Context()
						}
						ctx, cancel := context.WithTimeout(t.Context(), max(limit, 0))
						t.Cleanup(cancel)
						return ctx
					}
					b, err := cenkalti.To(ctx(), r)
					if err != nil {
						t.Fatal(err)
					}
					got = times(func(op func() error) {
						_ = v4.RetryNotify(op, b, func(_ error, d time.Duration) { notified = append(notified, d) })
					})
					want = doTimes(ctx(), r)
					if limit == 0 {
						again = v4Times(b) // Reset begins anew
					}
				})
				if limit < 0 {
					if len(got) != 1 || len(want) != 0 {
						t.Errorf("after the context: %d attempts, Do %d; want 1, v4 runs it once, and 0", len(got), len(want))
					}
					return
				}
				if !slices.Equal(got, want) {
					t.Errorf("v4 begins attempts at %v, Do at %v", got, want)
				}
				if limit == 0 && !slices.Equal(again, want) {
					t.Errorf("the second time v4 begins attempts at %v, Do at %v", again, want)
				}
				if len(notified) != len(got)-1 {
					t.Errorf("%d delays for %d attempts", len(notified), len(got))
				}
			})
		}
	}
}

// With chance each delay lies between its bounds, which follow from the delay before.
func TestToDraws(t *testing.T) {
	for _, s := range []backoff.Strategy{backoff.Decorrelated{}, backoff.Default, nil} {
		r := policy.Retry{Backoff: s, Retries: 200}
		b, err := cenkalti.To(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		if s == nil {
			s = backoff.Default
		}
		var prev time.Duration
		seen := map[time.Duration]bool{}
		for n := 1; n <= 200; n++ {
			d := b.NextBackOff()
			if lo, hi := s.Delay(n, prev, 0), s.Delay(n, prev, 1); d < lo || d > hi {
				t.Fatalf("%v: delay %d is %v, want %v to %v", s, n, d, lo, hi)
			}
			prev = d
			seen[d] = true
		}
		if len(seen) < 100 {
			t.Errorf("%v: only %d different delays", s, len(seen))
		}
		for range 3 {
			if d := b.NextBackOff(); d != v4.Stop {
				t.Errorf("after 200 retries: %v, want Stop", d)
			}
		}
	}
}

// The end of the context wakes v4, with WithMaxRetries around it as well.
func TestToStopsSleepingWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		b, err := cenkalti.To(ctx, policy.Retry{Backoff: backoff.Constant(time.Hour), Retries: policy.Unlimited})
		if err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(90*time.Minute, cancel)
		start := time.Now()
		err = v4.Retry(func() error { return errDown }, v4.WithMaxRetries(b, 9))
		if took := time.Since(start); took != 90*time.Minute || !errors.Is(err, context.Canceled) {
			t.Errorf("Retry ends after %v with %v, want 1h30m and context.Canceled", took, err)
		}
		if d := b.NextBackOff(); d != v4.Stop {
			t.Errorf("after the context: %v, want Stop", d)
		}
	})
}

// There and back again.
func TestToOfFrom(t *testing.T) {
	r := from(t, v4.NewConstantBackOff(time.Second))
	r.Retries = 3
	b, err := cenkalti.To(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	var got []time.Duration
	for range 5 {
		got = append(got, b.NextBackOff())
	}
	if want := []time.Duration{time.Second, time.Second, time.Second, v4.Stop, v4.Stop}; !slices.Equal(got, want) {
		t.Errorf("NextBackOff gives %v, want %v", got, want)
	}
}
