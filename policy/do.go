package policy

import (
	"context"
	"fmt"
	"iter"

	"github.com/reprise-go/reprise/classify"
)

// Op is what an adapter knows of an operation. The function that runs it may change the
// fields: the loop reads them after each failure.
type Op struct {
	Name   string          // for events: a command's name; never keys or values
	Node   string          // for events and the Budget: the address it went to
	Replay classify.Replay // the rung; not said counts as classify.ReadOnly

	purse purse
}

// node returns the address, "" if nobody knows.
func (op *Op) node() string {
	if op == nil {
		return ""
	}
	return op.Node
}

// Do runs fn until it succeeds or the policy says stop. Passing it here declares fn safe to run
// more than once. See the package documentation for the error that comes back. fn gets ctx, or with AttemptTimeout,
// MinAttempt or Inform a context derived from it. A nil *Retry makes one attempt.
func (r *Retry) Do(ctx context.Context, fn func(context.Context) error) error {
	return r.DoOp(ctx, nil, fn)
}

// DoOp is [Retry.Do] for adapters, which know what they run and which of it may be run
// again. A nil op is that of Do.
func (r *Retry) DoOp(ctx context.Context, op *Op, fn func(context.Context) error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if r.Attends() {
		return r.attend(ctx, op, fn)
	}
	err := fn(ctx)
	if err == nil {
		return nil
	}
	return r.Resume(ctx, op, fn, err)
}

// attend is DoOp for policies that have to do with success too. It is apart so that the others need no room for a loop on
// the stack.
func (r *Retry) attend(ctx context.Context, op *Op, fn func(context.Context) error) error {
	var l loop
	l.begin(r)
	return l.run(ctx, op, fn, l.attempt(ctx, fn))
}

// Resume is [Retry.DoOp] from the outcome of the first attempt on, for adapters that make it themselves: without
// fn, which costs some nanoseconds even where nothing fails. The first attempt ended with err, and fn makes the
// others. It is for policies that do not attend to success: see [Retry.Attends].
func (r *Retry) Resume(ctx context.Context, op *Op, fn func(context.Context) error, err error) error {
	var l loop
	l.begin(r)
	return l.run(ctx, op, fn, err)
}

// Attends reports whether the policy has to do with operations that succeed at once: it has an Observe, a Budget,
// MaxElapsed, AttemptTimeout, MinAttempt, Inform or Live. A nil *Retry has not.
func (r *Retry) Attends() bool {
	return r != nil && (r.Observe != nil || r.Budget != nil || r.MaxElapsed != 0 || r.Live != nil || r.wraps())
}

// Value is [Retry.Do] for functions that return a value as well. It returns the value of the last
// attempt, whatever the error; the zero value if there was no attempt.
func Value[T any](ctx context.Context, r *Retry, fn func(context.Context) (T, error)) (T, error) {
	if r.Attends() || ctx.Err() != nil {
		var v T
		err := r.Do(ctx, keep(&v, fn))
		return v, err
	}
	v, err := fn(ctx) // as DoOp does, but without a closure: a third less where nothing fails
	if err == nil {
		return v, nil
	}
	last := v // or v, whose address is taken, would live in memory from the start
	err = r.Resume(ctx, nil, keep(&last, fn), err)
	return last, err
}

// keep returns fn without its value, which it leaves in v.
func keep[T any](v *T, fn func(context.Context) (T, error)) func(context.Context) error {
	return func(ctx context.Context) (err error) {
		*v, err = fn(ctx)
		return err
	}
}

// Attempts is Do as a range loop, for bodies that want to break, continue or return:
//
//	var err error
//	for n := range r.Attempts(ctx, &err) {
//		err = send(ctx, order)
//	}
//
// It yields the number of each attempt, from 1. The body stores the attempt's error in *err; an
// attempt that stores none, or breaks while *err is nil, has succeeded. When the loop ends *err is what Do
// would return; after a break it is what the body stored. AttemptTimeout cannot be kept here, since
// the body runs with the caller's context: a policy that has one, or MinAttempt or Inform, makes no attempt, and *err says so. A
// nil err is an error that nobody sees.
func (r *Retry) Attempts(ctx context.Context, err *error) iter.Seq[int] {
	return func(yield func(int) bool) { r.attempts(ctx, err, yield) }
}

func (r *Retry) attempts(ctx context.Context, err *error, yield func(int) bool) {
	if err == nil {
		err = new(error)
	}
	if ctx.Err() != nil {
		*err = context.Cause(ctx)
		return
	}
	var l loop
	l.begin(r)
	if l.retry.wraps() {
		*err = fmt.Errorf("policy: AttemptTimeout is %v, MinAttempt %v and Inform %v; allowed in Attempts: 0, 0 and false, "+
			"since the body has the caller's context; use Do", l.retry.AttemptTimeout, l.retry.MinAttempt, l.retry.Inform)
		return
	}
	for {
		*err = nil
		more := yield(l.state.Attempt)
		if !more && *err != nil {
			return
		}
		more, final := l.again(ctx, nil, *err)
		if !more {
			*err = final
			return
		}
	}
}
