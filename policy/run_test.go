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
	"github.com/reprise-go/reprise/proptest"
)

// operation is a generated run of a policy: what the attempts do, in turn and the last for ever, and when the
// caller's context ends, if not 0.
type operation struct {
	r        policy.Retry
	script   proptest.Script
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

func operations(policies *rapid.Generator[policy.Retry]) *rapid.Generator[*operation] {
	return rapid.Custom(func(t *rapid.T) *operation {
		o := &operation{r: policies.Draw(t, "policy"), replay: classify.Replay(rapid.IntRange(0, 5).Draw(t, "operation's rung"))}
		for i := range rapid.IntRange(1, 10).Draw(t, "steps") {
			next := proptest.Step{Takes: proptest.Delays(0, time.Minute).Draw(t, "takes"), Hears: rapid.Bool().Draw(t, "hears")}
			switch rapid.SampledFrom([]string{"common", "common", "common", "common", "any", "none"}).Draw(t, "error") {
			case "common":
				next.Err = common(t, i, &o.r)
			case "any":
				next.Err = fault{i, verdicts().Draw(t, "verdict")}
			}
			o.script = append(o.script, next)
		}
		if rapid.IntRange(0, 2).Draw(t, "deadline") == 0 {
			o.deadline = proptest.Delays(1, 10*time.Minute).Draw(t, "until")
		}
		if rapid.IntRange(0, 2).Draw(t, "canceled") == 0 {
			o.cancelAt = proptest.Delays(1, 10*time.Minute).Draw(t, "at")
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
			err := o.script.Step(len(got.began)).Run(ctx)
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
