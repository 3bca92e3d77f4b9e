package policy_test

import (
	"context"
	"testing"
	"time"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

// failTwice runs an operation that fails twice, in each way, as closures that capture variables.
var failTwice = map[string]func(r *policy.Retry, ctx context.Context) (int, error){
	"Do": func(r *policy.Retry, ctx context.Context) (int, error) {
		n := 0
		err := r.Do(ctx, func(context.Context) error {
			n++
			if n <= 2 {
				return errTransient
			}
			return nil
		})
		return n, err
	},
	"DoOp": func(r *policy.Retry, ctx context.Context) (int, error) {
		n := 0
		op := policy.Op{Name: "get"}
		err := r.DoOp(ctx, &op, func(context.Context) error {
			op.Node = "a:1"
			n++
			if n <= 2 {
				return errTransient
			}
			return nil
		})
		return n, err
	},
	"Value": func(r *policy.Retry, ctx context.Context) (int, error) {
		n := 0
		return policy.Value(ctx, r, func(context.Context) (int, error) {
			n++
			if n <= 2 {
				return n, errTransient
			}
			return n, nil
		})
	},
	"Attempts": func(r *policy.Retry, ctx context.Context) (int, error) {
		var err error
		last := 0
		for n := range r.Attempts(ctx, &err) {
			last = n
			if n <= 2 {
				err = errTransient
			}
		}
		return last, err
	},
}

// plenty is a budget for as many retries as a test makes.
func plenty() *policy.Budget { return &policy.Budget{Capacity: 1e9, Floor: policy.NoFloor} }

// doesNotAllocate fails if f does, once it is warm.
func doesNotAllocate(t *testing.T, what string, f func()) {
	t.Helper()
	if got := testing.AllocsPerRun(100, f); got != 0 {
		t.Errorf("%s: %v allocations, want 0", what, got)
	}
}

func TestSuccessDoesNotAllocate(t *testing.T) {
	ctx := t.Context()
	r := policy.Retry{Retries: 3}
	budgeted := policy.Retry{Retries: 3, Budget: plenty(), MaxElapsed: time.Hour, Observe: func(context.Context, policy.Event) {}}
	for name, r := range map[string]*policy.Retry{"plain": &r, "nil": nil, "with all but a timeout": &budgeted} {
		n := 0
		doesNotAllocate(t, name+" Do", func() { _ = r.Do(ctx, func(context.Context) error { n++; return nil }) })
		doesNotAllocate(t, name+" DoOp", func() {
			op := policy.Op{Name: "get"}
			_ = r.DoOp(ctx, &op, func(context.Context) error { op.Node = "a:1"; return nil })
		})
		doesNotAllocate(t, name+" Value", func() {
			v, _ := policy.Value(ctx, r, func(context.Context) (string, error) { n++; return "value", nil })
			n += len(v)
		})
		doesNotAllocate(t, name+" Attempts", func() {
			var err error
			for i := range r.Attempts(ctx, &err) {
				n += i
			}
		})
	}
	doesNotAllocate(t, "Decide", func() { _ = r.Decide(policy.State{Attempt: 1}, nil) })
}

func TestFailureDoesNotAllocate(t *testing.T) {
	r := policy.Retry{Retries: 3}
	for _, err := range []error{errTransient, errPermanent, errUnknown, errTimeout} {
		doesNotAllocate(t, "Decide", func() { _ = r.Decide(policy.State{Attempt: 1, Draw: 0.5}, err) })
	}
	doesNotAllocate(t, "the only attempt", func() { _ = r.Do(t.Context(), func(context.Context) error { return errPermanent }) })
}

func TestRetryWithoutADelayDoesNotAllocate(t *testing.T) {
	plain := policy.Retry{Retries: 3, Backoff: backoff.NoBackoff{}}
	full := plain
	full.Budget, full.MaxElapsed, full.Observe = plenty(), time.Hour, func(context.Context, policy.Event) {}
	full.On = []classify.Kind{classify.ClusterDown}
	deadline, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	for _, r := range []*policy.Retry{&plain, &full} {
		for _, ctx := range []context.Context{context.Background(), t.Context(), deadline} {
			for name, run := range failTwice {
				doesNotAllocate(t, name, func() {
					if n, err := run(r, ctx); n != 3 || err != nil {
						t.Errorf("%s: %d attempts, then %v; want success at the third", name, n, err)
					}
				})
			}
		}
	}
}

// Timers are reused: the first delays may allocate, later ones do not.
func TestRetryWithADelayDoesNotAllocate(t *testing.T) {
	if racing {
		t.Skip("under the race detector sync.Pool drops timers at random")
	}
	for _, s := range []backoff.Strategy{backoff.Constant(1), backoff.Constant(time.Microsecond), backoff.Full(backoff.Constant(time.Microsecond))} {
		r := policy.Retry{Retries: 3, Backoff: s}
		for _, ctx := range []context.Context{context.Background(), t.Context()} {
			for name, run := range failTwice {
				doesNotAllocate(t, name, func() { _, _ = run(&r, ctx) })
			}
		}
	}
}

// untouchable panics when it is asked for anything but its end, which comes twice: before the
// attempt, and never again.
type untouchable struct {
	context.Context // nil
	asked           int
}

func (u *untouchable) Err() error {
	u.asked++
	return nil
}

// Succeeding at once consults nothing: no strategy, no classifier, no deadline, no validation.
func TestSuccessTouchesNothing(t *testing.T) {
	r := policy.Retry{
		Retries: -9,
		Backoff: backoff.Func(func(int, time.Duration, float64) time.Duration { panic("a delay was asked for") }),
		Classify: func(error) classify.Verdict {
			panic("a verdict was asked for")
		},
		On: []classify.Kind{}, Replay: classify.Never, MaxElapsed: 0,
	}
	eachWay(t, func(t *testing.T, do func(*policy.Retry, context.Context, func(context.Context) error) error) {
		ctx := &untouchable{}
		if err := do(&r, ctx, func(got context.Context) error {
			if got != ctx {
				t.Error("the operation gets another context")
			}
			return nil
		}); err != nil || ctx.asked != 1 {
			t.Errorf("%v, with the context asked %d times; want success, with it asked once", err, ctx.asked)
		}
	})
}
