package policy

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/reprise-go/reprise/internal/errtree"
)

// loop is one operation under way. It lives on the stack of its goroutine. The operation's
// Op is passed along beside it: within, it would have to live on the heap.
type loop struct {
	given    *Retry    // the caller's policy
	retry    *Retry    // the policy in use, that of a Live if there is one
	start    time.Time // zero until the time matters
	state    State
	decision Decision   // the last one
	allowed  *allowance // who allowed the retry that is under way; nil if nobody was asked
	own      purse      // of an operation without an Op
	looked   bool       // for the context's deadline
}

// begin starts the loop, which is zero.
func (l *loop) begin(r *Retry) {
	if r == nil {
		r = &once
	}
	l.given, l.state.Attempt = r, 1
	r = r.Current()
	l.retry = r
	if r.MaxElapsed != 0 || r.Observe != nil {
		l.start = time.Now()
	}
}

// run is the loop, from the outcome of the first attempt on.
func (l *loop) run(ctx context.Context, op *Op, fn func(context.Context) error, err error) error {
	for {
		more, final := l.again(ctx, op, err)
		if !more {
			return final
		}
		if l.retry.wraps() {
			err = l.attempt(ctx, fn)
		} else { // as attempt does, but without the call: a tenth of an operation that fails twice
			err = fn(ctx)
		}
	}
}

// again takes the outcome of an attempt: it decides, reports and waits. It reports whether
// there is to be another attempt; if not, final is what the caller gets.
func (l *loop) again(ctx context.Context, op *Op, err error) (more bool, final error) {
	if err == nil {
		if l.retry.Attends() {
			l.succeeded(ctx, op)
		}
		return false, nil
	}
	if l.state.Attempt == 1 {
		if invalid := l.given.Validate(); invalid != nil {
			return false, errors.Join(err, invalid)
		}
	}
	l.look(ctx, op)
	if l.state.Deadline != 0 {
		l.expire(ctx)
	}
	if !l.retry.delayless() {
		l.state.Draw = rand.Float64()
	}
	l.retry.decide(&l.state, err, &l.decision)
	if l.decision.Reason == Retrying && (l.retry.Budget != nil || allowances.Load()) {
		l.ask(ctx, op, err)
	}
	l.report(ctx, op, err, false)
	if l.decision.Reason == Retrying && (l.decision.Delay > 0 || l.retry.Observe != nil) {
		if l.decision.Delay > 0 {
			sleep(ctx, l.decision.Delay)
		}
		l.awake(ctx, op, err)
	}
	if l.decision.Reason != Retrying {
		return false, l.final(ctx, err)
	}
	l.state.Prev = l.decision.Delay
	l.state.Attempt++
	return true, nil
}

// look brings the state up to date with context, operation and clock.
func (l *loop) look(ctx context.Context, op *Op) {
	l.state.Canceled = ctx.Err() != nil
	if op != nil {
		l.state.Replay = op.Replay
	}
	l.state.Off = l.retry.isOff()
	if !l.looked {
		l.until(ctx)
	}
	l.clock()
}

// clock brings the time up to date, where it matters: to most operations it does not, and the clock costs 40 ns.
func (l *loop) clock() {
	if !l.start.IsZero() {
		l.state.Elapsed = time.Since(l.start)
	}
}

// until learns when the context ends: once is enough.
func (l *loop) until(ctx context.Context) {
	l.looked = true
	deadline, limited := ctx.Deadline()
	if !limited {
		return
	}
	if l.start.IsZero() {
		l.start = time.Now()
	}
	if l.state.Deadline = deadline.Sub(l.start); l.state.Deadline == 0 {
		l.state.Deadline = -1 // 0 would mean never
	}
}

// grace is how long a context whose deadline has passed is given to end: its timer fires
// some microseconds after the deadline of a connection that was set to the same instant.
const grace = 10 * time.Millisecond

