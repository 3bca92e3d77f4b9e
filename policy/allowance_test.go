package policy_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

// layers runs op in so many loops, one within the other. Each retry, of whichever loop, is one more attempt of op.
func layers(ctx context.Context, r *policy.Retry, deep int, op func(context.Context) error) error {
	if deep == 0 {
		return op(ctx)
	}
	return r.Do(ctx, func(ctx context.Context) error { return layers(ctx, r, deep-1, op) })
}

func TestAllowanceOfLayers(t *testing.T) {
	r := atOnce(3)
	for _, tt := range []struct {
		retries, deep, attempts int
		why                     policy.Reason
	}{
		{1_000, 3, 64, policy.OutOfRetries},
		{63, 3, 64, policy.OutOfRetries},
		{40, 3, 41, policy.OutOfAllowance},
		{5, 3, 6, policy.OutOfAllowance}, // 3 of the innermost loop, one of the middle one, one of the innermost again
		{3, 3, 4, policy.OutOfRetries},   // all of the innermost; the others end at their first attempts, and have nothing to add
		{2, 3, 3, policy.OutOfAllowance},
		{3, 1, 4, policy.OutOfRetries},
		{2, 1, 3, policy.OutOfAllowance},
	} {
		op := fails(errTransient)
		err := layers(policy.WithAllowance(t.Context(), tt.retries), &r, tt.deep, op.run)
		if e := asError(t, err); op.runs != tt.attempts || e.Reason != tt.why || !errors.Is(err, errTransient) {
			t.Errorf("allowance %d, %d layers: %d attempts, %v; want %d, %v", tt.retries, tt.deep, op.runs, err, tt.attempts, tt.why)
		}
	}
}

// Each loop ends for want of the allowance, the outer ones as soon as the inner one does.
func TestAllowanceEndsEachLayer(t *testing.T) {
	var events []policy.Event
	r := record(atOnce(3), &events)
	op := fails(errTransient)
	_ = layers(policy.WithAllowance(t.Context(), 1), &r, 3, op.run)
	if want := []policy.Reason{policy.Retrying, policy.OutOfAllowance, policy.OutOfAllowance, policy.OutOfAllowance}; !slices.Equal(reasons(events), want) {
		t.Errorf("got %v, want %v", reasons(events), want)
	}
	for _, e := range events {
		if d := r.Decide(e.State, e.Err); d != e.Decision {
			t.Errorf("%+v replays as %+v", e, d)
		}
	}
}

func TestNoAllowance(t *testing.T) {
	for _, retries := range []int{0, -1, -1 << 62} {
		r, op := atOnce(3), fails(errTransient)
		if err := r.Do(policy.WithAllowance(t.Context(), retries), op.run); op.runs != 1 || !same(err, errTransient) {
			t.Errorf("allowance %d: %d attempts, %v; want 1 and the error itself", retries, op.runs, err)
		}
	}
}

// An allowance within another is narrower, and the other pays too.
func TestAllowanceWithinAnother(t *testing.T) {
	r := atOnce(9)
	for _, tt := range []struct {
		outer, inner  int
		first, second int // attempts, of loops with an allowance of their own
		third         int // of one without
	}{
		{10, 2, 3, 3, 7},
		{3, 2, 3, 2, 1},
		{2, 5, 3, 1, 1},
		{0, 5, 1, 1, 1},
		{5, 0, 1, 1, 6},
		{5, -5, 1, 1, 6},
	} {
		ctx := policy.WithAllowance(t.Context(), tt.outer)
		got := [3]int{}
		for i := range got {
			own, op := ctx, fails(errTransient)
			if i < 2 {
				own = policy.WithAllowance(ctx, tt.inner)
			}
			_ = r.Do(own, op.run)
			got[i] = op.runs
		}
		if want := [3]int{tt.first, tt.second, tt.third}; got != want {
			t.Errorf("%d within %d: %v attempts, want %v", tt.inner, tt.outer, got, want)
		}
	}
}

// What the outer one refuses costs the inner one nothing.
func TestAllowanceRefusedFurtherOut(t *testing.T) {
	inBubble(t, func(ctx context.Context) {
		outer := policy.WithAllowance(ctx, 1)
		inner := policy.WithAllowance(outer, 1)
		waiting, cancel := context.WithCancel(outer)
		defer cancel()
		r := steady(1)
		go func() { _ = r.Do(waiting, fails(errTransient).run) }() // it holds the one retry, and will not make it
		pass(100 * ms)
		for _, want := range []int{1, 2} {
			op := fails(errTransient)
			if _ = r.Do(inner, op.run); op.runs != want {
				t.Errorf("%d attempts, want %d", op.runs, want)
			}
			cancel()
			pass(ms)
		}
	})
}

