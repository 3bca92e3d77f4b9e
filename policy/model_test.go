package policy_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

// forecast is what a run must come to.
type forecast struct {
	began  []time.Duration
	took   time.Duration
	reason policy.Reason
	tokens int
	tied   bool // two things happen at one instant, and either may be seen first
}

// forecast is the loop as one would explain it, in whole and without clocks, contexts and goroutines: a
// reference that shares no code with the engine. draws is the chance at each failure.
func (o *operation) forecast(draws []float64) (f forecast) {
	r, capacity, costs, refund := o.r, 0, map[classify.Class]int{}, 0
	if b := r.Budget; b != nil {
		capacity, refund = first(b.Capacity, 500), first(b.Refund, 1)
		plain := first(b.Cost, 5)
		costs = map[classify.Class]int{
			classify.Transient: plain, classify.Redirect: plain, classify.Ambiguous: plain,
			classify.Overloaded: first(b.OverloadCost, max(10, b.Cost)),
		}
	}
	f.tokens = capacity
	for n, prev, paid := 1, time.Duration(0), 0; ; n++ {
		f.began = append(f.began, f.took)
		v, canceled := o.attempt(n, &f)
		delay := r.Backoff.Delay(n, prev, draws[n-1])
		switch {
		case v.Class == classify.Overloaded:
			delay = r.Backoff.Delay(n, prev, (1+draws[n-1])/2)
		case v.Class == classify.Redirect && n <= 5:
			delay, v.After = 0, 0
		}
		delay = max(delay, min(v.After, delay+5*time.Second))
		limit := first(r.Replay, classify.Idempotent)
		switch begins := f.took + delay; {
		case v.Kind == "success":
			f.reason, f.tokens = policy.Succeeded, min(f.tokens+first(paid, refund), capacity)
		case canceled:
			f.reason = policy.Canceled
		case v.Class == classify.Unknown, v.Class == classify.Permanent, v.Class > classify.Ambiguous:
			f.reason = policy.NotRetryable
		case v.Class == classify.Ambiguous && (o.replay > limit || o.replay == classify.Never):
			f.reason = policy.NotReplayable
		case r.Retries >= 0 && n > r.Retries:
			f.reason = policy.OutOfRetries
		case r.MaxElapsed > 0 && begins > r.MaxElapsed, o.deadline > 0 && begins >= o.deadline:
			f.reason = policy.OutOfTime
		case f.tokens < costs[v.Class]:
			f.reason = policy.OutOfBudget
		case o.cancelAt > 0 && begins >= o.cancelAt:
			f.reason, f.took = policy.Canceled, o.cancelAt // during the delay
			f.tied = f.tied || begins == o.cancelAt
		default:
			paid = costs[v.Class]
			f.tokens, f.took, prev = f.tokens-paid, begins, delay
			continue
		}
		return f
	}
}

// attempt forecasts one attempt: its verdict, of kind "success" if it is one, and whether the caller's context has ended.
func (o *operation) attempt(n int, f *forecast) (v classify.Verdict, canceled bool) {
	next, begun := o.outcome(n), f.took
	over := []time.Duration{begun + next.takes, o.deadline, o.cancelAt, begun + o.r.AttemptTimeout} // 0, or begun, is never
	f.took, v = over[0], classify.Verdict{Kind: "success"}
	if fault, failed := next.err.(fault); failed { //nolint:errorlint // as it was made
		v = fault.v
	}
	for _, at := range over[1:] {
		if next.hears && at > begun && at < f.took {
			f.took, v = at, classify.Verdict{Class: classify.Permanent, Kind: classify.Canceled}
		}
	}
	happen := 0
	for _, at := range over {
		if at == f.took {
			happen++
		}
	}
	f.tied = f.tied || happen > 1 && f.took > begun
	canceled = o.deadline > 0 && f.took >= o.deadline || o.cancelAt > 0 && f.took >= o.cancelAt
	if v.Kind == "success" {
		return v, canceled
	}
	if v.Kind == classify.Canceled && o.r.AttemptTimeout > 0 && f.took >= over[3] && !canceled {
		v = classify.Verdict{Class: classify.Ambiguous, Kind: classify.Timeout}
	}
	if o.r.On != nil {
		v = v.Only(o.r.On...)
	}
	return v, canceled
}

// first returns a, or b where a is not said.
func first[T int | classify.Replay](a, b T) T {
	if a == 0 {
		return b
	}
	return a
}

func TestEngineAgreesWithTheModel(t *testing.T) {
	compared := 0
	eachRun(t, func(t *rapid.T, o *operation, got *trace) {
		draws := make([]float64, len(got.began)+1) // the model may make another, and then disagrees
		for _, e := range got.events {
			draws[e.State.Attempt-1] = e.State.Draw
		}
		if o.r.Backoff == nil {
			o.r.Backoff = backoff.Full(backoff.Exponential{})
		}
		want := o.forecast(draws)
		if want.tied {
			return
		}
		compared++
		reason := got.events[len(got.events)-1].Decision.Reason
		if !slices.Equal(got.began, want.began) || got.took != want.took || reason != want.reason {
			t.Fatalf("began at %v, %v after %v; the model: %+v", got.began, reason, got.took, want)
		}
		if b := o.r.Budget; b != nil && b.Tokens() != want.tokens {
			t.Fatalf("%d tokens left; the model: %+v", b.Tokens(), want)
		}
	})
	if compared == 0 {
		t.Error("nothing was compared")
	}
}
