package policy

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

// loop is one operation under way. It lives on the stack of its goroutine.
type loop struct {
	retry *Retry
	op    *Op
	start time.Time // zero until the time matters
	state State
	cost  int // of the retry that is under way
}

// once is the policy of a nil *Retry.
var once Retry

func begin(r *Retry, op *Op) loop {
	if r == nil {
		r = &once
	}
	l := loop{retry: r, op: op, state: State{Attempt: 1}}
	if r.MaxElapsed != 0 || r.Observe != nil {
		l.start = time.Now()
	}
	return l
}

// attended reports whether a policy has to do with operations that succeed at once.
func (r *Retry) attended() bool {
	return r.Observe != nil || r.Budget != nil || r.MaxElapsed != 0 || r.AttemptTimeout > 0
}

// run is the loop, from the outcome of the first attempt on.
func (l *loop) run(ctx context.Context, fn func(context.Context) error, err error) error {
	for l.again(ctx, &err) {
		err = l.attempt(ctx, fn)
	}
	return err
}

// attempt runs fn once.
func (l *loop) attempt(ctx context.Context, fn func(context.Context) error) error {
	if l.retry.AttemptTimeout <= 0 {
		return fn(ctx)
	}
	own, cancel := context.WithTimeout(ctx, l.retry.AttemptTimeout)
	defer cancel()
	err := fn(own)
	l.state.TimedOut = own.Err() != nil && ctx.Err() == nil
	return err
}

// again takes the outcome of an attempt: it decides, reports and waits. It returns true if
// there is to be another attempt; else *err is what the caller gets.
func (l *loop) again(ctx context.Context, err *error) bool {
	if *err == nil {
		l.succeeded(ctx)
		return false
	}
	if l.state.Attempt == 1 {
		if invalid := l.retry.Validate(); invalid != nil {
			*err = errors.Join(*err, invalid)
			return false
		}
	}
	l.look(ctx)
	l.state.Draw = rand.Float64()
	d := l.decide(*err)
	l.report(ctx, *err, d)
	if d.Reason == Retrying && d.Delay > 0 {
		d = l.wait(ctx, *err, d)
	}
	if d.Reason != Retrying {
		*err = l.final(ctx, *err, d.Reason)
		return false
	}
	l.state.Prev = d.Delay
	l.state.Attempt++
	return true
}

// look brings the state up to date with clock, context and operation.
func (l *loop) look(ctx context.Context) {
	s := &l.state
	s.Canceled = ctx.Err() != nil
	if l.op != nil {
		s.Replay = l.op.Replay
	}
	deadline, limited := ctx.Deadline()
	if !limited && l.start.IsZero() {
		return
	}
	now := time.Now()
	if l.start.IsZero() {
		l.start = now
	}
	s.Elapsed = now.Sub(l.start)
	if limited {
		if s.Deadline = deadline.Sub(l.start); s.Deadline == 0 {
			s.Deadline = -1 // 0 would mean never
		}
	}
}

// decide asks the policy, and the budget if the policy would retry.
func (l *loop) decide(err error) Decision {
	r := l.retry
	l.state.Spent = false
	d := r.Decide(l.state, err)
	if d.Reason != Retrying || r.Budget == nil {
		return d
	}
	cost := r.Budget.cost(d.Class)
	if r.Budget.take(cost) {
		l.cost = cost
		return d
	}
	l.state.Spent = true
	return r.Decide(l.state, err)
}

// wait sleeps. If the context ends meanwhile, or the sleep took so long that no attempt may
// begin any more, it decides anew.
func (l *loop) wait(ctx context.Context, err error, d Decision) Decision {
	sleep(ctx, d.Delay)
	late := l.retry.MaxElapsed != 0 && time.Since(l.start) > l.retry.MaxElapsed
	if !late && ctx.Err() == nil {
		return d
	}
	l.look(ctx)
	if l.cost > 0 {
		l.retry.Budget.give(l.cost) // for a retry that never was
		l.cost = 0
	}
	d = l.retry.Decide(l.state, err)
	l.report(ctx, err, d)
	return d
}

// succeeded ends the loop after an attempt without an error.
func (l *loop) succeeded(ctx context.Context) {
	r := l.retry
	if r.Budget != nil {
		r.Budget.succeeded(l.cost)
	}
	if r.Observe != nil {
		l.look(ctx)
		l.report(ctx, nil, r.Decide(l.state, nil))
	}
}

func (l *loop) report(ctx context.Context, err error, d Decision) {
	if l.retry.Observe == nil {
		return
	}
	e := Event{State: l.state, Err: err, Decision: d}
	if l.op != nil {
		e.Op, e.Node = l.op.Name, l.op.Node
	}
	l.retry.Observe(ctx, e)
}

// final returns what the caller gets: the error itself if it was the only attempt, unless
// the context ended and the error does not say so.
func (l *loop) final(ctx context.Context, err error, why Reason) error {
	e := &Error{Attempts: l.state.Attempt, Reason: why, Err: err}
	if why == Canceled {
		e.Cause, e.ended = context.Cause(ctx), ctx.Err()
		if e.Attempts == 1 && errors.Is(err, e.Cause) && errors.Is(err, e.ended) {
			return err
		}
		return e
	}
	if e.Attempts == 1 {
		return err
	}
	return e
}
