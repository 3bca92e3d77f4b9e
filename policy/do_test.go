package policy_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

func TestUntouchedWhenUnretried(t *testing.T) {
	eachWay(t, func(t *testing.T, do func(*policy.Retry, context.Context, func(context.Context) error) error) {
		one := steady(0)
		spent := atOnce(3)
		spent.Budget = &policy.Budget{Capacity: 10, Cost: 10}
		_ = spent.Do(t.Context(), fails(errTransient).run) // takes all there is
		for _, tt := range []struct {
			r   policy.Retry
			err error
		}{
			{policy.Retry{}, errTransient},
			{one, errTransient},
			{steady(3), errPermanent},
			{steady(3), errUnknown},
			{steady(3), &net404{}},
			{spent, errTransient},
		} {
			op := fails(tt.err)
			if err := do(&tt.r, t.Context(), op.run); !same(err, tt.err) || op.runs != 1 {
				t.Errorf("%v: %d runs, then %#v, want one, then it untouched", tt.r, op.runs, err)
			}
		}
	})
}

// net404 is an error of a caller's own.
type net404 struct{ _ int }

func (*net404) Error() string { return "404" }

func TestNilRetryMakesOneAttempt(t *testing.T) {
	eachWay(t, func(t *testing.T, do func(*policy.Retry, context.Context, func(context.Context) error) error) {
		for _, want := range []error{nil, errTransient} {
			op := fails(want)
			if err := do(nil, t.Context(), op.run); !same(err, want) || op.runs != 1 {
				t.Errorf("%d runs, then %v; want one, then %v", op.runs, err, want)
			}
		}
	})
}

// The first failure comes back with the complaint, and there is no retry; a success goes through.
func TestInvalidPolicyDoesNotRetry(t *testing.T) {
	eachWay(t, func(t *testing.T, do func(*policy.Retry, context.Context, func(context.Context) error) error) {
		r := steady(3)
		r.MaxElapsed, r.On = -1, []classify.Kind{}
		op := fails(errTransient)
		err := do(&r, t.Context(), op.run)
		want := errTransient.Error() + "\n" + r.Validate().Error()
		if err == nil || err.Error() != want || op.runs != 1 {
			t.Errorf("%d runs, then %q, want one, then %q", op.runs, err, want)
		}
		isEach(t, err, errTransient)
		if err := do(&r, t.Context(), fails(nil).run); err != nil {
			t.Errorf("a success comes back as %v", err)
		}
	})
}

func TestPanicsPassThrough(t *testing.T) {
	eachWay(t, func(t *testing.T, do func(*policy.Retry, context.Context, func(context.Context) error) error) {
		for _, timeout := range []time.Duration{0, time.Second} {
			if timeout > 0 && strings.HasSuffix(t.Name(), "Attempts") {
				continue
			}
			inBubble(t, func(ctx context.Context) { // which fails if a goroutine is left
				r, runs := steady(3), 0
				r.AttemptTimeout = timeout
				defer func() {
					if got := recover(); got != any(errCause) || runs != 2 {
						t.Errorf("recovered %v in run %d, want what was thrown, in run 2", got, runs)
					}
				}()
				_ = do(&r, ctx, func(context.Context) error {
					runs++
					if runs == 2 {
						panic(errCause)
					}
					return errTransient
				})
			})
		}
	})
}

func TestGoexitPassesThrough(t *testing.T) {
	r, runs := atOnce(3), 0
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = r.Do(t.Context(), func(context.Context) error {
			runs++
			runtime.Goexit()
			return nil
		})
	}()
	<-done
	if runs != 1 {
		t.Errorf("%d runs, want 1", runs)
	}
}

