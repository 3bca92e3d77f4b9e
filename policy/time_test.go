package policy_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

// A delay that cannot end before the deadline is not begun.
func TestDeadlineLookAhead(t *testing.T) {
	for _, tt := range []struct {
		deadline, took time.Duration
		runs           int
	}{
		{500 * ms, 0, 1},
		{time.Second, 0, 1},
		{time.Second + 1, time.Second, 2},
		{2500 * ms, 2 * time.Second, 3},
		{3 * time.Second, 2 * time.Second, 3},
		{time.Hour, 9 * time.Second, 10},
	} {
		var events []policy.Event
		for _, r := range []policy.Retry{steady(9), record(steady(9), &events)} {
			op := fails(errTransient)
			took := inBubble(t, func(ctx context.Context) {
				ctx, cancel := context.WithTimeout(ctx, tt.deadline)
				defer cancel()
				err := r.Do(ctx, op.run)
				if ctx.Err() != nil {
					t.Errorf("deadline %v: it came back with the context's end", tt.deadline)
				}
				if op.runs == 1 {
					if !same(err, errTransient) {
						t.Errorf("deadline %v: got %#v, want it untouched", tt.deadline, err)
					}
					return
				}
				want := policy.Error{Attempts: tt.runs, Reason: policy.OutOfTime, Err: errTransient}
				if op.runs == 10 {
					want.Reason = policy.OutOfRetries
				}
				if e := asError(t, err); *e != want {
					t.Errorf("deadline %v: got %+v, want %+v", tt.deadline, *e, want)
				}
			})
			if took != tt.took || op.runs != tt.runs {
				t.Errorf("deadline %v: %d runs in %v, want %d in %v", tt.deadline, op.runs, took, tt.runs, tt.took)
			}
		}
		if last := events[len(events)-1]; tt.runs < 10 && (last.Decision.Reason != policy.OutOfTime || last.State.Deadline != tt.deadline) {
			t.Errorf("deadline %v: the last event is %+v", tt.deadline, last)
		}
	}
}

// The deadline has come, and a context that has not noticed.
type sleepyContext struct {
	context.Context
	deadline time.Time
}

func (c sleepyContext) Deadline() (time.Time, bool) { return c.deadline, true }

func TestDeadlineThatHasPassed(t *testing.T) {
	for _, late := range []time.Duration{0, 1, time.Hour} {
		for _, start := range []bool{false, true} {
			inBubble(t, func(ctx context.Context) {
				var events []policy.Event
				r := atOnce(3)
				if start {
					r = record(r, &events)
				}
				op := fails(errTransient)
				if err := r.Do(sleepyContext{ctx, time.Now().Add(-late)}, op.run); !same(err, errTransient) || op.runs != 1 {
					t.Errorf("deadline %v ago: %d runs, then %v; want one", late, op.runs, err)
				}
				if start && (events[0].Decision.Reason != policy.OutOfTime || events[0].State.Deadline >= 0) {
					t.Errorf("deadline %v ago: %+v", late, events[0])
				}
			})
		}
	}
}

func TestMaxElapsed(t *testing.T) {
	for _, tt := range []struct {
		limit, attempt time.Duration
		began          []time.Duration
		took           time.Duration
	}{
		{1, 0, []time.Duration{0}, 0},
		{time.Second - 1, 0, []time.Duration{0}, 0},
		{time.Second, 0, []time.Duration{0, time.Second}, time.Second},
		{2 * time.Second, 500 * ms, []time.Duration{0, 1500 * ms}, 2 * time.Second},
		{3 * time.Second, 500 * ms, []time.Duration{0, 1500 * ms, 3 * time.Second}, 3500 * ms},
		{time.Second, time.Hour, []time.Duration{0}, time.Hour}, // it interrupts nothing
	} {
		r := steady(policy.Unlimited)
		r.MaxElapsed = tt.limit
		var began []time.Duration
		took := inBubble(t, func(ctx context.Context) {
			start := time.Now()
			err := r.Do(ctx, func(context.Context) error {
				began = append(began, time.Since(start))
				pass(tt.attempt)
				return errTransient
			})
			isEach(t, err, errTransient)
		})
		if !slices.Equal(began, tt.began) || took != tt.took {
			t.Errorf("MaxElapsed %v, attempts of %v: began at %v, over after %v; want %v and %v", tt.limit, tt.attempt, began, took, tt.began, tt.took)
		}
	}
}

// An observer that takes its time delays the next attempt beyond MaxElapsed, and it does not begin.
func TestMaxElapsedWithASlowObserver(t *testing.T) {
	for _, r := range []policy.Retry{steady(3), atOnce(3)} {
		var events []policy.Event
		r = record(r, &events)
		r.MaxElapsed = 2 * time.Second
		note := r.Observe
		r.Observe = func(ctx context.Context, e policy.Event) {
			note(ctx, e)
			pass(time.Minute)
		}
		op := fails(errTransient)
		inBubble(t, func(ctx context.Context) {
			if err := r.Do(ctx, op.run); !same(err, errTransient) || op.runs != 1 {
				t.Errorf("%d runs, then %v; want one", op.runs, err)
			}
		})
		if got, want := reasons(events), []policy.Reason{policy.Retrying, policy.OutOfTime}; !slices.Equal(got, want) {
			t.Errorf("events %v, want %v", got, want)
		}
	}
}

