package policy_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/reprise-go/reprise/policy"
)

// isEach fails unless errors.Is finds each target in err.
func isEach(t *testing.T, err error, targets ...error) {
	t.Helper()
	for _, target := range targets {
		if !errors.Is(err, target) {
			t.Errorf("%q does not say %q", err, target)
		}
	}
}

// ways are the ways to run an operation; each must treat the context alike.
var ways = map[string]func(*policy.Retry, context.Context, func(context.Context) error) error{
	"Do": (*policy.Retry).Do,
	"DoOp": func(r *policy.Retry, ctx context.Context, fn func(context.Context) error) error {
		return r.DoOp(ctx, &policy.Op{Name: "get"}, fn)
	},
	"Value": func(r *policy.Retry, ctx context.Context, fn func(context.Context) error) error {
		_, err := policy.Value(ctx, r, func(ctx context.Context) (int, error) { return 0, fn(ctx) })
		return err
	},
	"Attempts": func(r *policy.Retry, ctx context.Context, fn func(context.Context) error) error {
		var err error
		for range r.Attempts(ctx, &err) {
			err = fn(ctx)
		}
		return err
	},
}

// eachWay runs f as a subtest for each way to run an operation.
func eachWay(t *testing.T, f func(t *testing.T, do func(*policy.Retry, context.Context, func(context.Context) error) error)) {
	t.Helper()
	for name, do := range ways {
		t.Run(name, func(t *testing.T) { f(t, do) })
	}
}

func TestEndedBeforeTheStart(t *testing.T) {
	eachWay(t, func(t *testing.T, do func(*policy.Retry, context.Context, func(context.Context) error) error) {
		synctest.Test(t, func(t *testing.T) {
			var events []policy.Event
			r := record(steady(3), &events)
			canceled, cancel := context.WithCancel(t.Context())
			cancel()
			caused, cancelCause := context.WithCancelCause(t.Context())
			cancelCause(errCause)
			expired, cancel := context.WithTimeout(t.Context(), -1)
			defer cancel()
			for ctx, want := range map[context.Context]error{canceled: context.Canceled, caused: errCause, expired: context.DeadlineExceeded} {
				op := fails(errTransient)
				if err := do(&r, ctx, op.run); !same(err, want) || op.runs != 0 {
					t.Errorf("%d runs, then %v; want none, then %v", op.runs, err, want)
				}
			}
			if len(events) != 0 {
				t.Errorf("%d decisions about nothing", len(events))
			}
		})
	})
}

func TestEndedDuringAnAttempt(t *testing.T) {
	eachWay(t, func(t *testing.T, do func(*policy.Retry, context.Context, func(context.Context) error) error) {
		for last := 1; last <= 3; last++ {
			ctx, cancel := context.WithCancelCause(t.Context())
			r, op := atOnce(9), fails(errTransient)
			err := do(&r, ctx, func(ctx context.Context) error {
				if op.runs+1 == last {
					cancel(errCause)
				}
				return op.run(ctx)
			})
			e := asError(t, err)
			if op.runs != last || e.Attempts != last || e.Reason != policy.Canceled || !same(e.Err, errTransient) || !same(e.Cause, errCause) {
				t.Errorf("%d runs, then %#v; want %d", op.runs, e, last)
			}
			isEach(t, err, errTransient, errCause, context.Canceled)
		}
	})
}

// The operation noticed by itself: there is nothing to add to its error.
func TestEndedAndSaidSo(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r := steady(3)
	err := r.Do(ctx, func(ctx context.Context) error {
		cancel()
		return ctx.Err()
	})
	if !same(err, context.Canceled) {
		t.Errorf("got %#v, want context.Canceled untouched", err)
	}

	// After a retry there is: how often it was tried.
	again, cancelAgain := context.WithCancel(t.Context())
	r, op := atOnce(3), fails(errTransient, context.Canceled)
	err = r.Do(again, func(ctx context.Context) error {
		err := op.run(ctx)
		if op.runs == 2 {
			cancelAgain()
		}
		return err
	})
	if e := asError(t, err); e.Attempts != 2 || e.Reason != policy.Canceled || !same(e.Err, context.Canceled) {
		t.Errorf("got %#v", e)
	}

	// With a cause it says only half of it.
	caused, cancelCause := context.WithCancelCause(t.Context())
	err = r.Do(caused, func(ctx context.Context) error {
		cancelCause(errCause)
		return ctx.Err()
	})
	isEach(t, err, errCause, context.Canceled)
	if e := asError(t, err); e.Attempts != 1 || !same(e.Err, context.Canceled) {
		t.Errorf("got %#v", e)
	}
}

