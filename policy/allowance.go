package policy

import (
	"context"
	"math"
	"sync/atomic"
)

type allowanceKey struct{}

// allowance is how many retries are left to all loops beneath a context.
type allowance struct {
	left  atomic.Int64
	outer *allowance // that of a context further out, which pays too; nil if there is none
}

// allowances is set when WithAllowance is first called: in a program that never does, nobody looks for one.
var allowances atomic.Bool

// WithAllowance returns a context beneath which all retry loops together, side by side and one within the other, make
// another attempt so many times at most. Without it layers multiply: three that try 4 times each make 64 attempts of one
// request. Each loop has its own limits besides; the one that finds the allowance spent ends with [OutOfAllowance], and
// so do those around it.
//
// A context further out that has an allowance pays too, so that an inner one can only be narrower. 0 or less means no
// retries at all. The context may be shared by any number of goroutines. It is looked up after a failure only.
func WithAllowance(ctx context.Context, retries int) context.Context {
	allowances.Store(true)
	a := &allowance{outer: allowanceOf(ctx)}
	a.left.Store(int64(max(retries, 0)))
	return context.WithValue(ctx, allowanceKey{}, a)
}

// allowanceOf returns the allowance of a context, or nil, which allows anything.
func allowanceOf(ctx context.Context) *allowance {
	if !allowances.Load() {
		return nil
	}
	a, _ := ctx.Value(allowanceKey{}).(*allowance)
	return a
}

// take takes a retry from the allowance and from all that are further out, or reports that one of them has none left.
func (a *allowance) take() bool {
	if a == nil {
		return true
	}
	for {
		left := a.left.Load()
		if left == 0 {
			return false
		}
		if a.left.CompareAndSwap(left, left-1) {
			break
		}
	}
	if !a.outer.take() {
		a.left.Add(1)
		return false
	}
	return true
}

// give puts back a retry that never was.
func (a *allowance) give() {
	for ; a != nil; a = a.outer {
		a.left.Add(1)
	}
}

// remaining returns how many retries are left.
func (a *allowance) remaining() int64 {
	least := int64(math.MaxInt64)
	for ; a != nil; a = a.outer {
		least = min(least, a.left.Load())
	}
	return least
}