// hangs waits for the end of its context.
func hangs(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

func TestAttemptTimeout(t *testing.T) {
	var events []policy.Event
	r := record(atOnce(2), &events)
	r.AttemptTimeout = time.Second
	took := inBubble(t, func(ctx context.Context) {
		err := r.Do(ctx, hangs)
		if e := asError(t, err); *e != (policy.Error{Attempts: 3, Reason: policy.OutOfRetries, Err: context.DeadlineExceeded}) {
			t.Errorf("got %+v", *e)
		}
	})
	if took != 3*time.Second {
		t.Errorf("it took %v, want 3s", took)
	}
	want := classify.Verdict{Class: classify.Ambiguous, Kind: classify.Timeout}
	for _, e := range events {
		if e.Decision.Verdict != want || !e.State.TimedOut || e.State.Canceled {
			t.Errorf("got %+v, want %+v", e, want)
		}
	}
}

// What may have been executed, and would do harm a second time, is not run again.
func TestAttemptTimeoutOfWhatMustNotRunTwice(t *testing.T) {
	r := atOnce(2)
	r.AttemptTimeout = time.Second
	took := inBubble(t, func(ctx context.Context) {
		if err := r.DoOp(ctx, &policy.Op{Replay: classify.Accumulating}, hangs); !same(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want it untouched", err)
		}
	})
	if took != time.Second {
		t.Errorf("it took %v, want 1s", took)
	}
}

func TestAttemptTimeoutAndTheCallersContext(t *testing.T) {
	for _, tt := range []struct {
		name string
		end  func(context.Context) (context.Context, context.CancelFunc)
		runs int
		took time.Duration
	}{
		{"ends first", func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 500*ms)
		}, 1, 500 * ms},
		{"ends during the second attempt", func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 1500*ms)
		}, 2, 1500 * ms},
		{"is canceled during the second attempt", func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			timer := time.AfterFunc(1500*ms, cancel)
			return ctx, func() { timer.Stop(); cancel() }
		}, 2, 1500 * ms},
	} {
		var events []policy.Event
		r := record(atOnce(5), &events)
		r.AttemptTimeout = time.Second
		runs := 0
		took := inBubble(t, func(ctx context.Context) {
			ctx, cancel := tt.end(ctx)
			defer cancel()
			err := r.Do(ctx, func(ctx context.Context) error {
				runs++
				return hangs(ctx)
			})
			isEach(t, err, ctx.Err())
		})
		last := events[len(events)-1]
		if runs != tt.runs || took != tt.took || last.Decision.Reason != policy.Canceled || last.State.TimedOut || !last.State.Canceled {
			t.Errorf("%s: %d runs in %v, the last event %+v", tt.name, runs, took, last)
		}
	}
}

// Both end at the same instant: whichever is seen first, there is no other attempt.
func TestAttemptTimeoutAtTheDeadline(t *testing.T) {
	for range 20 {
		r := atOnce(5)
		r.AttemptTimeout = time.Second
		took := inBubble(t, func(ctx context.Context) {
			ctx, cancel := context.WithTimeout(ctx, time.Second)
			defer cancel()
			if err := r.Do(ctx, hangs); !same(err, context.DeadlineExceeded) {
				t.Errorf("got %v, want it untouched", err)
			}
		})
		if took != time.Second {
			t.Errorf("it took %v, want 1s", took)
		}
	}
}

// The attempt's context goes with the attempt.
func TestAttemptTimeoutLeavesNoContextBehind(t *testing.T) {
	r := atOnce(2)
	r.AttemptTimeout = time.Second
	inBubble(t, func(ctx context.Context) {
		var own []context.Context
		_ = r.Do(ctx, func(ctx context.Context) error {
			if d, ok := ctx.Deadline(); !ok || time.Until(d) != time.Second {
				t.Errorf("an attempt has until %v", d)
			}
			own = append(own, ctx)
			return errTransient
		})
		for _, ctx := range own {
			if !errors.Is(ctx.Err(), context.Canceled) {
				t.Errorf("a context is left: %v", ctx.Err())
			}
		}
	})
}

// A deadline far away, an attempt that takes time and a strategy without a limit.
func TestDeadlineAndLongDelays(t *testing.T) {
	r := policy.Retry{Retries: policy.Unlimited, Backoff: backoff.Exponential{Base: time.Hour, Cap: backoff.Uncapped}}
	took := inBubble(t, func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(ctx, 24*time.Hour)
		defer cancel()
		if e := asError(t, r.Do(ctx, fails(errTransient).run)); e.Attempts != 4 || e.Reason != policy.OutOfTime {
			t.Errorf("got %+v", e)
		}
	})
	if want := 14 * time.Hour; took != want { // 2 + 4 + 8
		t.Errorf("it took %v, want %v", took, want)
	}
}
