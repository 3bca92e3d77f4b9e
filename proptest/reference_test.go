package proptest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

// enginePolicies draws valid policies with every field in use. They end by themselves.
func enginePolicies() *rapid.Generator[policy.Retry] {
	return rapid.Custom(func(t *rapid.T) policy.Retry {
		base := scriptTimes().Draw(t, "base")
		limit := base + 10*scriptTimes().Draw(t, "cap")
		r := policy.Retry{
			Backoff: rapid.SampledFrom([]backoff.Strategy{
				nil, backoff.NoBackoff{}, backoff.Constant(base), backoff.Exponential{Base: base, Cap: limit},
				backoff.Full(backoff.Exponential{Base: base, Cap: limit}), backoff.Decorrelated{Base: base, Cap: limit},
				backoff.Cap(backoff.Spread(backoff.Linear{Base: base, Cap: limit}, 0.5), limit), backoff.NewSequence(base, 0, limit),
			}).Draw(t, "backoff"),
			Retries:  rapid.SampledFrom([]int{0, 1, 2, 3, 5, 8}).Draw(t, "retries"),
			Classify: Judge,
			Replay:   classify.Replay(rapid.IntRange(0, int(classify.Accumulating)).Draw(t, "replay")),
		}
		switch rapid.IntRange(0, 4).Draw(t, "limits") {
		case 1:
			r.MaxElapsed = scriptTimes().Draw(t, "max elapsed")
			if rapid.Bool().Draw(t, "to the nanosecond") {
				exact := base*time.Duration(rapid.IntRange(1, 3).Draw(t, "delays")) - rapid.SampledFrom([]time.Duration{0, 1}).Draw(t, "short of")
				r.MaxElapsed = max(exact, 1) // 0 would be no limit
			}
			if rapid.Bool().Draw(t, "unlimited") {
				r.Retries, r.Backoff = policy.Unlimited, backoff.Constant(r.MaxElapsed/10+1)
			}
		case 2:
			r.AttemptTimeout = scriptTimes().Draw(t, "attempt timeout")
		case 4:
			r.MinAttempt = max(scriptTimes().Draw(t, "min attempt"), 1)
			if rapid.Bool().Draw(t, "bounded") {
				r.AttemptTimeout = r.MinAttempt * time.Duration(rapid.IntRange(1, 3).Draw(t, "times"))
			}
			if rapid.Bool().Draw(t, "max elapsed too") {
				r.MaxElapsed = max(scriptTimes().Draw(t, "max elapsed"), 1)
			}
		case 3:
			r.Budget = &policy.Budget{Capacity: rapid.SampledFrom([]int{0, 23, 40}).Draw(t, "capacity"), Cost: rapid.IntRange(0, 9).Draw(t, "cost")}
			r.Budget.OverloadCost = rapid.SampledFrom([]int{0, max(r.Budget.Cost, 5), 2*r.Budget.Cost + 5}).Draw(t, "overload cost")
			r.Budget.Refund = rapid.IntRange(0, 9).Draw(t, "refund")
			r.Budget.Keep, r.Budget.Floor = rapid.Bool().Draw(t, "keep"), policy.NoFloor
		}
		if rapid.IntRange(0, 3).Draw(t, "kinds") == 3 {
			r.On = rapid.SliceOfN(rapid.SampledFrom(classify.Kinds()), 1, 4).Draw(t, "on")
		}
		return r
	})
}

// A use is one operation through one of the engine's doors.
type use struct {
	scenario Scenario
	door     string
	observe  bool

	// What the engine did, and what the budget held before and after.
	got           History
	events        []policy.Event
	before, after int
}

// operations draws operations that share one policy, and so its budget.
func operations(r *policy.Retry) *rapid.Generator[[]*use] {
	one := rapid.Custom(func(t *rapid.T) *use {
		u := &use{scenario: Scenarios().Draw(t, "scenario"), door: rapid.SampledFrom([]string{"Do", "DoOp", "Value", "Attempts"}).Draw(t, "door")}
		if u.door == "Attempts" && (r.AttemptTimeout != 0 || r.MinAttempt != 0) {
			u.door = "Do"
		}
		if u.door != "DoOp" {
			u.scenario.Replay = 0
		}
		// Without events the draws are not known: let there be none.
		u.observe = rapid.Bool().Draw(t, "observed") || chancy(r)
		return u
	})
	return rapid.SliceOfN(one, 1, 20)
}

