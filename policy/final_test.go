package policy_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"testing"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

// stubborn retries whatever it can.
func stubborn(retries int) policy.Retry {
	r := atOnce(retries)
	r.Classify = always(classify.Verdict{Class: classify.Transient, Kind: "kind_of_my_own", After: ms})
	return r
}

// No loop that an error passes on its way out retries it, whatever it is wrapped in.
func TestFinalEndsAllLoops(t *testing.T) {
	final := policy.Final(errTransient)
	for name, err := range map[string]error{
		"itself":       final,
		"wrapped":      fmt.Errorf("call: %w", final),
		"joined":       errors.Join(errOverloaded, fmt.Errorf("call: %w", final)),
		"wrapped both": fmt.Errorf("%w, then %w", errAmbiguous, final),
		"of a loop":    &policy.Error{Attempts: 3, Reason: policy.OutOfRetries, Err: final},
		"twice":        policy.Final(fmt.Errorf("again: %w", final)),
	} {
		for _, r := range []policy.Retry{stubborn(3), steady(3), {Retries: 9}} {
			op := fails(err)
			if got := layers(t.Context(), &r, 3, op.run); op.runs != 1 || !same(got, err) {
				t.Errorf("%s, %v: %d attempts, %v; want one, and the error itself", name, r, op.runs, got)
			}
		}
	}
}

// An operation may give up after a retry, too, and those around it do as well.
func TestFinalAfterARetry(t *testing.T) {
	r, op := stubborn(3), fails(errTransient, policy.Final(errOverloaded))
	r.Classify = judge
	e := asError(t, layers(t.Context(), &r, 3, op.run))
	if op.runs != 2 || e.Attempts != 2 || e.Reason != policy.NotRetryable || !errors.Is(e, errOverloaded) {
		t.Errorf("%d attempts, %v; want 2, not retryable", op.runs, e)
	}
}

func TestFinalDecision(t *testing.T) {
	for _, tt := range []struct {
		r    policy.Retry
		s    policy.State
		err  error
		want policy.Decision
	}{
		{stubborn(3), policy.State{Attempt: 1}, errTransient, policy.Decision{
			Verdict: classify.Verdict{Class: classify.Permanent, Kind: "kind_of_my_own", After: ms}, Reason: policy.NotRetryable,
		}},
		{steady(3), policy.State{Attempt: 9}, errUnknown, decision(classify.Verdict{Class: classify.Permanent}, policy.NotRetryable, 0)},
		{steady(3), policy.State{Attempt: 1, Canceled: true}, errTransient, policy.Decision{
			Verdict: classify.Verdict{Class: classify.Permanent, Kind: transient.Kind}, Reason: policy.Canceled,
		}},
		{policy.RetryOn(transient.Kind), policy.State{Attempt: 1}, errTransient, policy.Decision{
			Verdict: classify.Verdict{Class: classify.Permanent, Kind: transient.Kind}, Reason: policy.NotRetryable,
		}},
		{steady(3), policy.State{Attempt: 1, TimedOut: true}, context.DeadlineExceeded, policy.Decision{
			Verdict: classify.Verdict{Class: classify.Permanent, Kind: classify.Timeout}, Reason: policy.NotRetryable,
		}},
	} {
		if got := tt.r.Decide(tt.s, policy.Final(tt.err)); got != tt.want {
			t.Errorf("%v of a final %v: got %+v, want %+v", tt.s, tt.err, got, tt.want)
		}
	}
}

// The mark changes nothing else of the error.
func TestFinalIsTheError(t *testing.T) {
	if err := policy.Final(nil); err != nil {
		t.Errorf("of nil: %v", err)
	}
	path := &fs.PathError{Op: "open", Path: "/x", Err: fs.ErrPermission}
	err := policy.Final(fmt.Errorf("call: %w", path))
	var found *fs.PathError
	if err.Error() != "call: open /x: permission denied" || !errors.Is(err, fs.ErrPermission) || !errors.As(err, &found) || found != path {
		t.Errorf("%v is not what it was", err)
	}
}

// A nil pointer that is taken for an error can be final too.
func TestFinalNilPointer(t *testing.T) {
	r, op := stubborn(3), fails(policy.Final((*net.OpError)(nil)))
	_ = r.Do(t.Context(), op.run)
	if op.runs != 1 {
		t.Errorf("%d attempts, want 1", op.runs)
	}
}
