package policy_test

import (
	"cmp"
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

// step is something that happens to a budget.
type step struct {
	after  time.Duration
	node   string
	class  classify.Class // of the first attempt's failure; Unknown if it succeeds
	better bool           // the retry succeeds, if there is one
}

func steps() *rapid.Generator[[]step] {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) step {
		return step{
			after:  time.Duration(rapid.SampledFrom([]int{0, 0, 0, 1, 7, 300, 1_000, 60_000}).Draw(t, "ms")) * time.Millisecond,
			node:   rapid.SampledFrom([]string{"", "a:1", "b:1", "c:1"}).Draw(t, "node"),
			class:  rapid.SampledFrom([]classify.Class{classify.Unknown, classify.Transient, classify.Overloaded}).Draw(t, "class"),
			better: rapid.Bool().Draw(t, "better"),
		}
	}), 1, 60)
}

// do lets a step happen, and reports whether there was a retry.
func (s step) do(r *policy.Retry) (retried bool) {
	pass(s.after)
	op := fails(nil)
	if s.class != classify.Unknown {
		op = fails(fault{1, classify.Verdict{Class: s.class}}, errPermanent)
		if s.better {
			op.outcomes[1] = nil
		}
	}
	_ = r.DoOp(context.Background(), &policy.Op{Node: s.node}, op.run)
	return op.runs == 2
}

// plainBudget is a budget as one would write it down: thousandths of tokens in a table, refilled as time goes by.
type plainBudget struct {
	capacity, cost, overload, refund, floor int64
	keep                                    bool
	left                                    map[string]int64 // of each node; "all" is what they share
	asked                                   time.Time        // zero until somebody has
	at                                      int64            // milliseconds
}

func plain(b *policy.Budget) *plainBudget {
	p := &plainBudget{
		capacity: int64(cmp.Or(b.Capacity, 500)), cost: int64(cmp.Or(b.Cost, 5)), refund: int64(cmp.Or(b.Refund, 1)),
		overload: int64(cmp.Or(b.OverloadCost, max(10, b.Cost))), floor: int64(cmp.Or(b.Floor, 1)), keep: b.Keep, left: map[string]int64{},
	}
	if b.Floor == policy.NoFloor {
		p.floor = 0
	}
	return p
}

func (p *plainBudget) size(of string) int64 {
	if of == "all" {
		return 2 * p.capacity * 1000
	}
	return p.capacity * 1000
}

// tokens are what is left to operations at a node.
func (p *plainBudget) tokens(node string) int64 {
	left := p.size("")
	for _, of := range []string{node, "all"} {
		if n, ok := p.left[of]; ok && (of == node || node != "") {
			left = min(left, n)
		}
	}
	return left / 1000
}

// least is the least of what is left to anybody.
func (p *plainBudget) least() int64 {
	least := p.tokens("")
	for of := range p.left {
		if of != "all" {
			least = min(least, p.tokens(of))
		}
	}
	return least
}

func (p *plainBudget) add(of string, tokens int64) {
	if left, ok := p.left[of]; ok {
		p.left[of] = min(left+tokens, p.size(of))
	}
}

// refill pays the floor for the time that has gone by.
func (p *plainBudget) refill() {
	if p.asked.IsZero() {
		return
	}
	now := time.Since(p.asked).Milliseconds()
	for of := range p.left {
		p.add(of, p.size(of)/p.size("")*p.floor*p.cost*(now-p.at))
	}
	p.at = now
}

// step does what a step should do, and returns whether there is a retry.
func (p *plainBudget) step(s step) bool {
	p.refill()
	pays := []string{s.node}
	if s.node != "" {
		pays = []string{s.node, "all"}
	}
	price, retried := int64(0), false
	if s.class != classify.Unknown {
		if price = p.cost * 1000; s.class == classify.Overloaded {
			price = p.overload * 1000
		}
		if p.asked.IsZero() {
			p.asked = time.Now()
		}
		retried = true
		for _, of := range pays {
			if _, ok := p.left[of]; !ok {
				p.left[of] = p.size(of)
			}
			retried = retried && p.left[of] >= price
		}
		if !retried {
			return false
		}
		for _, of := range pays {
			p.add(of, -price)
		}
	}
	switch {
	case s.class != classify.Unknown && !s.better:
		return retried
	case s.class == classify.Unknown || p.keep:
		price = p.refund * 1000
	}
	for _, of := range pays {
		p.add(of, price)
	}
	return retried
}

// TestBudgetAgreesWithAPlainOne: the budget is that table, at each moment, for operations with and without a node.
func TestBudgetAgreesWithAPlainOne(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := budgets().Draw(rt, "budget")
		b.Floor = rapid.SampledFrom([]int{policy.NoFloor, 0, 1, 10}).Draw(rt, "floor")
		b.Keep = rapid.Bool().Draw(rt, "keep")
		script := steps().Draw(rt, "steps")
		r := atOnce(1)
		r.Budget, r.Classify = b, byFault
		want, wrong := plain(b), -1
		var tokens, least int64
		inBubble(t, func(context.Context) {
			for i, s := range script {
				retried := s.do(&r)
				tokens = int64(b.TokensOf(s.node))
				if s.node == "" {
					tokens = int64(b.Tokens())
				}
				least = int64(b.Least())
				if retried != want.step(s) || tokens != want.tokens(s.node) || least != want.least() {
					wrong = i
					return
				}
			}
		})
		if wrong >= 0 {
			rt.Fatalf("step %d of %+v: %d tokens, least %d, the table says %v", wrong, script, tokens, least, want.left)
		}
	})
}

// TestRetriesNeverExceedRatioAndFloor: whoever asks whenever, what retries have cost is no more than the bucket held,
// successes have earned and time has paid for.
func TestRetriesNeverExceedRatioAndFloor(t *testing.T) {
	const (
		workers  = 64
		capacity = 50
		cost     = 5
		refund   = 2
		floor    = 20
	)
	r := atOnce(1)
	r.Budget = &policy.Budget{Capacity: capacity, Cost: cost, Refund: refund, Floor: floor, Keep: true}
	var retries, successes atomic.Int64
	began := time.Now()
	var all sync.WaitGroup
	for w := range workers {
		chance := rand.New(rand.NewPCG(1, uint64(w)))
		all.Go(func() {
			for range 2_000 {
				op := fails(nil)
				if chance.IntN(2) == 0 {
					op = fails(errTransient, errPermanent)
				} else {
					successes.Add(1) // before it earns anything
				}
				_ = r.Do(context.Background(), op.run)
				retries.Add(int64(op.runs - 1))
			}
		})
	}
	all.Wait()
	most := capacity + refund*successes.Load() + floor*cost*(time.Since(began).Milliseconds()+1)/1000
	if spent := cost * retries.Load(); spent > most || spent < most/2 {
		t.Errorf("retries cost %d, with %d successes; want %d at most, and no less than half of it", spent, successes.Load(), most)
	}
}
