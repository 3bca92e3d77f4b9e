package policy

import (
	"fmt"
	"sync/atomic"

	"github.com/reprise-go/reprise/classify"
)

// The quota of the AWS SDKs' standard mode, in use since 2020 (500 tokens, 5 for a retry, 10 for
// one after a timeout, 1 back): a client whose every call fails makes 100 retries, then none.
const (
	defaultCapacity = 500
	defaultCost     = 5
	defaultOverload = 10
	defaultRefund   = 1
)

// Budget bounds the retries of all policies that share it: a bucket of tokens from which
// each retry pays. When it is empty there are no retries, so that a server in trouble is
// not also flooded by them. A retry that succeeds gives its cost back, a success at the
// first attempt a little.
//
// The zero value is a full bucket with the defaults. Share it as a pointer; it must not be
// copied, nor its fields changed, once in use. It is one atomic word, safe for any number of
// goroutines.
type Budget struct {
	Capacity     int // tokens of a full bucket; 0 means 500
	Cost         int // tokens for a retry; 0 means 5
	OverloadCost int // tokens for a retry after an Overloaded error; 0 means 10, or Cost if that is more
	Refund       int // tokens that a success at the first attempt puts back; 0 means 1

	// What was taken, so that the zero value is full.
	spent atomic.Int64
}

// Tokens returns how many tokens are left.
func (b *Budget) Tokens() int { return orElse(b.Capacity, defaultCapacity) - int(b.spent.Load()) }

// Validate refuses negative fields and a Capacity below the price of one retry.
func (b *Budget) Validate() error {
	capacity, cost, overload := orElse(b.Capacity, defaultCapacity), b.cost(classify.Transient), b.cost(classify.Overloaded)
	switch {
	case cost < 0:
		return invalid("Budget.Cost", b.Cost, "0 (meaning 5) or more")
	case overload < cost:
		return invalid("Budget.OverloadCost", overload, fmt.Sprintf("0 (meaning 10, or Cost if that is more), or Cost (%d) or more", cost))
	case capacity < overload:
		return invalid("Budget.Capacity", capacity, fmt.Sprintf("0 (meaning 500), or OverloadCost (%d) or more", overload))
	case b.Refund < 0:
		return invalid("Budget.Refund", b.Refund, "0 (meaning 1) or more")
	}
	return nil
}

// cost returns the price of a retry after an error of class c.
func (b *Budget) cost(c classify.Class) int {
	if c == classify.Overloaded {
		return orElse(b.OverloadCost, max(defaultOverload, b.Cost))
	}
	return orElse(b.Cost, defaultCost)
}

// take pays n tokens, or reports that there are not enough.
func (b *Budget) take(n int) bool {
	capacity := int64(orElse(b.Capacity, defaultCapacity))
	for {
		spent := b.spent.Load()
		if spent > capacity-int64(n) { // not spent+n, which may overflow
			return false
		}
		if b.spent.CompareAndSwap(spent, spent+int64(n)) {
			return true
		}
	}
}

// give puts n tokens back, as far as there is room.
func (b *Budget) give(n int) {
	for {
		spent := b.spent.Load()
		if spent == 0 || n <= 0 {
			return // a full bucket is only read: successes do not fight over it
		}
		if b.spent.CompareAndSwap(spent, max(spent-int64(n), 0)) {
			return
		}
	}
}

// succeeded puts back what a success earns: the cost of the retry, or for a first attempt
// the refund.
func (b *Budget) succeeded(cost int) {
	if cost == 0 {
		cost = orElse(b.Refund, defaultRefund)
	}
	b.give(cost)
}

// orElse returns n, or the default where n is 0.
func orElse(n, def int) int {
	if n == 0 {
		return def
	}
	return n
}