func TestEndedDuringADelay(t *testing.T) {
	eachWay(t, func(t *testing.T, do func(*policy.Retry, context.Context, func(context.Context) error) error) {
		r, op := steady(9), fails(errTransient)
		took := inBubble(t, func(ctx context.Context) {
			ctx, cancel := context.WithCancelCause(ctx)
			defer time.AfterFunc(2500*ms, func() { cancel(errCause) }).Stop()
			err := do(&r, ctx, op.run)
			isEach(t, err, errTransient, errCause, context.Canceled)
			e := asError(t, err)
			if op.runs != 3 || e.Attempts != 3 || e.Reason != policy.Canceled {
				t.Errorf("%d runs, then %#v; want 3", op.runs, e)
			}
		})
		if took != 2500*ms {
			t.Errorf("it took %v, want to return as the context ends, after 2.5s", took)
		}
	})
}

// The context ended while the loop slept after the only attempt: two things must be said.
func TestEndedDuringTheFirstDelay(t *testing.T) {
	r := steady(9)
	inBubble(t, func(ctx context.Context) {
		ctx, cancel := context.WithCancel(ctx)
		defer time.AfterFunc(ms, cancel).Stop()
		err := r.Do(ctx, fails(errTransient).run)
		isEach(t, err, errTransient, context.Canceled)
		if e := asError(t, err); e.Attempts != 1 || !same(e.Cause, context.Canceled) {
			t.Errorf("got %#v", e)
		}
	})
}

// The context has ended when the delay does, so that a select would pick either.
func TestEndedAsTheDelayEnds(t *testing.T) {
	for range 1000 {
		ctx, cancel := context.WithCancel(t.Context())
		r, op := brief(9), fails(errTransient)
		r.Observe = func(context.Context, policy.Event) { cancel() }
		if e := asError(t, r.Do(ctx, op.run)); op.runs != 1 || e.Attempts != 1 || e.Reason != policy.Canceled {
			t.Fatalf("%d runs, then %#v; want 1", op.runs, e)
		}
	}
}

// Peers run the operation again about every other time when there is no delay.
func TestEndedBetweenRetriesWithoutADelay(t *testing.T) {
	for range 1000 {
		ctx, cancel := context.WithCancel(t.Context())
		r, op := atOnce(policy.Unlimited), fails(errTransient)
		r.Observe = func(_ context.Context, e policy.Event) {
			if e.State.Attempt == 2 {
				cancel()
			}
		}
		err := r.Do(ctx, op.run)
		if e := asError(t, err); op.runs != 2 || e.Attempts != 2 || e.Reason != policy.Canceled {
			t.Fatalf("%d runs, then %#v; want 2", op.runs, e)
		}
	}
}

func TestSuccessAfterTheEndIsASuccess(t *testing.T) {
	eachWay(t, func(t *testing.T, do func(*policy.Retry, context.Context, func(context.Context) error) error) {
		for _, op := range []*script{fails(nil), fails(errTransient, nil)} {
			ctx, cancel := context.WithCancel(t.Context())
			r := atOnce(3)
			err := do(&r, ctx, func(ctx context.Context) error {
				err := op.run(ctx)
				if err == nil {
					cancel()
				}
				return err
			})
			if err != nil {
				t.Errorf("got %v, want the success that there was", err)
			}
		}
	})
}

// A context of somebody's own making, whose end cannot be compared with ==.
type oddContext struct{ context.Context }

type oddError []string

func (oddContext) Err() error  { return oddError{"over"} }
func (oddError) Error() string { return "over" }

func TestEndsThatCannotBeCompared(t *testing.T) {
	ctx := &lateContext{oddContext{context.Background()}, false}
	r := atOnce(3)
	err := r.Do(ctx, func(context.Context) error {
		ctx.over = true
		return errTransient
	})
	isEach(t, err, errTransient)
	if found := oddError(nil); !errors.As(err, &found) {
		t.Errorf("%v does not say why the context ended", err)
	}
}

// lateContext is an oddContext that ends when it is told to.
type lateContext struct {
	oddContext
	over bool
}

func (c *lateContext) Err() error {
	if !c.over {
		return nil
	}
	return c.oddContext.Err()
}
