package policy_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/reprise-go/reprise/policy"
)

func TestBudget(t *testing.T) {
	for _, tt := range []struct {
		name     string
		budget   *policy.Budget
		outcomes []error
		runs     int
		tokens   int
	}{
		{"a success leaves a full bucket full", &policy.Budget{}, []error{nil}, 1, 500},
		{"a retry pays", &policy.Budget{}, []error{errTransient}, 5, 480},
		{"an ambiguous one the same", &policy.Budget{}, []error{errAmbiguous}, 5, 480},
		{"an overloaded server costs double", &policy.Budget{}, []error{errOverloaded}, 5, 460},
		{"or what Cost says", &policy.Budget{Cost: 20}, []error{errOverloaded}, 5, 420},
		{"or what OverloadCost says", &policy.Budget{Cost: 1, OverloadCost: 3}, []error{errOverloaded, errTransient}, 5, 494},
		{"what is not retried pays nothing", &policy.Budget{}, []error{errPermanent}, 1, 500},
		{"a retry that succeeds gets its cost back", &policy.Budget{}, []error{errTransient, nil}, 2, 500},
		{"only the last", &policy.Budget{}, []error{errOverloaded, errTransient, nil}, 3, 490},
		{"until it is empty", &policy.Budget{Capacity: 12}, []error{errTransient}, 3, 2},
		{"to the last token", &policy.Budget{Capacity: 10, Floor: policy.NoFloor}, []error{errTransient}, 3, 0},
		{"near the edge of the numbers", &policy.Budget{Capacity: 1e9, Cost: 1e9}, []error{errTransient}, 2, 0},
	} {
		r := atOnce(4)
		r.Budget = tt.budget
		r.Budget.Floor = policy.NoFloor
		op := fails(tt.outcomes...)
		_ = r.Do(t.Context(), op.run)
		if got := r.Budget.Tokens(); op.runs != tt.runs || got != tt.tokens {
			t.Errorf("%s: %d runs and %d tokens left, want %d and %d", tt.name, op.runs, got, tt.runs, tt.tokens)
		}
	}
}

func TestBudgetRefundsSuccessAtTheFirstAttempt(t *testing.T) {
	r := atOnce(1)
	r.Budget = &policy.Budget{Capacity: 20, Refund: 3, Floor: policy.NoFloor}
	for range 2 {
		_ = r.Do(t.Context(), fails(errTransient).run)
	}
	for _, want := range []int{13, 16, 19, 20, 20} {
		_ = r.Do(t.Context(), fails(nil).run)
		if got := r.Budget.Tokens(); got != want {
			t.Errorf("%d tokens, want %d", got, want)
		}
	}
}

// The budget ends the loop, and the reason of the failure is still there.
func TestOutOfBudgetKeepsTheCause(t *testing.T) {
	r := atOnce(9)
	r.Budget = &policy.Budget{Capacity: 10, Floor: policy.NoFloor}
	err := r.Do(t.Context(), fails(errTransient).run)
	if e := asError(t, err); *e != (policy.Error{Attempts: 3, Reason: policy.OutOfBudget, Err: errTransient}) {
		t.Errorf("got %+v", *e)
	}
	// Without a retry it comes back untouched.
	if err := r.Do(t.Context(), fails(errTransient).run); !same(err, errTransient) {
		t.Errorf("got %#v", err)
	}
}

// Tokens of a retry that never was are given back.
func TestBudgetGivesBackWhenTheContextEnds(t *testing.T) {
	for name, after := range map[string]time.Duration{"during the first delay": 500 * ms, "during the second": 1500 * ms} {
		r := steady(9)
		r.Budget = &policy.Budget{Floor: policy.NoFloor}
		inBubble(t, func(ctx context.Context) {
			ctx, cancel := context.WithCancel(ctx)
			defer time.AfterFunc(after, cancel).Stop()
			_ = r.Do(ctx, fails(errTransient).run)
		})
		if got, want := r.Budget.Tokens(), 500-5*int(after/time.Second); got != want {
			t.Errorf("ended %s: %d tokens, want %d", name, got, want)
		}
	}
}

func TestBudgetIsShared(t *testing.T) {
	shared := &policy.Budget{Capacity: 20, Floor: policy.NoFloor}
	reads, writes := atOnce(9), atOnce(2)
	reads.Budget, writes.Budget = shared, shared
	first, second := fails(errTransient), fails(errTransient)
	_ = writes.Do(t.Context(), first.run)
	_ = reads.Do(t.Context(), second.run)
	if first.runs != 3 || second.runs != 3 || shared.Tokens() != 0 {
		t.Errorf("%d and %d runs, %d tokens left; want 3, 3 and 0", first.runs, second.runs, shared.Tokens())
	}
}

// However many take at once, they never take more than there is.
func TestBudgetIsNeverOverdrawn(t *testing.T) {
	const capacity, cost = 200_000, 3
	r := atOnce(policy.Unlimited)
	r.Budget = &policy.Budget{Capacity: capacity, Cost: cost, Floor: policy.NoFloor}
	var retries atomic.Int64
	var all sync.WaitGroup
	for range 64 {
		all.Go(func() {
			op := fails(errTransient)
			err := r.Do(t.Context(), op.run)
			retries.Add(int64(op.runs) - 1)
			if !errors.Is(err, errTransient) {
				t.Errorf("got %v", err)
			}
		})
	}
	all.Wait()
	if got := retries.Load(); got != capacity/cost || r.Budget.Tokens() != capacity%cost {
		t.Errorf("%d retries and %d tokens left, want %d and %d", got, r.Budget.Tokens(), capacity/cost, capacity%cost)
	}
}

func TestBudgetText(t *testing.T) {
	for want, b := range map[string]*policy.Budget{
		"0":          {},
		"500":        {Capacity: 500},
		"0,5":        {Cost: 5},
		"500,5,10,1": {Capacity: 500, Cost: 5, OverloadCost: 10, Refund: 1},
	} {
		if got := b.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
