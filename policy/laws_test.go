package policy_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

func TestLawNeverMoreAttemptsThanRetriesAllow(t *testing.T) {
	eachRun(t, func(t *rapid.T, o *operation, got *trace) {
		if o.r.Retries != policy.Unlimited && len(got.began) > o.r.Retries+1 {
			t.Fatalf("%d attempts, want %d at most", len(got.began), o.r.Retries+1)
		}
	})
}

func TestLawNoAttemptBeginsLate(t *testing.T) {
	eachRun(t, func(t *rapid.T, o *operation, got *trace) {
		for i, at := range got.began[1:] {
			switch {
			case o.r.MaxElapsed > 0 && at > o.r.MaxElapsed:
				t.Fatalf("attempt %d begins after %v, want %v at most", i+2, at, o.r.MaxElapsed)
			case o.deadline > 0 && at >= o.deadline:
				t.Fatalf("attempt %d begins after %v, with the deadline at %v", i+2, at, o.deadline)
			case o.cancelAt > 0 && at > o.cancelAt:
				t.Fatalf("attempt %d begins after %v, canceled at %v", i+2, at, o.cancelAt)
			}
		}
	})
}

func TestLawOnlyWhatIsSafeIsRetried(t *testing.T) {
	eachRun(t, func(t *rapid.T, o *operation, got *trace) {
		limit := o.r.Replay
		if limit == 0 {
			limit = classify.Idempotent
		}
		for _, e := range got.events {
			if e.Decision.Reason != policy.Retrying {
				continue
			}
			switch e.Decision.Class {
			case classify.Transient, classify.Overloaded, classify.Redirect:
			case classify.Ambiguous:
				if o.replay > limit || o.replay == classify.Never {
					t.Fatalf("what may have been executed is run again: %+v at %v", e, limit)
				}
			default:
				t.Fatalf("an error of class %v is retried: %+v", e.Decision.Class, e)
			}
			if kind := e.Decision.Kind; o.r.On != nil && !slices.ContainsFunc(o.r.On, kind.Is) {
				t.Fatalf("%v is retried, listed are %v", kind, o.r.On)
			}
		}
	})
}

// Everything is reported once, in order, and can be replayed.
func TestLawEventsReplay(t *testing.T) {
	eachRun(t, func(t *rapid.T, o *operation, got *trace) {
		var made []error // by the events
		for i, e := range got.events {
			if d := o.r.Decide(e.State, e.Err); d != e.Decision {
				t.Fatalf("event %+v replays as %+v", e, d)
			}
			last := i == len(got.events)-1
			again := i > 0 && got.events[i-1].State.Attempt == e.State.Attempt // a delay that was cut short
			if (e.Decision.Reason == policy.Retrying) == last || again && !last {
				t.Fatalf("event %d of %d is %v", i+1, len(got.events), e.Decision.Reason)
			}
			if !again {
				made = append(made, e.Err)
			}
			if i > 0 && !again && e.State.Prev != got.events[i-1].Decision.Delay {
				t.Fatalf("event %d is %+v, after a delay of %v", i+1, e, got.events[i-1].Decision.Delay)
			}
			if e.State.Attempt != len(made) || e.State.Draw < 0 || e.State.Draw >= 1 || i > 0 && e.State.Elapsed < got.events[i-1].State.Elapsed {
				t.Fatalf("event %d is %+v", i+1, e)
			}
		}
		if !slices.Equal(made, got.errs) {
			t.Fatalf("reported %v, happened %v", made, got.errs)
		}
	})
}

func TestLawDelaysKeepToThePlan(t *testing.T) {
	eachRun(t, func(t *rapid.T, o *operation, got *trace) {
		if !got.plain {
			return // the plan leaves redirects and hints out
		}
		plan := o.r.Plan()
		if plan.Attempts != policy.Unlimited && len(got.began) > plan.Attempts {
			t.Fatalf("%d attempts, planned %d", len(got.began), plan.Attempts)
		}
		var sum time.Duration
		for i, d := range delays(got.events) {
			sum += d
			if i < len(plan.Delays) && (d < plan.Delays[i].Min || d > plan.Delays[i].Max) {
				t.Fatalf("after failure %d the delay is %v, planned %v", i+1, d, plan.Delays[i])
			}
		}
		if sum > plan.Wait.Max {
			t.Fatalf("waited %v, planned %v", sum, plan.Wait)
		}
	})
}

