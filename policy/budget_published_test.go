package policy_test

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/reprise-go/reprise/policy"
)

// aws is the quota of the AWS SDKs' standard mode, of 2026.
func aws() *policy.Budget {
	return &policy.Budget{Capacity: 500, Cost: 14, OverloadCost: 5, Refund: 1, Floor: policy.NoFloor}
}

// TestBudgetIsAWSQuota: 500 tokens; 14 for a retry, 5 after throttling; what a retry cost comes back when it succeeds, and
// 1 for a success at the first attempt.
func TestBudgetIsAWSQuota(t *testing.T) {
	for _, tt := range []struct {
		name    string
		err     error
		retries int
	}{{"transient", errTransient, 500 / 14}, {"throttled", errOverloaded, 500 / 5}} {
		r := atOnce(2)
		r.Budget = aws()
		retries := 0
		for range 1_000 {
			op := fails(tt.err)
			_ = r.Do(t.Context(), op.run)
			retries += op.runs - 1
		}
		if retries != tt.retries {
			t.Errorf("%s: %d retries until the quota was empty, want %d", tt.name, retries, tt.retries)
		}
	}
}

// TestAWSQuotaHoldsUpToTheDocumentedShare: with 3 attempts the documentation has the quota drain where more than about
// 22 % of attempts fail, and 32 % if they are throttled; to the zero of its drift that is 0.215 and 0.321.
func TestAWSQuotaHoldsUpToTheDocumentedShare(t *testing.T) {
	for _, tt := range []struct {
		err   error
		share float64
		drain bool
	}{
		{errTransient, 0.19, false},
		{errTransient, 0.24, true},
		{errOverloaded, 0.29, false},
		{errOverloaded, 0.35, true},
	} {
		chance := rand.New(rand.NewPCG(7, 7))
		r := atOnce(2)
		r.Budget = aws()
		refused := 0
		r.Observe = func(_ context.Context, e policy.Event) {
			if e.Decision.Reason == policy.OutOfBudget {
				refused++
			}
		}
		for range 20_000 {
			_ = r.Do(t.Context(), func(context.Context) error {
				if chance.Float64() < tt.share {
					return tt.err
				}
				return nil
			})
		}
		if drained := refused > 200; drained != tt.drain {
			t.Errorf("%v, %.0f %% fail: %d retries refused; drained should be %v", tt.err, 100*tt.share, refused, tt.drain)
		}
	}
}

// TestBudgetIsFinagles: 20 % of what succeeds and 10 a second, with 10 s of these in stock.
func TestBudgetIsFinagles(t *testing.T) {
	for _, tt := range []struct {
		name      string
		perSecond int // successes; each second 100 operations fail too
		want      int // retries in 60 s
	}{
		{"a quiet client", 0, 100 + 600},
		{"a busy one", 1_000, 100 + 600 + 60*1_000/5},
	} {
		r := atOnce(1)
		r.Budget = &policy.Budget{Capacity: 500, Cost: 5, OverloadCost: 5, Refund: 1, Keep: true, Floor: 10}
		retries := 0
		inBubble(t, func(ctx context.Context) {
			for range 60 {
				for i := range 1_000 {
					pass(time.Millisecond)
					if i*tt.perSecond/1_000 != (i+1)*tt.perSecond/1_000 {
						_ = r.Do(ctx, fails(nil).run)
					}
					if i%2 == 0 {
						op := fails(errTransient)
						_ = r.Do(ctx, op.run)
						retries += op.runs - 1
					}
				}
			}
		})
		if retries < tt.want-2 || retries > tt.want {
			t.Errorf("%s: %d retries in a minute, want %d", tt.name, retries, tt.want)
		}
	}
}

