package policy_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

// outcome is what one attempt does.
type outcome struct {
	err   error // a fault, or nil
	takes time.Duration
	hears bool // ends with its context, if that comes first
}

// operation is a generated run of a policy: what the attempts do, in turn and the last for ever, and when the
// caller's context ends, if not 0.
type operation struct {
	r        policy.Retry
	outcomes []outcome
	deadline time.Duration
	cancelAt time.Duration
	replay   classify.Replay
}

// trace is what happened in a run.
type trace struct {
	began    []time.Duration // each attempt, since the start
	errs     []error         // of each attempt
	events   []policy.Event
	err      error // that came back
	took     time.Duration
	ctxErr   error
	ctxCause error
	plain    bool // no redirect and no hint
}

func (o *operation) outcome(n int) outcome { return o.outcomes[min(n, len(o.outcomes))-1] }

func operations(policies *rapid.Generator[policy.Retry]) *rapid.Generator[*operation] {
	return rapid.Custom(func(t *rapid.T) *operation {
		o := &operation{r: policies.Draw(t, "policy"), replay: classify.Replay(rapid.IntRange(0, 5).Draw(t, "operation's rung"))}
		for i := range rapid.IntRange(1, 10).Draw(t, "outcomes") {
			next := outcome{
				takes: rapid.OneOf(rapid.Just(time.Duration(0)), span(time.Minute)).Draw(t, "takes"),
				hears: rapid.Bool().Draw(t, "hears"),
			}
			switch rapid.SampledFrom([]string{"common", "common", "common", "common", "any", "none"}).Draw(t, "error") {
			case "common":
				kind := classify.BusyLoading
				if o.r.On != nil {
					kind = o.r.On[0]
				}
				next.err = fault{i, classify.Verdict{
					Class: rapid.SampledFrom([]classify.Class{classify.Transient, classify.Overloaded, classify.Redirect, classify.Ambiguous}).Draw(t, "class"),
					Kind:  kind,
				}}
			case "any":
				next.err = fault{i, verdicts().Draw(t, "verdict")}
			}
			o.outcomes = append(o.outcomes, next)
		}
		if rapid.IntRange(0, 2).Draw(t, "deadline") == 0 {
			o.deadline = span(10*time.Minute).Draw(t, "until") + 1
		}
		if rapid.IntRange(0, 2).Draw(t, "canceled") == 0 {
			o.cancelAt = span(10*time.Minute).Draw(t, "at") + 1
		}
		return o
	})
}

// perform runs it in a bubble of its own. rapid's T has no business there: assert afterwards.
func (o *operation) perform(t *testing.T) *trace {
	t.Helper()
	got := &trace{plain: true}
	r := record(o.r, &got.events)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		defer cancel(nil)
		start := time.Now()
		if o.deadline > 0 {
			var stop context.CancelFunc
			ctx, stop = context.WithTimeoutCause(ctx, o.deadline, errCause)
			defer stop()
		}
		if o.cancelAt > 0 {
			defer time.AfterFunc(o.cancelAt, func() { cancel(errCause) }).Stop()
		}
		got.err = r.DoOp(ctx, &policy.Op{Replay: o.replay}, func(ctx context.Context) error {
			got.began = append(got.began, time.Since(start))
			err := o.outcome(len(got.began)).run(ctx)
			got.errs = append(got.errs, err)
			return err
		})
		got.took = time.Since(start)
		got.ctxErr, got.ctxCause = ctx.Err(), context.Cause(ctx)
	})
	for _, e := range got.events {
		v := e.Decision.Verdict
		got.plain = got.plain && v.Class != classify.Redirect && v.After == 0
	}
	return got
}

func (o outcome) run(ctx context.Context) error {
	done := ctx.Done()
	if !o.hears {
		done = nil
	}
	if o.takes > 0 {
		timer := time.NewTimer(o.takes)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-done:
			return ctx.Err()
		}
	}
	return o.err
}

// eachRun checks a law for generated runs.
func eachRun(t *testing.T, law func(t *rapid.T, o *operation, got *trace)) {
	t.Helper()
	rapid.Check(t, func(rt *rapid.T) {
		o := operations(policies()).Draw(rt, "operation")
		got := o.perform(t)
		if len(got.began) == 0 || len(got.events) == 0 {
			rt.Fatalf("%d attempts and %d events, want one of each at least", len(got.began), len(got.events))
		}
		law(rt, o, got)
	})
}

// says reports whether errors.Is finds target, which may not be comparable, in err.
func says(err, target error) bool { return target == nil || errors.Is(err, target) }
