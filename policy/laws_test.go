package policy_test

import (
	"context"
	"errors"
	"testing"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
	"github.com/reprise-go/reprise/proptest"
)

// The laws of a policy, as they are for everybody's. What fails are faults of any verdict, most of them worth a retry.
func TestLawsOfAPolicy(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := policies().Draw(t, "policy")
		var faults []error
		for id := range rapid.IntRange(1, 10).Draw(t, "faults") {
			if rapid.IntRange(0, 4).Draw(t, "any") == 4 {
				faults = append(faults, fault{id, verdicts().Draw(t, "verdict")})
			} else {
				faults = append(faults, common(t, id, &r))
			}
		}
		proptest.TestRetry(t, r, faults...)
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

// Any state, any error, any policy: a decision, always the same, and nothing changed.
func TestLawDecideIsPureAndTotal(t *testing.T) { rapid.Check(t, decideIsPureAndTotal) }

// FuzzDecide is the same law, for as long as one likes.
func FuzzDecide(f *testing.F) { f.Fuzz(rapid.MakeFuzz(decideIsPureAndTotal)) }

func decideIsPureAndTotal(t *rapid.T) {
	r, s, err := anyPolicy().Draw(t, "policy"), proptest.States().Draw(t, "state"), anyError().Draw(t, "error")
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