// left returns how many retries a context allows.
func left(ctx context.Context) int {
	r := policy.Retry{Retries: policy.Unlimited, Backoff: backoff.NoBackoff{}, Inform: true}
	n := 0
	_ = r.Do(ctx, func(ctx context.Context) error {
		a, _ := policy.AttemptFrom(ctx)
		n = a.Left
		return nil
	})
	return n
}

// A retry that never was is given back, to all who paid.
func TestAllowanceIsGivenBack(t *testing.T) {
	inBubble(t, func(ctx context.Context) {
		outer := policy.WithAllowance(ctx, 9)
		inner := policy.WithAllowance(outer, 5)
		check := func(what string, wantInner, wantOuter int) {
			t.Helper()
			if i, o := left(inner), left(outer); i != wantInner || o != wantOuter {
				t.Errorf("%s: %d and %d are left, want %d and %d", what, i, o, wantInner, wantOuter)
			}
		}
		r := steady(1)
		_ = r.Do(inner, fails(errTransient).run)
		check("a retry", 4, 8)

		ended, cancel := context.WithTimeout(inner, 10*time.Second)
		defer cancel()
		watched, stop := context.WithCancel(ended)
		time.AfterFunc(500*ms, stop)
		_ = r.Do(watched, fails(errTransient).run)
		check("a delay that the context cut short", 4, 8)

		r.Budget = &policy.Budget{Capacity: 10, Cost: 10, Floor: policy.NoFloor}
		_ = r.Do(inner, fails(errTransient).run)
		check("a retry that the budget pays", 3, 7)
		_ = r.Do(inner, fails(errTransient).run)
		check("a retry that the budget refuses", 3, 7)
	})
}

// The limits are asked in the order of the documentation: what an earlier one refuses costs nothing of a later one.
func TestAllowanceAmongTheLimits(t *testing.T) {
	for _, tt := range []struct {
		name                     string
		retries, allowance, cost int
		elapsed                  time.Duration
		want                     policy.Reason
		allowed, tokens          int // afterwards
	}{
		{"all refuse", 0, 0, 20, ms, policy.OutOfRetries, 0, 10},
		{"but the number", 1, 0, 20, ms, policy.OutOfTime, 0, 10},
		{"but number and time", 1, 0, 20, time.Hour, policy.OutOfAllowance, 0, 10},
		{"the budget alone", 1, 1, 20, time.Hour, policy.OutOfBudget, 1, 10},
		{"the allowance alone", 1, 0, 10, time.Hour, policy.OutOfAllowance, 0, 10},
		{"the time alone", 1, 1, 10, ms, policy.OutOfTime, 1, 10},
		{"the number alone", 0, 1, 10, time.Hour, policy.OutOfRetries, 1, 10},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var events []policy.Event
			r := record(steady(tt.retries), &events)
			r.MaxElapsed = tt.elapsed
			r.Classify = always(classify.Verdict{Class: classify.Transient})
			r.Budget = &policy.Budget{Capacity: 20, Cost: tt.cost, OverloadCost: 1, Floor: policy.NoFloor}
			inBubble(t, func(ctx context.Context) {
				spend := atOnce(1) // half of the budget
				spend.Budget, spend.Classify = r.Budget, r.Classify
				if tt.cost == 10 {
					_ = spend.Do(ctx, fails(errTransient).run)
				} else {
					for range 10 {
						spend.Classify = always(classify.Verdict{Class: classify.Overloaded})
						_ = spend.Do(ctx, fails(errTransient).run)
					}
				}
				ctx = policy.WithAllowance(ctx, tt.allowance)
				_ = r.Do(ctx, fails(errTransient).run)
				if a, b := left(ctx), r.Budget.Tokens(); a != tt.allowed || b != tt.tokens {
					t.Errorf("%d retries and %d tokens are left, want %d and %d", a, b, tt.allowed, tt.tokens)
				}
			})
			if got := reasons(events); !slices.Equal(got, []policy.Reason{tt.want}) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestAllowanceBeforeBudget(t *testing.T) {
	r := steady(1)
	s := policy.State{Attempt: 1, AllowanceSpent: true, Spent: true}
	if got, want := r.Decide(s, errTransient), decision(transient, policy.OutOfAllowance, 0); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// One allowance, many who want it.
func TestAllowanceIsShared(t *testing.T) {
	const workers, allowed = 64, 1_000
	outer := policy.WithAllowance(t.Context(), allowed)
	inner := policy.WithAllowance(outer, 2*allowed)
	r := atOnce(9)
	var runs, operations atomic.Int64
	var all sync.WaitGroup
	for w := range workers {
		ctx := outer
		if w%2 == 0 {
			ctx = inner
		}
		all.Go(func() {
			for range 20 {
				op := fails(errTransient)
				_ = r.Do(ctx, op.run)
				runs.Add(int64(op.runs))
				operations.Add(1)
			}
		})
	}
	all.Wait()
	if got := runs.Load() - operations.Load(); got != allowed || left(outer) != 0 {
		t.Errorf("%d retries, and %d are left; want %d and none", got, left(outer), allowed)
	}
}
