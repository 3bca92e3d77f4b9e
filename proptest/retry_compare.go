package proptest

import (
	"fmt"
	"time"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

// compare holds what happened to the laws.
func (p *retryTrial) compare(t rapid.TB, o retryOperation, got *retryTrace) {
	broken := func(law Law, format string, args ...any) {
		t.Helper()
		t.Fatalf("%v\n%v\n%v\n%s", law, p.r, o, fmt.Sprintf(format, args...))
	}
	switch {
	case got.panicked != nil:
		broken(RetryDoes, "Do panics: %v", got.panicked)
	case len(got.began) == 0 || len(got.events) == 0:
		broken(RetryDoes, "%d attempts were made and %d decisions", len(got.began), len(got.events))
	}
	for i := range got.events {
		e := &got.events[i]
		if !(e.State.Draw >= 0 && e.State.Draw < 1) {
			broken(RetryDoes, "the loop draws %v", e.State.Draw)
		}
		if len(o.dice) > 0 {
			e.State.Draw = 0 // which has no say, and would be another the next time
		}
		p.safe(t, e.State, e.Err, e.Decision)
	}
	ran := *p
	ran.r = got.r
	p = &ran
	p.late(o, got, broken)
	p.planned(got, broken)
	p.follows(t, o, got, broken)
}

// complaint says which law is broken, and how.
type complaint func(law Law, format string, args ...any)

// late looks at when attempts began.
func (p *retryTrial) late(o retryOperation, got *retryTrace, broken complaint) {
	for i, at := range got.began[1:] {
		switch {
		case p.r.MaxElapsed > 0 && at > p.r.MaxElapsed:
			broken(RetryInTime, "attempt %d begins after %v", i+2, at)
		case o.deadline > 0 && at >= o.deadline:
			broken(RetryInTime, "attempt %d begins after %v", i+2, at)
		case o.cancelAt > 0 && at > o.cancelAt:
			broken(RetryInTime, "attempt %d begins after %v", i+2, at)
		}
	}
}

// planned compares with the plan, unless a server sent the operation elsewhere or asked for a delay: a plan leaves that out.
func (p *retryTrial) planned(got *retryTrace, broken complaint) {
	if r := p.r.Retries; r >= 0 && len(got.began)-1 > r {
		broken(RetryPlan, "%d attempts were made", len(got.began))
	}
	var delays []time.Duration
	for _, e := range got.events {
		if e.Decision.Class == classify.Redirect || e.Decision.After != 0 {
			return
		}
		if e.Decision.Reason == policy.Retrying {
			delays = append(delays, e.Decision.Delay)
		}
	}
	if p.plan.Attempts != policy.Unlimited && len(got.began) > p.plan.Attempts {
		broken(RetryPlan, "%d attempts were made, and %d planned", len(got.began), p.plan.Attempts)
	}
	var sum time.Duration
	for i, d := range delays {
		sum += d
		if i < len(p.plan.Delays) && (d < p.plan.Delays[i].Min || d > p.plan.Delays[i].Max) {
			broken(RetryPlan, "after failure %d the delay is %v, and planned %v", i+1, d, p.plan.Delays[i])
		}
	}
	if sum > p.plan.Wait.Max {
		broken(RetryPlan, "the delays add up to %v, and planned are %v", sum, p.plan.Wait)
	}
}

// follows goes through the run decision by decision. Each is to be what Decide says in a state that is true, and what
// happened next is to be what it said.
func (p *retryTrial) follows(t rapid.TB, o retryOperation, got *retryTrace, broken complaint) {
	var prev time.Duration // the delay before the attempt
	n := 0                 // the attempt
	for i, e := range got.events {
		last := i == len(got.events)-1
		cut := i > 0 && got.events[i-1].State.Attempt == e.State.Attempt // a delay that did not come to its end
		if !cut {
			n++
			p.truth(o, got, e, n, prev, broken)
		}
		if d := p.decision(t, e.State, e.Err); d != e.Decision {
			broken(RetryDoes, "attempt %d: Do goes by %v\nand Decide says %v", n, decided(e.Decision), decided(d))
		}
		if (e.Decision.Reason == policy.Retrying) == last || cut && !last {
			broken(RetryDoes, "attempt %d: the decision is %v, and the loop goes on: %v", n, decided(e.Decision), !last)
		}
		prev = e.Decision.Delay
		if !last && got.events[i+1].State.Attempt != e.State.Attempt && n < len(got.began) && got.began[n] != got.ended[n-1]+prev {
			broken(RetryDoes, "attempt %d begins after %v, and was to begin after %v", n+1, got.began[n], got.ended[n-1]+prev)
		}
	}
	switch end := got.events[len(got.events)-1]; {
	case n != len(got.began):
		broken(RetryDoes, "%d attempts were made, and %d decided upon", len(got.began), n)
	case got.took != end.State.Elapsed:
		broken(RetryDoes, "it is over after %v, and the last decision fell after %v", got.took, end.State.Elapsed)
	case (end.Decision.Reason == policy.Succeeded) != (got.errs[n-1] == nil):
		broken(RetryDoes, "the last attempt came to %v, and the reason to stop is %v", Tree{got.errs[n-1]}, end.Decision.Reason)
	}
}

// truth compares the state of a decision with what happened.
func (p *retryTrial) truth(o retryOperation, got *retryTrace, e policy.Event, n int, prev time.Duration, broken complaint) {
	if n > len(got.ended) {
		broken(RetryDoes, "%d attempts were made, and %d decided upon", len(got.ended), n)
	}
	want := e.State
	want.Attempt, want.Prev, want.Elapsed, want.Deadline, want.Replay = n, prev, got.ended[n-1], o.deadline, o.rung
	if e.State != want || !sameError(e.Err, got.errs[n-1]) {
		broken(RetryDoes, "attempt %d ended in %v\nand was judged as %v", n, asked{want, got.errs[n-1]}, asked{e.State, e.Err})
	}
}

// sameError reports whether a and b are one error. Those that cannot be compared are if they print alike.
func sameError(a, b error) bool {
	same, panicked := attempted(func() bool { return a == b }) //nolint:errorlint // the error itself, not one that wraps it
	return same || panicked != nil && expression(a) == expression(b)
}
