package policy

import (
	"context"
	"math"
	"time"
)

// Attempt is what an operation may know of its own attempt, for a log or a header.
type Attempt struct {
	Number int // from 1
	Left   int // how many more may follow, by the policy's Retries and the context's allowance; Unlimited if neither limits them
}

// AttemptFrom returns what the innermost loop with a policy that has Inform says of the attempt under way, or the innermost
// [WithAttempt]; false if there is none.
func AttemptFrom(ctx context.Context) (Attempt, bool) {
	a, ok := ctx.Value(attemptKey{}).(*attemptContext)
	if !ok {
		return Attempt{}, false
	}
	return a.Attempt, true
}

// WithAttempt returns a context from which [AttemptFrom] reads a, with no more Left than the context's allowance has. Loops
// of this package do that by themselves: it is for others, as package cluster's over its cycles.
func WithAttempt(ctx context.Context, a Attempt) context.Context {
	if allowed := allowanceOf(ctx); allowed != nil {
		if left := allowed.remaining(); a.Left == Unlimited || left < int64(a.Left) {
			a.Left = int(left)
		}
	}
	return &attemptContext{ctx, a}
}

type attemptKey struct{}

// attemptContext is the context of one attempt. It is its own value, in one allocation.
type attemptContext struct {
	context.Context
	Attempt
}

// Value returns the context itself, to AttemptFrom.
func (c *attemptContext) Value(key any) any {
	if key == (attemptKey{}) {
		return c
	}
	return c.Context.Value(key)
}

// attempt runs fn once.
func (l *loop) attempt(ctx context.Context, fn func(context.Context) error) error {
	if !l.retry.wraps() {
		return fn(ctx)
	}
	own := ctx
	if l.retry.Inform {
		own = WithAttempt(ctx, Attempt{l.state.Attempt, l.retry.left(l.state.Attempt)})
	}
	timeout := l.timeout(ctx)
	if timeout <= 0 {
		return fn(own)
	}
	own, cancel := context.WithTimeout(own, timeout)
	defer cancel()
	err := fn(own)
	l.state.TimedOut = own.Err() != nil && ctx.Err() == nil
	return err
}

// timeout returns how long the attempt that begins now may take; 0 means as long as it likes.
func (l *loop) timeout(ctx context.Context) time.Duration {
	if l.retry.MinAttempt <= 0 {
		return l.retry.AttemptTimeout
	}
	if !l.looked {
		l.until(ctx)
	}
	l.clock()
	return l.retry.share(&l.state)
}

// wraps reports whether attempts get a context of their own.
func (r *Retry) wraps() bool { return r.AttemptTimeout > 0 || r.MinAttempt > 0 || r.Inform }

// left returns how many attempts may follow the nth.
func (r *Retry) left(n int) int {
	if r.Retries == Unlimited {
		return Unlimited
	}
	return max(r.Retries-(n-1), 0)
}

// share returns the time that the attempt about to begin in state s gets, with MinAttempt: of what is left until the
// deadline, or until MaxElapsed if that is less, an equal share for each attempt that may follow; at least MinAttempt,
// and at most AttemptTimeout. 0 means as long as it likes.
func (r *Retry) share(s *State) time.Duration {
	left, limited := time.Duration(0), false
	if s.Deadline != 0 {
		left, limited = s.Deadline-s.Elapsed, true
	}
	if r.MaxElapsed > 0 && (!limited || r.MaxElapsed-s.Elapsed < left) {
		left, limited = r.MaxElapsed-s.Elapsed, true
	}
	if !limited {
		return r.AttemptTimeout
	}
	// In an order that the greatest Retries do not overflow.
	attempts := min(max(r.Retries-s.Attempt+1, 0), math.MaxInt-1) + 1
	share := max(left/time.Duration(attempts), r.MinAttempt)
	if r.AttemptTimeout > 0 {
		share = min(share, r.AttemptTimeout)
	}
	return share
}
