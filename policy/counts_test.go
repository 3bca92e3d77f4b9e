package policy_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/policy"
)

// N retries that always fail: N+1 attempts, N delays for failures 1..N, none after the last.
func TestCounts(t *testing.T) {
	for n := range 10 {
		t.Run(fmt.Sprintf("%d retries", n), func(t *testing.T) {
			var asked []int
			r := policy.Retry{Retries: n, Backoff: backoff.Func(func(n int, _ time.Duration, _ float64) time.Duration {
				asked = append(asked, n)
				return time.Duration(n) * time.Second
			})}
			var began []time.Duration // since the start
			var want []time.Duration
			var wantAsked []int
			at := time.Duration(0)
			for i := range n + 1 {
				at += time.Duration(i) * time.Second
				want = append(want, at)
				if i > 0 {
					wantAsked = append(wantAsked, i)
				}
			}
			took := inBubble(t, func(ctx context.Context) {
				start := time.Now()
				err := r.Do(ctx, func(context.Context) error {
					began = append(began, time.Since(start))
					return errTransient
				})
				if n == 0 {
					if !same(err, errTransient) {
						t.Errorf("got %v, want the very error of the only attempt", err)
					}
					return
				}
				if e := asError(t, err); *e != (policy.Error{Attempts: n + 1, Reason: policy.OutOfRetries, Err: errTransient}) {
					t.Errorf("got %+v", e)
				}
			})
			if !slices.Equal(began, want) {
				t.Errorf("attempts began at %v, want %v", began, want)
			}
			if !slices.Equal(asked, wantAsked) {
				t.Errorf("delays were asked for failures %v, want %v", asked, wantAsked)
			}
			if took != at {
				t.Errorf("it took %v, want %v: no delay after the last failure", took, at)
			}
		})
	}
}

func TestDefaultDelaysWithoutJitter(t *testing.T) {
	var events []policy.Event
	r := record(policy.Retry{Retries: 7, Backoff: backoff.Exponential{}}, &events)
	want := []time.Duration{16 * ms, 32 * ms, 64 * ms, 128 * ms, 256 * ms, 512 * ms, 512 * ms}
	took := inBubble(t, func(ctx context.Context) { _ = r.Do(ctx, fails(errTransient).run) })
	if got := delays(events); !slices.Equal(got, want) {
		t.Errorf("delays %v, want %v", got, want)
	}
	if want := 1520 * ms; took != want {
		t.Errorf("it took %v, want %v", took, want)
	}
}

// The zero Backoff is backoff.Default, with the jitter that Draw tells.
func TestDefaultDelays(t *testing.T) {
	var events []policy.Event
	r := record(policy.Retry{Retries: 7}, &events)
	inBubble(t, func(ctx context.Context) { _ = r.Do(ctx, fails(errTransient).run) })
	for i, e := range events[:7] {
		want := backoff.Default.Delay(i+1, e.State.Prev, e.State.Draw)
		if e.Decision.Delay != want {
			t.Errorf("after failure %d: delay %v, want %v, the %v-quantile", i+1, e.Decision.Delay, want, e.State.Draw)
		}
	}
	draws := map[float64]bool{}
	for _, e := range events {
		draws[e.State.Draw] = true
	}
	if len(draws) != len(events) {
		t.Errorf("%d draws among %d failures, want one each", len(draws), len(events))
	}
}

func TestUnlimitedRunsUntilTheContextEnds(t *testing.T) {
	for _, s := range []backoff.Strategy{
		nil,
		backoff.NewSequence(0, 0, 0, 250*ms),
		backoff.Full(backoff.Exponential{}),
		backoff.Decorrelated{},
	} {
		r := policy.Retry{Retries: policy.Unlimited, Backoff: s}
		op := fails(errTransient)
		took := inBubble(t, func(ctx context.Context) {
			ctx, cancel := context.WithCancelCause(ctx)
			defer time.AfterFunc(2*time.Hour, func() { cancel(errCause) }).Stop()
			err := r.Do(ctx, op.run)
			if e := asError(t, err); e.Reason != policy.Canceled || e.Attempts != op.runs || !same(e.Err, errTransient) || !same(e.Cause, errCause) {
				t.Errorf("%v: got %#v", s, e)
			}
		})
		if took != 2*time.Hour {
			t.Errorf("%v: it ran for %v, want two hours", s, took)
		}
		if op.runs < 10_000 {
			t.Errorf("%v: only %d attempts in two hours", s, op.runs)
		}
	}
}

// redis-py's infinite retries die with an OverflowError at the 1024th failure.
func TestUnlimitedSurvivesManyFailures(t *testing.T) {
	for _, s := range []backoff.Strategy{
		backoff.NoBackoff{},
		backoff.Full(backoff.Exponential{}),
		backoff.Cap(backoff.Full(backoff.Exponential{Base: 1, Cap: backoff.Uncapped}), time.Second),
		backoff.Cap(backoff.Spread(backoff.Exponential{Base: 1, Cap: backoff.Uncapped, Factor: 9}, 1), time.Second),
		backoff.Cap(backoff.Fibonacci{Base: 1, Cap: backoff.Uncapped}, time.Second),
		backoff.Cap(backoff.Decorrelated{Base: 1, Cap: backoff.Uncapped}, time.Second),
	} {
		const last = 12_000
		r := policy.Retry{Retries: policy.Unlimited, Backoff: s}
		runs := 0
		inBubble(t, func(ctx context.Context) {
			err := r.Do(ctx, func(context.Context) error {
				runs++
				if runs == last {
					return nil
				}
				return errTransient
			})
			if err != nil || runs != last {
				t.Errorf("%v: %d attempts, then %v; want success at attempt %d", s, runs, err, last)
			}
		})
	}
}

// An uncapped strategy reaches the longest delay there is, and a policy that is told to
// stop by MaxElapsed does.
func TestUncappedDelaysDoNotOverflow(t *testing.T) {
	var events []policy.Event
	r := record(policy.Retry{
		Retries: policy.Unlimited, Backoff: backoff.Exponential{Cap: backoff.Uncapped}, MaxElapsed: 200 * 365 * 24 * time.Hour,
	}, &events)
	inBubble(t, func(ctx context.Context) { _ = r.Do(ctx, fails(errTransient).run) })
	last := events[len(events)-1]
	if last.Decision.Reason != policy.OutOfTime || len(events) != 39 {
		t.Errorf("%d decisions, the last %+v; want 39 and out of time", len(events), last)
	}
	for _, attempt := range []int{63, 1024, math.MaxInt - 1} {
		got := r.Decide(policy.State{Attempt: attempt, Elapsed: math.MaxInt64, Deadline: math.MaxInt64}, errTransient)
		if got.Reason != policy.OutOfTime {
			t.Errorf("attempt %d: %+v, want out of time", attempt, got)
		}
	}
}
