package proptest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

const (
	// enough is how many attempts a run follows. A policy that goes on for ever is given a success then.
	enough = 64
	// ages is longer than any test of a policy needs, and than virtual time has room for twenty times over.
	ages = 10 * 365 * 24 * time.Hour
)

// errUser is why a context ended.
var errUser = errors.New("the user has left")

// retryOperation is a generated run of a policy.
type retryOperation struct {
	script   Script
	deadline time.Duration // of the caller's context, if not 0
	cancelAt time.Duration // when the caller gives up, if not 0
	rung     classify.Replay
	// dice are the quantiles of the delays, so that a run can be repeated; if there are none the loop draws, as it does.
	dice []float64
}

func (o retryOperation) String() string {
	text := o.script.String()
	if o.rung != 0 {
		text += fmt.Sprintf("\nof the rung %v", o.rung)
	}
	if o.deadline > 0 && o.deadline != ages {
		text += fmt.Sprintf("\nwith a deadline after %v", o.deadline)
	}
	if o.cancelAt > 0 {
		text += fmt.Sprintf("\ncanceled after %v", o.cancelAt)
	}
	if len(o.dice) > 0 {
		text += fmt.Sprintf("\nat the quantiles %v…", o.dice)
	}
	return text
}

// GoString is String, for the log of rapid.
func (o retryOperation) GoString() string { return o.String() }

// operations draws runs in which most attempts fail with what r retries.
func (p *retryTrial) operations() *rapid.Generator[retryOperation] {
	return rapid.Custom(func(t *rapid.T) (o retryOperation) {
		for range rapid.IntRange(1, 10).Draw(t, "steps") {
			var s Step
			switch what := rapid.IntRange(0, 9).Draw(t, "what"); {
			case what == 9:
			case what == 8 || len(p.worth) == 0:
				s.Err = Errors(p.errs...).Draw(t, "error").Err
			default:
				s.Err = rapid.SampledFrom(p.worth).Draw(t, "usual error")
			}
			s = timed(t, s)
			s.Takes = apart(s.Takes, 0)
			o.script = append(o.script, s)
		}
		o.rung = rungs(0, classify.Never).Draw(t, "rung")
		if wait := p.plan.Wait.Max; wait > ages {
			o.deadline = ages
		}
		if rapid.IntRange(0, 2).Draw(t, "deadline") == 2 {
			o.deadline = apart(Delays(1, 10*time.Minute).Draw(t, "until"), 500*time.Microsecond)
		}
		if rapid.IntRange(0, 2).Draw(t, "canceled") == 2 {
			o.cancelAt = apart(Delays(1, 10*time.Minute).Draw(t, "at"), 250*time.Microsecond)
		}
		o.dice = rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom([]float64{0, 1}), rapid.Float64Range(0, 1)), 1, 4).Draw(t, "quantiles")
		return o
	})
}

// apart rounds d up to a millisecond and adds a part of one, so that what happens in a run does not happen at one instant, where
// either may be seen first.
func apart(d, part time.Duration) time.Duration {
	return (d + time.Millisecond - 1).Truncate(time.Millisecond) + part
}

// loaded is a strategy that a run can be repeated with: where chance has a say the dice have fallen.
type loaded struct {
	backoff.Strategy
	dice []float64
}

func (l loaded) Delay(n int, prev time.Duration, _ float64) time.Duration {
	return l.Strategy.Delay(n, prev, l.dice[(n-1)%len(l.dice)])
}

// String returns what a policy says of the strategy.
func (l loaded) String() string {
	if s, ok := l.Strategy.(fmt.Stringer); ok {
		return s.String()
	}
	return fmt.Sprintf("%T", l.Strategy)
}

// retryTrace is what happened in a run, with times since its start.
type retryTrace struct {
	r            policy.Retry // as it was run
	began, ended []time.Duration
	errs         []error // of each attempt
	events       []policy.Event
	took         time.Duration
	panicked     any
}

// perform runs the policy on the operation in virtual time. Nothing is asserted there: what fails in a bubble ends it.
func (p *retryTrial) perform(outside rapid.TB, within *rapid.T, o retryOperation) *retryTrace {
	got, r := new(retryTrace), p.r
	if b := r.Budget; b != nil {
		r.Budget = &policy.Budget{Capacity: b.Capacity, Cost: b.Cost, OverloadCost: b.OverloadCost, Refund: b.Refund, Floor: b.Floor, Keep: b.Keep}
	}
	if len(o.dice) > 0 {
		s := r.Backoff
		if s == nil {
			s = backoff.Default
		}
		r.Backoff = loaded{s, o.dice}
	}
	got.r = r
	r.Observe = func(ctx context.Context, e policy.Event) {
		got.events = append(got.events, e)
		if p.r.Observe != nil {
			p.r.Observe(ctx, e)
		}
	}
	inVirtualTime(outside, within, func(ctx context.Context) {
		start := time.Now()
		ctx, cancel := context.WithCancelCause(ctx)
		defer cancel(nil)
		if o.deadline > 0 {
			var stop context.CancelFunc
			ctx, stop = context.WithTimeoutCause(ctx, o.deadline, errUser)
			defer stop()
		}
		if o.cancelAt > 0 {
			defer time.AfterFunc(o.cancelAt, func() { cancel(errUser) }).Stop()
		}
		_, got.panicked = attempted(func() error {
			return p.Do(&r, ctx, &policy.Op{Replay: o.rung}, func(ctx context.Context) error {
				got.began = append(got.began, time.Since(start))
				s := o.script.Step(len(got.began))
				if len(got.began) >= enough {
					s = Step{}
				}
				err := s.Run(ctx)
				got.ended, got.errs = append(got.ended, time.Since(start)), append(got.errs, err)
				return err
			})
		})
		got.took = time.Since(start)
	})
	return got
}

// inVirtualTime runs f in virtual time, with a context of the bubble.
func inVirtualTime(outside rapid.TB, within *rapid.T, f func(context.Context)) {
	if t := testingT(outside); t != nil {
		synctest.Test(t, func(t *testing.T) { f(t.Context()) })
		return
	}
	// What is behind a *rapid.T only rapid can see.
	rapid.SyncTest(within, func(t *rapid.T) { f(t.Context()) })
}

// testingT returns the *testing.T that t is or unwraps to, or nil.
func testingT(t rapid.TB) *testing.T {
	for {
		switch behind := t.(type) {
		case *testing.T:
			return behind
		case interface{ Unwrap() rapid.TB }:
			t = behind.Unwrap()
		default:
			return nil
		}
	}
}