// TestBudgetDoesNotShrinkWhenEverythingFails: an hour in which nothing succeeds, and the floor is still paid.
func TestBudgetDoesNotShrinkWhenEverythingFails(t *testing.T) {
	r := atOnce(9)
	r.Budget = &policy.Budget{Floor: 2}
	var first, last int
	inBubble(t, func(ctx context.Context) {
		for second := range 3_600 {
			retries := 0
			for range 10 {
				pass(100 * time.Millisecond)
				op := fails(errTransient)
				_ = r.Do(ctx, op.run)
				retries += op.runs - 1
			}
			if second == 0 {
				first = retries
			}
			last = retries
		}
	})
	if first != 90 || last != 2 {
		t.Errorf("%d retries in the first second and %d in the last, want 90, all there are, and 2", first, last)
	}
}

// TestADeadNodeLeavesTheOthersTheirs: it spends what is its own, and with a second one all that is shared; a third gets what
// time pays for.
func TestADeadNodeLeavesTheOthersTheirs(t *testing.T) {
	r := atOnce(1)
	r.Budget = &policy.Budget{Capacity: 100, Cost: 5, Floor: policy.NoFloor}
	retries := func(node string, operations int) (n int) {
		for range operations {
			op := fails(errTransient)
			_ = r.DoOp(t.Context(), &policy.Op{Node: node}, op.run)
			n += op.runs - 1
		}
		return n
	}
	for _, tt := range []struct {
		node       string
		operations int
		want       int
	}{{"dead:1", 1_000, 20}, {"well:1", 5, 5}, {"dead:2", 1_000, 15}, {"dead:3", 1_000, 0}, {"", 1_000, 20}} {
		if got := retries(tt.node, tt.operations); got != tt.want {
			t.Errorf("%q: %d retries, want %d", tt.node, got, tt.want)
		}
	}
	if got := r.Budget.TokensOf("well:1"); got != 0 {
		t.Errorf("%d tokens of a node that has 75, where there are none for all, want 0", got)
	}
	for range 50 {
		_ = r.DoOp(t.Context(), &policy.Op{Node: "well:2"}, fails(nil).run)
	}
	if got := r.Budget.TokensOf("well:1"); got != 50 {
		t.Errorf("%d tokens after 50 successes of another node, want 50", got)
	}
	if got := r.Budget.TokensOf("dead:1"); got != 0 {
		t.Errorf("%d tokens of the dead node after 50 successes of another, want 0", got)
	}
	if got := r.Budget.TokensOf("dead:3"); got != 50 {
		t.Errorf("%d tokens of a node that was refused for want of those of all, after 50 successes of another; want 50", got)
	}
}

// TestLoopsOfOneOperation: a success that goes through two loops is one.
func TestLoopsOfOneOperation(t *testing.T) {
	inner := atOnce(1)
	inner.Budget = &policy.Budget{Capacity: 100, Floor: policy.NoFloor}
	outer := atOnce(1)
	outer.Budget = inner.Budget
	for i, tt := range []struct {
		outcomes []error
		left     int
	}{
		{[]error{errTransient, errTransient, errTransient, errTransient}, 85},
		{[]error{nil}, 86},
		{[]error{errTransient, nil}, 86},
		{[]error{errTransient, errTransient, nil}, 81},
	} {
		op, runs := policy.Op{}, fails(tt.outcomes...)
		_ = outer.DoOp(t.Context(), &op, func(ctx context.Context) error { return inner.DoOp(ctx, &op, runs.run) })
		if got := inner.Budget.Tokens(); got != tt.left {
			t.Errorf("%d: %d tokens left, want %d", i, got, tt.left)
		}
	}
}

// TestBudgetOfManyNodes: addresses that do not come back are forgotten when they are full again.
func TestBudgetOfManyNodes(t *testing.T) {
	r := atOnce(1)
	r.Budget = &policy.Budget{Floor: 1_000}
	inBubble(t, func(ctx context.Context) {
		for i := range 5_000 {
			pass(time.Second)
			node := string(rune('a'+i%26)) + time.Duration(i).String()
			if op := fails(errTransient); r.DoOp(ctx, &policy.Op{Node: node}, op.run) == nil || op.runs != 2 {
				t.Fatalf("node %d: %d runs, want 2", i, op.runs)
			}
		}
	})
	if n := policy.BudgetNodes(r.Budget); n > 1_025 {
		t.Errorf("%d nodes are remembered, want 1025 at most", n)
	}
}