func TestLawErrorsKeepTheirCauses(t *testing.T) {
	eachRun(t, func(t *rapid.T, _ *operation, got *trace) {
		final := got.events[len(got.events)-1].Decision.Reason
		last := got.errs[len(got.errs)-1]
		if last == nil {
			if got.err != nil || final != policy.Succeeded {
				t.Fatalf("a success comes back as %v, %v", got.err, final)
			}
			return
		}
		if !says(got.err, last) {
			t.Fatalf("%v does not say %v", got.err, last)
		}
		var e *policy.Error
		switch wrapped := errors.As(got.err, &e); {
		case final == policy.Canceled:
			if !says(got.err, got.ctxErr) || !says(got.err, got.ctxCause) || len(got.errs) > 1 && !wrapped {
				t.Fatalf("%v does not say %v and %v", got.err, got.ctxErr, got.ctxCause)
			}
		case len(got.errs) == 1 && !same(got.err, last):
			t.Fatalf("the only failure, %v, comes back as %#v", last, got.err)
		case len(got.errs) > 1 && !wrapped:
			t.Fatalf("after %d attempts %#v comes back", len(got.errs), got.err)
		}
		if e != nil && (e.Attempts != len(got.errs) || e.Reason != final || !same(e.Err, last) || (e.Cause != nil) != (final == policy.Canceled)) {
			t.Fatalf("%+v after %d attempts, %v and %v", e, len(got.errs), last, final)
		}
	})
}

// What comes back comes back when the last thing happened: no delay follows the last failure.
func TestLawNothingIsWaitedForInTheEnd(t *testing.T) {
	eachRun(t, func(t *rapid.T, _ *operation, got *trace) {
		if last := got.events[len(got.events)-1]; got.took != last.State.Elapsed {
			t.Fatalf("over after %v, but the last decision fell after %v", got.took, last.State.Elapsed)
		}
	})
}

// Any state, any error, any policy: a decision, always the same, and nothing changed.
func TestLawDecideIsPureAndTotal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, s, err := anyPolicy().Draw(t, "policy"), states().Draw(t, "state"), anyError().Draw(t, "error")
		before := r.String()
		d := r.Decide(s, err)
		if again := r.Decide(s, err); again != d {
			t.Fatalf("first %+v, then %+v", d, again)
		}
		if r.String() != before {
			t.Fatalf("the policy was %v and is %v", before, &r)
		}
		switch {
		case d.Delay < 0 || d.Delay > 0 && d.Reason != policy.Retrying:
			t.Fatalf("%+v", d)
		case (d.Reason == policy.Succeeded) != (err == nil):
			t.Fatalf("%v gives %+v", err, d)
		case d.Reason != policy.Retrying:
		case d.Class == classify.Unknown || d.Class == classify.Permanent || d.Class > classify.Ambiguous,
			s.Canceled, s.Spent, r.Retries < policy.Unlimited, r.Retries >= 0 && s.Attempt > r.Retries, r.MaxElapsed < 0,
			d.Class == classify.Ambiguous && (s.Replay >= classify.Never || r.Replay >= classify.Never):
			t.Fatalf("retried, in %+v: %+v", s, d)
		}
	})
}

// An invalid policy makes one attempt, whatever the error.
func TestLawInvalidPoliciesDoNotRetry(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := anyPolicy().Draw(t, "policy")
		if r.Validate() == nil {
			return
		}
		r.AttemptTimeout = min(r.AttemptTimeout, 0)
		if rapid.Bool().Draw(t, "worth a retry") {
			r.Classify = always(transient)
		}
		op := fails(anyError().Filter(func(err error) bool { return err != nil }).Draw(t, "error"))
		err := r.Do(context.Background(), op.run)
		if op.runs != 1 || err == nil {
			t.Fatalf("%d runs, then success: %t", op.runs, err == nil) // to print the error may panic
		}
	})
}