func TestValueIsTheLastAttempts(t *testing.T) {
	r := atOnce(2)
	runs := 0
	count := func(outcomes ...error) func(context.Context) (string, error) {
		runs = 0
		op := fails(outcomes...)
		return func(ctx context.Context) (string, error) {
			runs++
			return fmt.Sprint("value ", runs), op.run(ctx)
		}
	}
	for _, tt := range []struct {
		outcomes []error
		want     string
		failed   bool
	}{
		{[]error{nil}, "value 1", false},
		{[]error{errTransient, nil}, "value 2", false},
		{[]error{errTransient}, "value 3", true},
		{[]error{errPermanent}, "value 1", true},
	} {
		v, err := policy.Value(t.Context(), &r, count(tt.outcomes...))
		if v != tt.want || (err != nil) != tt.failed {
			t.Errorf("%v: got %q, %v, want %q", tt.outcomes, v, err, tt.want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if v, err := policy.Value(ctx, &r, count(nil)); v != "" || !same(err, context.Canceled) || runs != 0 {
		t.Errorf("got %q, %v after %d runs, want no value", v, err, runs)
	}
}

// The function may change its Op; the loop reads it after each failure.
func TestDoOpReadsTheOpAfterEachFailure(t *testing.T) {
	var events []policy.Event
	r := record(atOnce(9), &events)
	op := policy.Op{Name: "incr", Node: "a:1", Replay: classify.ReadOnly}
	steps := []policy.Op{
		{Name: "incr", Node: "a:1", Replay: classify.ReadOnly},
		{Name: "incr", Node: "b:2", Replay: classify.Idempotent},
		{Name: "pipeline", Node: "c:3", Replay: classify.Accumulating}, // above the policy's rung
	}
	runs := 0
	err := r.DoOp(t.Context(), &op, func(context.Context) error {
		op = steps[runs]
		runs++
		return errAmbiguous
	})
	if e := asError(t, err); e.Reason != policy.NotReplayable || runs != 3 {
		t.Errorf("%d runs, then %+v", runs, e)
	}
	for i, e := range events {
		if got := (policy.Op{Name: e.Op, Node: e.Node, Replay: e.State.Replay}); got != steps[i] {
			t.Errorf("event %d: %+v, want %+v", i, got, steps[i])
		}
	}
}

// What is passed to Do is declared safe; an adapter's Op is not.
func TestDoDeclaresItSafe(t *testing.T) {
	r := atOnce(1)
	for _, tt := range []struct {
		op   *policy.Op
		runs int
	}{
		{nil, 2},
		{&policy.Op{}, 2},
		{&policy.Op{Replay: classify.Idempotent}, 2},
		{&policy.Op{Replay: classify.Convergent}, 1},
		{&policy.Op{Replay: classify.Never}, 1},
	} {
		op := fails(errAmbiguous)
		_ = r.DoOp(t.Context(), tt.op, op.run)
		if op.runs != tt.runs {
			t.Errorf("%+v: %d runs, want %d", tt.op, op.runs, tt.runs)
		}
	}
}

// Retries run on the caller's goroutine and start none.
func TestNoGoroutineIsStarted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		r := steady(20)
		r.MaxElapsed, r.AttemptTimeout, r.Budget = time.Minute, time.Second, &policy.Budget{}
		before := runtime.NumGoroutine()
		_ = r.Do(ctx, func(context.Context) error {
			// Fewer is no fault: one of the test binary's own may end meanwhile.
			if n := runtime.NumGoroutine(); n > before {
				t.Errorf("%d goroutines, want %d", n, before)
			}
			return errTransient
		})
	})
}

// One policy serves many goroutines.
func TestSharedByGoroutines(t *testing.T) {
	r := policy.Retry{Retries: 3, Budget: &policy.Budget{Capacity: 1 << 20}, MaxElapsed: time.Hour}
	synctest.Test(t, func(t *testing.T) {
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				op := fails(errTransient, errOverloaded, fmt.Errorf("get: %w", errTimeout), nil)
				if err := r.Do(t.Context(), op.run); err != nil || op.runs != 4 {
					t.Errorf("%d runs, then %v; want 4", op.runs, err)
				}
			})
		}
		all.Wait()
	})
}

func TestErrorTellsAllOfIt(t *testing.T) {
	for _, tt := range []struct {
		err  policy.Error
		want string
		is   []error
	}{
		{policy.Error{Attempts: 4, Reason: policy.OutOfRetries, Err: errUnknown}, "something else (out_of_retries after 4 attempts)", []error{errUnknown}},
		{
			policy.Error{Attempts: 1, Reason: policy.Canceled, Err: errUnknown, Cause: errCause},
			"something else (canceled after 1 attempt: the user has left)",
			[]error{errUnknown, errCause},
		},
		{policy.Error{}, "<nil> (succeeded after 0 attempts)", nil},
	} {
		if got := tt.err.Error(); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
		got := tt.err.Unwrap()
		if len(got) != len(tt.is) {
			t.Errorf("%v unwraps to %v, want %v", &tt.err, got, tt.is)
		}
		isEach(t, fmt.Errorf("call: %w", &tt.err), tt.is...)
		if errors.Is(&tt.err, context.Canceled) {
			t.Errorf("%v is a context's end", &tt.err)
		}
	}
}

func TestReasonNames(t *testing.T) {
	const want = "succeeded retrying not_retryable not_replayable out_of_retries out_of_time out_of_budget canceled out_of_allowance reason(9) reason(255)"
	var got []string
	for _, r := range []policy.Reason{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 255} {
		got = append(got, r.String())
	}
	if strings.Join(got, " ") != want {
		t.Errorf("got %v, want %v", got, want)
	}
}