// expire lets a context that is past its deadline end, so that the error can tell its cause.
func (l *loop) expire(ctx context.Context) {
	s := &l.state
	if s.Elapsed < s.Deadline || s.Canceled {
		return
	}
	sleep(ctx, grace)
	s.Canceled = ctx.Err() != nil
}

// ask asks the allowance and the budget for a retry, and decides anew if one refuses.
func (l *loop) ask(ctx context.Context, op *Op, err error) {
	r := l.retry
	allowed := allowanceOf(ctx)
	switch {
	case !allowed.take():
		l.state.AllowanceSpent = true
	case r.Budget != nil && !r.Budget.take(l.purse(op), op.node(), r.Budget.cost(l.decision.Class)):
		allowed.give()
		l.state.Spent = true
	default:
		l.allowed = allowed
		return
	}
	r.decide(&l.state, err, &l.decision)
}

// unask gives back what was paid for a retry that never was.
func (l *loop) unask(op *Op) {
	l.allowed.give()
	l.allowed = nil
	if l.retry.Budget != nil {
		l.retry.Budget.unpay(l.purse(op))
	}
}

// purse returns that of the operation, which it shares with other loops that run it.
func (l *loop) purse(op *Op) *purse {
	if op != nil {
		return &op.purse
	}
	return &l.own
}

// awake comes after the delay. If meanwhile the context ended, or so much time went by that no attempt may
// begin any more, it decides anew. Without a delay too: Observe may have taken time, or
// ended the context.
func (l *loop) awake(ctx context.Context, op *Op, err error) {
	late := l.retry.MaxElapsed != 0 && time.Since(l.start) > l.retry.MaxElapsed
	off := l.retry.isOff()
	if !late && !off && ctx.Err() == nil {
		return
	}
	l.look(ctx, op)
	l.state.Off = l.state.Off || off // they may be on again by now, but the retry is given back
	l.unask(op)
	l.retry.decide(&l.state, err, &l.decision)
	l.report(ctx, op, err, true)
}

// succeeded ends the loop after an attempt without an error.
func (l *loop) succeeded(ctx context.Context, op *Op) {
	r := l.retry
	if r.Budget != nil {
		r.Budget.succeeded(l.purse(op), op.node())
	}
	if r.Observe != nil {
		l.look(ctx, op)
		r.decide(&l.state, nil, &l.decision)
		l.report(ctx, op, nil, false)
	}
}

// report tells the observer, if there is one, of a decision; again if it takes the place of one about the same attempt. It is
// apart from tell so that the compiler makes no call where nobody observes.
func (l *loop) report(ctx context.Context, op *Op, err error, again bool) {
	if l.retry.Observe != nil {
		l.tell(ctx, op, err, again)
	}
}

func (l *loop) tell(ctx context.Context, op *Op, err error, again bool) {
	e := Event{Policy: l.retry.digest, Again: again, State: l.state, Err: err, Decision: l.decision}
	if op != nil {
		e.Op, e.Node = op.Name, op.Node
	}
	l.retry.Observe(ctx, e)
}

// final returns what the caller gets: the error itself if it was the only attempt, unless
// the context ended and the error does not say so.
func (l *loop) final(ctx context.Context, err error) error {
	if l.decision.Reason == Canceled {
		return l.canceled(ctx, err)
	}
	if l.state.Attempt == 1 {
		return err
	}
	return &Error{Attempts: l.state.Attempt, Reason: l.decision.Reason, Err: err}
}

// canceled is final where the context ended.
func (l *loop) canceled(ctx context.Context, err error) error {
	cause, ended := context.Cause(ctx), ctx.Err()
	if l.state.Attempt == 1 && errtree.Is(err, cause) && errtree.Is(err, ended) {
		return err
	}
	e := &Error{Attempts: l.state.Attempt, Reason: Canceled, Err: err, Cause: cause}
	if !errtree.Is(cause, ended) {
		e.ended = ended
	}
	return e
}
