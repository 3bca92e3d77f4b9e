package policy

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/reprise-go/reprise/classify"
)

// The quota of the AWS SDKs' standard mode, in use since 2020 (500 tokens, 5 for a retry, 10 for
// one after a timeout, 1 back), and a floor: a client whose every call fails makes 100 retries, then one a second.
const (
	defaultCapacity = 500
	defaultCost     = 5
	defaultOverload = 10
	defaultRefund   = 1
	defaultFloor    = 1
)

// The greatest numbers of a budget, for which a century fits its arithmetic.
const (
	mostTokens = 1_000_000_000
	mostFloor  = 1_000_000 // Floor times Cost
)

// NoFloor as Budget.Floor means that nothing but successes refills the budget.
const NoFloor = -1

// Budget bounds the retries of all policies that share it: a bucket of tokens from which each retry pays, before its
// delay. When it is spent there are no retries, so that a server in trouble is not also flooded by them. A retry that
// succeeds gives its cost back, a success at the first attempt a little, and time a floor of retries that are never
// refused for long. What fails takes nothing away but its own cost, so that the budget does not shrink when everything
// fails.
//
// An operation whose adapter names its node pays from a bucket of that node's own, and from one of twice the size that
// all nodes share: a dead node leaves the others theirs, and many dead nodes together have no more than two.
//
// The zero value is full, with the defaults. Others that are in use, and their source:
//
//	Budget{}                                                                    the AWS SDKs' of 2020, with a floor
//	Budget{Cost: 14, OverloadCost: 5, Floor: NoFloor}                           the AWS SDKs' of 2026
//	Budget{Capacity: 500, Cost: 5, OverloadCost: 5, Keep: true, Floor: 10}      Finagle's RetryBudget: 20 %, and 10 a second
//
// Share it as a pointer; it must not be copied, nor its fields changed, once in use. It is lock-free, and safe for any
// number of goroutines: one atomic operation for each success that finds it not full, two for each retry, and as many for
// a node.
type Budget struct {
	Capacity     int // tokens of a full bucket; 0 means 500
	Cost         int // tokens for a retry; 0 means 5
	OverloadCost int // tokens for a retry after an Overloaded error; 0 means 10, or Cost if that is more
	Refund       int // tokens that a success at the first attempt puts back; 0 means 1
	// Floor is how many retries a second, of Cost tokens, time pays for, and a bucket that is full has no use of; 0
	// means 1, NoFloor none.
	Floor int
	// Keep is true if a retry that succeeds puts back Refund too, and not its cost: then Refund/Cost is the share of
	// successes that may be retries, however many of them succeed.
	Keep bool

	own   bucket // of operations without a node
	all   bucket // of all named nodes
	nodes sync.Map
	named atomic.Int64 // how many nodes there are

	once  sync.Once
	began time.Time // when it was first asked
}

// Tokens returns how many whole tokens are left to operations that name no node. It may be called at any time.
func (b *Budget) Tokens() int { return b.left(&b.own, 1) }

// TokensOf returns how many whole tokens are left to operations at a node: the least of its own and those of all nodes.
func (b *Budget) TokensOf(node string) int {
	left := b.left(&b.all, 2)
	if own := b.bucket(node); own != nil {
		left = min(left, b.left(own, 1))
	}
	return min(left, b.capacity())
}

// Least returns how many whole tokens are left where the fewest are: to operations that name no node, or at one of the nodes. It
// looks at each node that has failed of late, and is for a gauge.
func (b *Budget) Least() int {
	least := min(b.Tokens(), b.left(&b.all, 2))
	b.nodes.Range(func(_, own any) bool {
		least = min(least, b.left(own.(*bucket), 1))
		return true
	})
	return least
}

// left returns the tokens of a bucket that is so many times the size of one.
func (b *Budget) left(own *bucket, size int) int {
	spent := own.spent(int64(size) * b.rate() * b.now())
	return size*b.capacity() - int((spent+thousandths-1)/thousandths)
}

// Validate refuses negative fields, a Capacity below the price of one retry, and numbers beyond all reason.
func (b *Budget) Validate() error {
	cost, overload := b.cost(classify.Transient), b.cost(classify.Overloaded)
	switch {
	case cost < 0:
		return invalid("Budget.Cost", b.Cost, "0 (meaning 5) or more")
	case overload < 0:
		return invalid("Budget.OverloadCost", b.OverloadCost, "0 (meaning 10, or Cost if that is more) or more")
	case b.capacity() < max(cost, overload) || b.Capacity > mostTokens:
		return invalid("Budget.Capacity", b.Capacity, fmt.Sprintf("0 (meaning 500), or the price of a retry (%d) to %d", max(cost, overload), mostTokens))
	case b.Refund < 0 || b.Refund > mostTokens:
		return invalid("Budget.Refund", b.Refund, fmt.Sprintf("0 (meaning 1) to %d", mostTokens))
	case b.Floor < NoFloor || b.floor() > mostFloor/max(cost, 1):
		return invalid("Budget.Floor", b.Floor, fmt.Sprintf("NoFloor (-1), or 0 (meaning 1) to %d, with this Cost", mostFloor/max(cost, 1)))
	}
	return nil
}

func (b *Budget) capacity() int { return orElse(b.Capacity, defaultCapacity) }

// cost returns the price of a retry after an error of class c.
func (b *Budget) cost(c classify.Class) int {
	if c == classify.Overloaded {
		return orElse(b.OverloadCost, max(defaultOverload, b.Cost))
	}
	return orElse(b.Cost, defaultCost)
}

// floor returns the retries a second that time pays for.
func (b *Budget) floor() int { return max(orElse(b.Floor, defaultFloor), 0) }

// rate returns the thousandths of a token that come in with each millisecond: the tokens that come in with each second.
func (b *Budget) rate() int64 { return int64(b.floor()) * int64(b.cost(classify.Transient)) }

// now returns the milliseconds since the budget was first asked.
func (b *Budget) now() int64 {
	if b.Floor == NoFloor {
		return 0 // no clock is read for nothing
	}
	b.once.Do(func() { b.began = time.Now() })
	return milliseconds(b.began)
}

// orElse returns n, or the default where n is 0.
func orElse(n, def int) int {
	if n == 0 {
		return def
	}
	return n
}
