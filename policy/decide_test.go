package policy_test

import (
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

// decision is short for a policy.Decision.
func decision(v classify.Verdict, why policy.Reason, delay time.Duration) policy.Decision {
	return policy.Decision{Verdict: v, Reason: why, Delay: delay}
}

var (
	transient  = classify.Verdict{Class: classify.Transient, Kind: classify.ClusterDown}
	overloaded = classify.Verdict{Class: classify.Overloaded, Kind: classify.Busy}
	redirect   = classify.Verdict{Class: classify.Redirect, Kind: classify.Moved}
	permanent  = classify.Verdict{Class: classify.Permanent, Kind: classify.Response}
	unknown    = classify.Verdict{}
)

func TestDecide(t *testing.T) {
	const s = time.Second
	r := steady(3)
	limited, on, endless := r, r, r
	limited.MaxElapsed = 10 * s
	on.On = []classify.Kind{classify.ClusterDown, classify.Canceled}
	endless.Retries = policy.Unlimited

	for _, tt := range []struct {
		name  string
		r     policy.Retry
		state policy.State
		err   error
		want  policy.Decision
	}{
		// Each class, at the first failure.
		{"success", r, policy.State{Attempt: 1}, nil, policy.Decision{}},
		{"transient", r, policy.State{Attempt: 1}, errTransient, decision(transient, policy.Retrying, s)},
		{"overloaded", r, policy.State{Attempt: 1}, errOverloaded, decision(overloaded, policy.Retrying, s)},
		{"redirect", r, policy.State{Attempt: 1}, errRedirect, decision(redirect, policy.Retrying, 0)},
		{"ambiguous", r, policy.State{Attempt: 1}, errAmbiguous, decision(ambiguous, policy.Retrying, s)},
		{"permanent", r, policy.State{Attempt: 1}, errPermanent, decision(permanent, policy.NotRetryable, 0)},
		{"unknown", r, policy.State{Attempt: 1}, errUnknown, decision(unknown, policy.NotRetryable, 0)},
		{"wrapped", r, policy.State{Attempt: 1}, fmt.Errorf("get: %w", errTransient), decision(transient, policy.Retrying, s)},

		// The number of retries.
		{"last retry", r, policy.State{Attempt: 3}, errTransient, decision(transient, policy.Retrying, s)},
		{"out of retries", r, policy.State{Attempt: 4}, errTransient, decision(transient, policy.OutOfRetries, 0)},
		{"far beyond", r, policy.State{Attempt: math.MaxInt}, errTransient, decision(transient, policy.OutOfRetries, 0)},
		{"no retries", steady(0), policy.State{Attempt: 1}, errTransient, decision(transient, policy.OutOfRetries, 0)},
		{"unlimited", endless, policy.State{Attempt: math.MaxInt}, errTransient, decision(transient, policy.Retrying, s)},
		{"worth it at all", steady(0), policy.State{Attempt: 0}, errTransient, decision(transient, policy.Retrying, s)},
		{"not worth it", steady(0), policy.State{Attempt: 0}, errUnknown, decision(unknown, policy.NotRetryable, 0)},
		{"fewer than none, before the first", steady(-2), policy.State{Attempt: -9}, errTransient, decision(transient, policy.OutOfRetries, 0)},
		{"fewer than none", steady(-2), policy.State{Attempt: 0}, errTransient, decision(transient, policy.OutOfRetries, 0)},

		// Redirects are free up to the fifth attempt.
		{"5th redirect", endless, policy.State{Attempt: 5}, errRedirect, decision(redirect, policy.Retrying, 0)},
		{"6th redirect", endless, policy.State{Attempt: 6}, errRedirect, decision(redirect, policy.Retrying, s)},
		{"free, but counted", r, policy.State{Attempt: 4}, errRedirect, decision(redirect, policy.OutOfRetries, 0)},

		// MaxElapsed is when an attempt may begin at the latest.
		{"in time", limited, policy.State{Attempt: 1, Elapsed: 9*s - 1}, errTransient, decision(transient, policy.Retrying, s)},
		{"just in time", limited, policy.State{Attempt: 1, Elapsed: 9 * s}, errTransient, decision(transient, policy.Retrying, s)},
		{"just late", limited, policy.State{Attempt: 1, Elapsed: 9*s + 1}, errTransient, decision(transient, policy.OutOfTime, 0)},
		{"late redirect", limited, policy.State{Attempt: 1, Elapsed: 10*s + 1}, errRedirect, decision(redirect, policy.OutOfTime, 0)},
		{"for ever", limited, policy.State{Attempt: 1, Elapsed: math.MaxInt64}, errTransient, decision(transient, policy.OutOfTime, 0)},
		{"before the start", limited, policy.State{Attempt: 1, Elapsed: math.MinInt64}, errTransient, decision(transient, policy.Retrying, s)},
		{"no limit", r, policy.State{Attempt: 1, Elapsed: math.MaxInt64}, errTransient, decision(transient, policy.Retrying, s)},

		// At the deadline there is nothing left to do.
		{"before the deadline", r, policy.State{Attempt: 1, Elapsed: s, Deadline: 2*s + 1}, errTransient, decision(transient, policy.Retrying, s)},
		{"at the deadline", r, policy.State{Attempt: 1, Elapsed: s, Deadline: 2 * s}, errTransient, decision(transient, policy.OutOfTime, 0)},
		{"after the deadline", r, policy.State{Attempt: 1, Elapsed: s, Deadline: s}, errTransient, decision(transient, policy.OutOfTime, 0)},
		{"long past", r, policy.State{Attempt: 1, Deadline: -1}, errRedirect, decision(redirect, policy.OutOfTime, 0)},
		{"saturated", r, policy.State{Attempt: 1, Elapsed: math.MaxInt64, Deadline: math.MaxInt64}, errTransient, decision(transient, policy.OutOfTime, 0)},

		// The rest of the state.
		{"canceled", r, policy.State{Attempt: 1, Canceled: true}, errTransient, decision(transient, policy.Canceled, 0)},
		{"canceled success", r, policy.State{Attempt: 9, Canceled: true, Spent: true}, nil, policy.Decision{}},
		{"spent", r, policy.State{Attempt: 1, Spent: true}, errTransient, decision(transient, policy.OutOfBudget, 0)},

		// Kinds.
		{"listed", on, policy.State{Attempt: 1}, errTransient, decision(transient, policy.Retrying, s)},
		{
			"not listed", on, policy.State{Attempt: 1}, errOverloaded,
			decision(classify.Verdict{Class: classify.Permanent, Kind: classify.Busy}, policy.NotRetryable, 0),
		},
		{"unknown, whatever is listed", on, policy.State{Attempt: 1}, errUnknown, decision(unknown, policy.NotRetryable, 0)},
	} {
		if got := tt.r.Decide(tt.state, tt.err); got != tt.want {
			t.Errorf("%s: Decide(%+v, %q) = %+v, want %+v", tt.name, tt.state, tt.err, got, tt.want)
		}
	}
}

// Every rule applies at once; each is taken away in turn, and the next one shows.
func TestDecideAsksTheRulesInOrder(t *testing.T) {
	r := policy.Retry{Retries: 1, Backoff: backoff.Constant(time.Second), MaxElapsed: time.Second}
	s := policy.State{Attempt: 2, Elapsed: time.Minute, Replay: classify.Accumulating, Canceled: true, Spent: true}
	r.Classify = always(permanent)
	for _, step := range []struct {
		want  policy.Reason
		lift  func()
		which string
	}{
		{policy.Canceled, func() { s.Canceled = false }, "the context is alive"},
		{policy.NotRetryable, func() { r.Classify = always(ambiguous) }, "the error is worth it"},
		{policy.NotReplayable, func() { r.Replay = classify.Accumulating }, "a second run does no harm"},
		{policy.OutOfRetries, func() { r.Retries = 2 }, "there are retries left"},
		{policy.OutOfTime, func() { s.Elapsed = 0 }, "there is time left"},
		{policy.OutOfBudget, func() { s.Spent = false }, "there are tokens left"},
		{policy.Retrying, func() {}, ""},
	} {
		if got := r.Decide(s, errTransient); got.Reason != step.want {
			t.Errorf("before %q: %v, want %v", step.which, got.Reason, step.want)
		}
		step.lift()
	}
}

// The operation's rung against the policy's: only at or under it, and never what is Never.
func TestDecideReplaysAtOrUnderTheRung(t *testing.T) {
	const ro, idem, conv, acc, never = classify.ReadOnly, classify.Idempotent, classify.Convergent, classify.Accumulating, classify.Never
	all := []classify.Replay{0, ro, idem, conv, acc, never, 200}
	replayed := map[classify.Replay][]classify.Replay{ // the policy's rung: the operations that are run again
		0:     {0, ro, idem},
		ro:    {0, ro},
		idem:  {0, ro, idem},
		conv:  {0, ro, idem, conv},
		acc:   {0, ro, idem, conv, acc},
		never: {}, // refused by Validate
		200:   {}, // the same
	}
	for limit, ops := range replayed {
		for _, op := range all {
			want := decision(ambiguous, policy.NotReplayable, 0)
			for _, o := range ops {
				if o == op {
					want = decision(ambiguous, policy.Retrying, time.Second)
				}
			}
			r := steady(1)
			r.Replay = limit
			if got := r.Decide(policy.State{Attempt: 1, Replay: op}, errAmbiguous); got != want {
				t.Errorf("policy at %v, operation at %v: %+v, want %+v", limit, op, got, want)
			}
			// What had no effect is run again whatever it is.
			got := r.Decide(policy.State{Attempt: 1, Replay: op}, errTransient)
			if want := decision(transient, policy.Retrying, time.Second); got != want {
				t.Errorf("policy at %v, operation at %v, no effect: %+v, want %+v", limit, op, got, want)
			}
		}
	}
}

func TestDecideWaitsTheUpperHalfWhenOverloaded(t *testing.T) {
	r := policy.Retry{Retries: policy.Unlimited, Backoff: backoff.Full(backoff.Constant(time.Second))}
	for _, tt := range []struct {
		draw                  float64
		transient, overloaded time.Duration
	}{
		{0, 0, 500 * ms},
		{0.5, 500 * ms, 750 * ms},
		{1, time.Second, time.Second},
		{-7, 0, 500 * ms},
		{7, time.Second, time.Second},
		{math.Inf(1), time.Second, time.Second},
		{math.NaN(), 0, 500 * ms},
	} {
		s := policy.State{Attempt: 1, Draw: tt.draw}
		if got := r.Decide(s, errTransient).Delay; got != tt.transient {
			t.Errorf("draw %v: a transient error waits %v, want %v", tt.draw, got, tt.transient)
		}
		if got := r.Decide(s, errOverloaded).Delay; got != tt.overloaded {
			t.Errorf("draw %v: an overloaded server is given %v, want %v", tt.draw, got, tt.overloaded)
		}
	}
}

// A hint is honoured within [own delay, own delay + 5 s].
func TestDecideHonoursHintsWithinBounds(t *testing.T) {
	const s = time.Second
	for _, tt := range []struct {
		own, after, want time.Duration
	}{
		{2 * s, 0, 2 * s},
		{2 * s, -s, 2 * s},
		{2 * s, s, 3 * s},
		{2 * s, 2*s + 1, 4*s + 1},
		{2 * s, 5 * s, 7 * s},
		{2 * s, 7 * s, 7 * s},
		{2 * s, 7*s + 1, 7 * s},
		{2 * s, math.MaxInt64, 7 * s},
		{0, s, s},
		{0, time.Hour, 5 * s},
		{math.MaxInt64 - 1, math.MaxInt64, math.MaxInt64},
		{math.MaxInt64, math.MaxInt64, math.MaxInt64},
	} {
		v := classify.Verdict{Class: classify.Transient, Kind: classify.TryAgain, After: tt.after}
		r := policy.Retry{Retries: 1, Backoff: backoff.Constant(tt.own), Classify: always(v)}
		want := decision(v, policy.Retrying, tt.want)
		if got := r.Decide(policy.State{Attempt: 1}, errUnknown); got != want {
			t.Errorf("own delay %v, hint %v: %+v, want %+v", tt.own, tt.after, got, want)
		}
	}
}

// A hint that does not fit the time is no reason to come earlier than asked.
func TestDecideCountsTheHintAgainstTheTime(t *testing.T) {
	v := classify.Verdict{Class: classify.Overloaded, Kind: classify.Busy, After: 3 * time.Second}
	r := policy.Retry{Retries: 1, Backoff: backoff.Constant(time.Second), Classify: always(v)}
	want := decision(v, policy.OutOfTime, 0)
	if got := r.Decide(policy.State{Attempt: 1, Deadline: 2 * time.Second}, errUnknown); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestDecideTakesATimedOutAttemptForAmbiguous(t *testing.T) {
	timeout := classify.Verdict{Class: classify.Ambiguous, Kind: classify.Timeout}
	ended := errors.New("gave up waiting")
	canceled := classify.Verdict{Class: classify.Permanent, Kind: classify.Canceled}
	r := policy.Retry{Retries: 1, Backoff: backoff.NoBackoff{}, Classify: classify.First(classify.Is(ended, canceled), classify.Default)}
	for _, tt := range []struct {
		name  string
		on    []classify.Kind
		state policy.State
		err   error
		want  policy.Decision
	}{
		{"the attempt's context", nil, policy.State{Attempt: 1, TimedOut: true}, ended, decision(timeout, policy.Retrying, 0)},
		{"the operation's own", nil, policy.State{Attempt: 1}, ended, decision(canceled, policy.NotRetryable, 0)},
		{"the caller's", nil, policy.State{Attempt: 1, TimedOut: true, Canceled: true}, ended, decision(timeout, policy.Canceled, 0)},
		{"may do harm", nil, policy.State{Attempt: 1, TimedOut: true, Replay: classify.Convergent}, ended, decision(timeout, policy.NotReplayable, 0)},
		{"failed otherwise", nil, policy.State{Attempt: 1, TimedOut: true}, errTransient, decision(transient, policy.Retrying, 0)},
		{"timeouts are listed", []classify.Kind{classify.Timeout}, policy.State{Attempt: 1, TimedOut: true}, ended, decision(timeout, policy.Retrying, 0)},
		{
			"timeouts are not listed",
			[]classify.Kind{classify.ClusterDown},
			policy.State{Attempt: 1, TimedOut: true},
			ended,
			decision(classify.Verdict{Class: classify.Permanent, Kind: classify.Timeout}, policy.NotRetryable, 0),
		},
	} {
		r.On = tt.on
		if got := r.Decide(tt.state, tt.err); got != tt.want {
			t.Errorf("%s: Decide(%+v, %q) = %+v, want %+v", tt.name, tt.state, tt.err, got, tt.want)
		}
	}
}

// Strategies are promised n >= 1, a prev of 0 or more, and a draw in [0, 1].
func TestDecideKeepsTheContractOfStrategies(t *testing.T) {
	type call struct {
		n    int
		prev time.Duration
		u    float64
	}
	var got call
	r := policy.Retry{Retries: policy.Unlimited, Backoff: backoff.Func(func(n int, prev time.Duration, u float64) time.Duration {
		got = call{n, prev, u}
		return -time.Second
	})}
	for _, tt := range []struct {
		state policy.State
		want  call
	}{
		{policy.State{Attempt: 3, Prev: ms, Draw: 0.25}, call{3, ms, 0.25}},
		{policy.State{}, call{1, 0, 0}},
		{policy.State{Attempt: math.MinInt, Prev: math.MinInt64, Draw: math.Inf(-1)}, call{1, 0, 0}},
		{policy.State{Attempt: math.MaxInt, Prev: math.MaxInt64, Draw: math.NaN()}, call{math.MaxInt, math.MaxInt64, 0}},
		{policy.State{Attempt: 1, Draw: 1.5}, call{1, 0, 1}},
	} {
		if d, want := r.Decide(tt.state, errTransient), decision(transient, policy.Retrying, 0); d != want || got != tt.want {
			t.Errorf("Decide(%+v) asked for %+v and said %+v, want %+v and %+v", tt.state, got, d, tt.want, want)
		}
	}
}
