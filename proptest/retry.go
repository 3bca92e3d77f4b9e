package proptest

import (
	"context"
	"math"
	"reflect"
	"slices"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

// The laws of a policy.
const (
	// RetryValid is broken by a field out of range: such a policy never retries.
	RetryValid Law = "a policy passes its own Validate"
	// RetryTotal is broken by a Backoff or a Classify that panics.
	RetryTotal Law = "Decide answers any state and any error, and does not panic"
	// RetryFunction is broken by a Backoff or a Classify that remembers.
	RetryFunction Law = "a decision is a function of the policy, the state and the error"
	// RetrySafe is the law that nothing is run twice that must not be.
	RetrySafe Law = "nothing is run again that is Permanent, or that may have been executed and stands above the rung"
	// RetryInTime is broken by a loop that looks at the clock before a delay, and not at what the delay makes of it.
	RetryInTime Law = "no attempt begins after MaxElapsed, the deadline or the end of the context"
	// RetryPlan is broken by a Backoff of which u = 0 and u = 1 are not the bounds.
	RetryPlan Law = "attempts and delays keep to Plan"
	// RetryDoes is broken by a Backoff or a Classify that looks at the clock, and by an Observe that changes the policy.
	RetryDoes Law = "what Decide says, Do does"
	// RetryText is the law of String, MarshalText and Parse, for policies that a text can say.
	RetryText Law = "the text of a policy is the policy"
	// RetryShared is broken by notes that a Backoff or a Classify makes for itself.
	RetryShared Law = "a policy may be shared by goroutines"
)

// TestRetry tests that r keeps the laws of a policy. Half of them are of Decide, for any states and errors: it is a total
// function, safe, in time, and one that goroutines may share; and what a policy says as a text is the policy. The other
// half compare with it what Do does with generated operations: when the attempts begin, what is waited for, when and
// why it is over. The errors are those of [Errors]; add those that are yours, which are then the usual ones.
//
// It runs r with budgets of its own, so that r.Budget stays as it is, and calls r.Observe, if there is one. Operations run in
// virtual time, which needs the *testing.T: t has to be one, or a *rapid.T that has one behind it, or have a method
// Unwrap() [rapid.TB] that leads to one.
//
// Run it with -race, so that the last law is tested in full. Where t is a *rapid.T it draws once, and leaves the rest to the
// property around it.
func TestRetry(t rapid.TB, r policy.Retry, errs ...error) {
	t.Helper()
	testRetry(t, genuine, r, errs)
}

// retryEngine is what decides and runs policies: here is where the kit's own tests put those that lie.
type retryEngine struct {
	Decide func(*policy.Retry, policy.State, error) policy.Decision
	Do     func(*policy.Retry, context.Context, *policy.Op, func(context.Context) error) error
	Plan   func(*policy.Retry) policy.Plan
	Parse  func(string) (policy.Retry, error)
}

// genuine is package policy.
var genuine = retryEngine{(*policy.Retry).Decide, (*policy.Retry).DoOp, (*policy.Retry).Plan, policy.Parse}

// retryTrial is one policy under test.
type retryTrial struct {
	retryEngine
	r    policy.Retry
	errs []error // the caller's
	plan policy.Plan
	// read is what the text of r says, nil if it has none.
	read *policy.Retry
	// worth are errors that r retries, the caller's if there are any.
	worth []error
}

func testRetry(t rapid.TB, e retryEngine, r policy.Retry, errs []error) {
	t.Helper()
	if err := r.Validate(); err != nil {
		t.Fatalf("%v\n%v: %v", RetryValid, r, err)
	}
	p := &retryTrial{retryEngine: e, r: r, errs: errs}
	p.sort(t)
	outside := t
	law := func(t *rapid.T) {
		p.judge(t)
		p.walk(t)
		o := p.operations().Draw(t, "operation")
		if _, within := outside.(*rapid.T); within && rapid.IntRange(0, 3).Draw(t, "free") == 3 {
			o.dice = nil
		}
		p.compare(t, o, p.perform(outside, t, o))
	}
	within, ok := t.(*rapid.T)
	if !ok {
		p.climb(t)
	}
	plan, panicked := attempted(func() policy.Plan { return e.Plan(&p.r) })
	if panicked != nil {
		t.Fatalf("%v\n%v\nPlan panics: %v", RetryTotal, p.r, panicked)
	}
	p.plan = plan
	p.reread(t)
	switch {
	case ok:
		law(within)
	case testingT(t) == nil:
		t.Fatalf("proptest: TestRetry runs policies in virtual time: it needs a *testing.T, and got a %T without one behind it", t)
	default:
		rapid.Check(t, law)
		p.roam(t)
		p.shared(t)
	}
}

// sort finds the errors that are retried.
func (p *retryTrial) sort(t rapid.TB) {
	t.Helper()
	for _, all := range [][]error{p.errs, slices.Concat(replyErrors, connectionErrors, clientErrors)} {
		for _, err := range all {
			if err != nil && p.decision(t, policy.State{}, err).Reason == policy.Retrying {
				p.worth = append(p.worth, err)
			}
		}
		if len(p.worth) > 0 {
			return
		}
	}
}

// walk fails again and again, with quantiles of its own, and holds the delays to the plan.
func (p *retryTrial) walk(t *rapid.T) {
	if len(p.worth) == 0 {
		return
	}
	err, s := rapid.SampledFrom(p.worth).Draw(t, "failure"), policy.State{}
	for i, u := range rapid.SliceOfN(rapid.Float64Range(0, 1), 1, 6).Draw(t, "quantiles") {
		s = policy.State{Attempt: i + 1, Prev: s.Prev, Elapsed: s.Elapsed, Draw: u}
		d := p.decision(t, s, err)
		p.safe(t, s, err, d)
		if d.Reason != policy.Retrying || d.Class == classify.Redirect || d.After != 0 {
			return
		}
		if i >= len(p.plan.Delays) || d.Delay < p.plan.Delays[i].Min || d.Delay > p.plan.Delays[i].Max {
			t.Fatalf("%v\n%v\nsays of %v\n%v\nand its plan is\n%v", RetryPlan, p.r, asked{s, err}, decided(d), p.plan)
		}
		s.Prev, s.Elapsed = d.Delay, s.Elapsed+min(d.Delay, math.MaxInt64-s.Elapsed)
	}
}

// roam lets the loop draw for itself. rapid could not repeat that, nor make it smaller.
func (p *retryTrial) roam(t rapid.TB) {
	t.Helper()
	operations := p.operations()
	for seed := range 20 {
		o := operations.Example(seed)
		o.dice = nil
		p.compare(t, o, p.perform(t, nil, o))
	}
}

// climb asks for failure after failure, without chance: what remembers is found here, where it can be shown.
func (p *retryTrial) climb(t rapid.TB) {
	t.Helper()
	for n := 1; n <= 64; n++ {
		for _, u := range []float64{0, 0.5, 1} {
			for i, err := range p.worth {
				if n > 1 && i == 3 {
					break // they differ in what the classifier says, which does not know n
				}
				s := policy.State{Attempt: n, Draw: u}
				p.safe(t, s, err, p.decision(t, s, err))
				if n > 1 {
					continue
				}
				late := policy.State{Attempt: n, Draw: u, Elapsed: max(p.r.MaxElapsed, 0)}
				p.safe(t, late, err, p.decision(t, late, err))
				for s.Replay = classify.ReadOnly; s.Replay <= classify.Never; s.Replay++ {
					p.safe(t, s, err, p.decision(t, s, err))
				}
			}
		}
	}
}

// judge draws one decision, and holds it to the laws.
func (p *retryTrial) judge(t *rapid.T) {
	s, err := States().Draw(t, "state"), error(nil)
	switch what := rapid.IntRange(0, 7).Draw(t, "what"); {
	case what == 0:
	case what < 4 && len(p.worth) > 0:
		err = rapid.SampledFrom(p.worth).Draw(t, "usual error")
	default:
		err = Errors(p.errs...).Draw(t, "error").Err
	}
	d := p.decision(t, s, err)
	p.safe(t, s, err, d)
	p.text(t, s, err, d)
	if begins := max(s.Elapsed, 0); d.Reason == policy.Retrying && d.Delay < math.MaxInt64-begins && begins+d.Delay > 0 {
		s.Deadline = begins + d.Delay // at which it is too late
		p.safe(t, s, err, p.decision(t, s, err))
	}
}

// text holds r to be what its text says, for one decision.
func (p *retryTrial) text(t rapid.TB, s policy.State, err error, d policy.Decision) {
	t.Helper()
	if p.read == nil {
		return
	}
	if got := p.Decide(p.read, s, err); got != d {
		t.Fatalf("%v\n%v\nsays of %v\n%v\nand read back\n%v", RetryText, p.r, asked{s, err}, decided(d), decided(got))
	}
}

// reread reads r from its text, if it has one: functions and a stranger's strategies have none.
func (p *retryTrial) reread(t rapid.TB) {
	t.Helper()
	text, err := p.r.MarshalText()
	if err != nil {
		return
	}
	read, err := p.Parse(string(text))
	if err != nil {
		t.Fatalf("%v\n%v: %v", RetryText, p.r, err)
	}
	if again := read.String(); again != string(text) {
		t.Fatalf("%v\n%s\nreads back as\n%s", RetryText, text, again)
	}
	if plan := p.Plan(&read); !reflect.DeepEqual(plan, p.plan) {
		t.Fatalf("%v\n%s\nplans\n%v\nand read back\n%v", RetryText, text, p.plan, plan)
	}
	p.read = &read
}
