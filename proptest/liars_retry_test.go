package proptest_test

import (
	"context"
	"errors"
	"math"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
	"github.com/reprise-go/reprise/proptest"
)

// TestRetryLiars runs policies that break one law each, by what the user puts into them.
func TestRetryLiars(t *testing.T) {
	var calls, note atomic.Int64
	table := []time.Duration{time.Second, 2 * time.Second, 5 * time.Second}
	for name, liar := range map[string]struct {
		law proptest.Law
		r   policy.Retry
	}{
		"retries -7 times": {proptest.RetryValid, policy.Retry{Retries: -7}},
		"has more retries than its table": {proptest.RetryTotal, policy.Retry{Retries: 8, Backoff: strategy(
			func(n int, _ time.Duration, _ float64) time.Duration { return table[n-1] })}},
		"remembers other operations": {proptest.RetryFunction, policy.Retry{Retries: 3, Backoff: strategy(
			func(int, time.Duration, float64) time.Duration { return time.Duration(calls.Add(1)) * time.Second })}},
		"is longest in the middle": {proptest.RetryPlan, policy.Retry{Retries: 3, Backoff: strategy(
			func(_ int, _ time.Duration, u float64) time.Duration {
				return time.Duration(float64(time.Second) * (1 - math.Abs(1-2*u)))
			})}},
		"waits less in the last century": {proptest.RetryDoes, policy.Retry{Retries: 3, Backoff: strategy(
			func(_ int, _ time.Duration, u float64) time.Duration {
				if time.Now().Year() <= 2000 { // as in a bubble
					u *= u
				}
				return time.Duration(u * float64(100*time.Millisecond))
			})}},
		"works on a note that all share": {proptest.RetryShared, policy.Retry{Retries: 9, Backoff: strategy(
			func(n int, _ time.Duration, _ float64) time.Duration {
				note.Store(int64(n))
				runtime.Gosched()
				return time.Duration(note.Load()) * time.Second
			})}},
	} {
		t.Run(name, func(t *testing.T) {
			caught(t, liar.law, func(t rapid.TB) { proptest.TestRetry(t, liar.r) })
		})
	}
}

// TestEngineLiars runs lawful policies on a package policy that breaks one law.
func TestEngineLiars(t *testing.T) {
	ambiguous := errors.New("the connection broke")
	r := policy.Retry{
		Retries: 3, Backoff: backoff.Constant(time.Second), MaxElapsed: 2500 * time.Millisecond, AttemptTimeout: time.Minute,
		Classify: classify.First(classify.Is(ambiguous, classify.Verdict{Class: classify.Ambiguous, Kind: classify.Connection}), classify.Default),
	}
	said := r
	said.Classify = nil
	// as has the whole engine work with another policy than it was given.
	as := func(change func(*policy.Retry)) proptest.RetryEngine {
		other := func(r *policy.Retry) *policy.Retry {
			changed := *r
			change(&changed)
			return &changed
		}
		e := proptest.Genuine
		e.Decide = func(r *policy.Retry, s policy.State, err error) policy.Decision { return other(r).Decide(s, err) }
		e.Do = func(r *policy.Retry, ctx context.Context, op *policy.Op, fn func(context.Context) error) error {
			return other(r).DoOp(ctx, op, fn)
		}
		e.Plan = func(r *policy.Retry) policy.Plan { return other(r).Plan() }
		return e
	}
	does := func(do func(*policy.Retry, context.Context, *policy.Op, func(context.Context) error) error) proptest.RetryEngine {
		e := proptest.Genuine
		e.Do = do
		return e
	}
	reads := func(change func(*policy.Retry)) proptest.RetryEngine {
		e := proptest.Genuine
		e.Parse = func(text string) (policy.Retry, error) {
			r, err := policy.Parse(text)
			change(&r)
			return r, err
		}
		return e
	}
	for name, liar := range map[string]struct {
		law proptest.Law
		r   policy.Retry
		e   proptest.RetryEngine
	}{
		"runs again what counts every run": {proptest.RetrySafe, r, as(func(r *policy.Retry) { r.Replay = classify.Accumulating })},
		"runs again what is Permanent": {proptest.RetrySafe, said, func() proptest.RetryEngine {
			e := proptest.Genuine
			e.Decide = func(r *policy.Retry, s policy.State, err error) policy.Decision {
				d := r.Decide(s, err)
				if d.Reason == policy.NotRetryable && d.Class == classify.Permanent {
					d.Reason = policy.Retrying
				}
				return d
			}
			return e
		}()},
		"forgets MaxElapsed": {proptest.RetryInTime, r, as(func(r *policy.Retry) { r.MaxElapsed = 0 })},
		"tries once more at the deadline": {proptest.RetryInTime, r, does(
			func(r *policy.Retry, ctx context.Context, op *policy.Op, fn func(context.Context) error) error {
				err := r.DoOp(ctx, op, fn)
				if deadline, ok := ctx.Deadline(); ok && err != nil {
					time.Sleep(time.Until(deadline)) // virtual
					err = fn(ctx)
				}
				return err
			})},
		"plans one attempt less": {proptest.RetryPlan, r, func() proptest.RetryEngine {
			e := proptest.Genuine
			e.Plan = func(r *policy.Retry) policy.Plan { p := r.Plan(); p.Attempts--; return p }
			return e
		}()},
		"makes one retry less": {proptest.RetryDoes, r, does(
			func(r *policy.Retry, ctx context.Context, op *policy.Op, fn func(context.Context) error) error {
				less := *r
				less.Retries = max(r.Retries-1, 0)
				return less.DoOp(ctx, op, fn)
			})},
		"sleeps after the last attempt": {proptest.RetryDoes, r, does(
			func(r *policy.Retry, ctx context.Context, op *policy.Op, fn func(context.Context) error) error {
				err := r.DoOp(ctx, op, fn)
				if err != nil {
					time.Sleep(time.Millisecond) // virtual
				}
				return err
			})},
		"makes the only attempt twice": {proptest.RetryDoes, r, does(
			func(r *policy.Retry, ctx context.Context, op *policy.Op, fn func(context.Context) error) error {
				n, start := 0, time.Now()
				err := r.DoOp(ctx, op, func(ctx context.Context) error { n++; return fn(ctx) })
				if err != nil && n == 1 && time.Since(start) == 0 {
					err = fn(ctx)
				}
				return err
			})},
		"reports delays that were not":  {proptest.RetryDoes, said, as(func(*policy.Retry) {})},
		"reads no attempt_timeout":      {proptest.RetryText, said, reads(func(r *policy.Retry) { r.AttemptTimeout = 0 })},
		"reads every retry as one less": {proptest.RetryText, said, reads(func(r *policy.Retry) { r.Retries-- })},
	} {
		if name == "reports delays that were not" {
			inner := liar.e.Do
			liar.e.Do = func(r *policy.Retry, ctx context.Context, op *policy.Op, fn func(context.Context) error) error {
				half := *r
				half.Observe = func(ctx context.Context, e policy.Event) {
					e.State.Prev *= 2
					r.Observe(ctx, e)
				}
				return inner(&half, ctx, op, fn)
			}
		}
		t.Run(name, func(t *testing.T) {
			caught(t, liar.law, func(t rapid.TB) { proptest.TestRetryOn(t, liar.e, liar.r, []error{ambiguous}) })
		})
	}
}