// chancy reports whether the delays depend on chance.
func chancy(r *policy.Retry) bool {
	return r.Backoff == nil || r.Backoff.Delay(3, time.Hour, 0) != r.Backoff.Delay(3, time.Hour, 1)
}

// perform runs the operation. It is for a bubble.
func (u *use) perform(r policy.Retry) {
	if u.observe {
		r.Observe = func(_ context.Context, e policy.Event) { u.events = append(u.events, e) }
	}
	u.before = tokensOf(&r)
	u.got = u.scenario.Play(func(ctx context.Context, attempt func(context.Context) error) (err error) {
		switch u.door {
		case "DoOp":
			err = r.DoOp(ctx, &policy.Op{Replay: u.scenario.Replay}, attempt)
		case "Value":
			_, err = policy.Value(ctx, &r, func(ctx context.Context) (int, error) { return 0, attempt(ctx) })
		case "Attempts":
			for range r.Attempts(ctx, &err) {
				err = attempt(ctx)
			}
		default:
			err = r.Do(ctx, attempt)
		}
		return err
	})
	u.after = tokensOf(&r)
}

func tokensOf(r *policy.Retry) int {
	if r.Budget == nil {
		return 0
	}
	return r.Budget.Tokens()
}

// judge compares what the engine did with what the reference says. It returns whether there was something to compare.
func (u *use) judge(t *rapid.T, r policy.Retry) bool {
	var draws []float64
	for _, e := range u.events {
		if e.State.Attempt > len(draws) {
			draws = append(draws, e.State.Draw)
		}
	}
	got, want := u.got, Reference(r, u.scenario, draws, u.before)
	if want.Tied {
		return false
	}
	fail := func(what string) {
		t.Helper()
		t.Fatalf("%s: %s\n  policy     %v\n  happens    %v\n  engine     %v\n  reference  %+v", u.door, what, &r, u.scenario, got, want)
	}
	if !slices.Equal(got.Began, want.Began) || got.Took != want.Took || got.Hung != want.Hung || got.Deaf != 0 {
		fail("other times")
	}
	if u.after != want.Tokens {
		fail("another budget")
	}
	if (got.Panic != nil) != want.Panics || want.Panics && !(Failure{Attempt: len(want.Began), Verdict: u.scenario.Outcome(len(want.Began)).Verdict}).Is(got.Panic.(error)) {
		fail("another panic")
	}
	if want.Panics || want.Hung {
		return true
	}
	if (got.Err == nil) != (len(want.Says) == 0) {
		fail("success or not")
	}
	for _, err := range want.Says {
		if !errors.Is(got.Err, err) {
			fail("it does not say " + err.Error())
		}
	}
	var e *policy.Error
	switch wrapped := errors.As(got.Err, &e); {
	case want.Bare && !same(got.Err, want.Says[0]):
		fail("not the bare error")
	case wrapped && (e.Attempts != len(want.Began) || e.Reason != want.Reason || !errors.Is(e.Err, want.Says[0])):
		fail("another *policy.Error")
	case len(want.Began) > 1 && got.Err != nil && !wrapped:
		fail("no *policy.Error")
	}
	if n := len(u.events); n > 0 && u.events[n-1].Decision.Reason != want.Reason {
		fail("another reason")
	}
	return true
}

// same reports whether got is want itself: a Failure of that attempt, or the very error.
func same(got, want error) bool {
	if f, ok := want.(Failure); ok { //nolint:errorlint // unwrapped
		g, ok := got.(Failure) //nolint:errorlint // unwrapped
		return ok && f.Is(g)
	}
	return got == want //nolint:errorlint // itself
}

// The engine and the reference agree on every operation, one after another under one policy. For 200,000 of them:
// go test -run EngineAgrees ./proptest -rapid.checks=5000.
func TestEngineAgreesWithTheReference(t *testing.T) {
	total, compared := 0, 0
	check := func(rt *rapid.T) {
		r := enginePolicies().Draw(rt, "policy")
		all := operations(&r).Draw(rt, "operations")
		synctest.Test(t, func(*testing.T) {
			for _, u := range all {
				u.perform(r)
			}
		})
		for _, u := range all {
			total++
			if u.judge(rt, r) {
				compared++
			}
		}
	}
	for range 8 { // one hundred policies are not many
		rapid.Check(t, check)
	}
	t.Logf("%d operations, %d compared", total, compared)
	if compared*10 < total*9 {
		t.Errorf("only %d of %d operations were compared", compared, total)
	}
}
