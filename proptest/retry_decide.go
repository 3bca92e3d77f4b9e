package proptest

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

// decision asks the policy, twice.
func (p *retryTrial) decision(t rapid.TB, s policy.State, err error) policy.Decision {
	t.Helper()
	d, panicked := attempted(func() policy.Decision { return p.Decide(&p.r, s, err) })
	if panicked != nil {
		t.Fatalf("%v\n%v\nasked about %v panics: %v", RetryTotal, p.r, asked{s, err}, panicked)
	}
	again, _ := attempted(func() policy.Decision { return p.Decide(&p.r, s, err) })
	if again != d {
		t.Fatalf("%v\n%v\nsays of %v\n%v\nand asked again\n%v", RetryFunction, p.r, asked{s, err}, decided(d), decided(again))
	}
	return d
}

// safe holds a decision to be one that does no harm, and in time.
func (p *retryTrial) safe(t rapid.TB, s policy.State, err error, d policy.Decision) {
	t.Helper()
	if d.Reason != policy.Retrying {
		return
	}
	switch d.Class {
	case classify.Transient, classify.Overloaded, classify.Redirect:
	case classify.Ambiguous:
		limit := p.r.Replay
		if limit == 0 {
			limit = classify.Idempotent
		}
		if s.Replay > limit || s.Replay >= classify.Never {
			t.Fatalf("%v\n%v\nsays of %v\n%v", RetrySafe, p.r, asked{s, err}, decided(d))
		}
	default:
		t.Fatalf("%v\n%v\nsays of %v\n%v", RetrySafe, p.r, asked{s, err}, decided(d))
	}
	if p.r.On != nil && !slices.ContainsFunc(p.r.On, d.Kind.Is) {
		t.Fatalf("%v\n%v\nsays of %v\n%v", RetrySafe, p.r, asked{s, err}, decided(d))
	}
	begins := max(s.Elapsed, 0)
	begins += min(d.Delay, math.MaxInt64-begins)
	if p.r.MaxElapsed > 0 && begins > p.r.MaxElapsed || s.Deadline != 0 && begins >= s.Deadline || s.Canceled {
		t.Fatalf("%v\n%v\nsays of %v\n%v", RetryInTime, p.r, asked{s, err}, decided(d))
	}
}

// shared holds several goroutines to get the answers that one gets.
func (p *retryTrial) shared(t rapid.TB) {
	t.Helper()
	all := leaves(p.errs)
	all = all[:len(all)-len(hollow)]
	shared(t, RetryShared, func(i int) string {
		s, err := policy.State{Attempt: i%7 + 1, Draw: float64(i%3) / 2}, all[i%len(all)]
		if len(p.worth) > 0 && i%2 == 0 {
			err = p.worth[i%len(p.worth)]
		}
		return fmt.Sprintf("%v of %v\n%v", p.r, asked{s, err}, decided(p.Decide(&p.r, s, err)))
	})
}

// asked writes what Decide is asked: "{Attempt: 2, Draw: 0.5} io.EOF".
type asked struct {
	policy.State
	err error
}

func (a asked) String() string {
	fields := []string{fmt.Sprintf("Attempt: %d", a.Attempt)}
	for _, d := range []struct {
		name string
		time.Duration
	}{{"Prev", a.Prev}, {"Elapsed", a.Elapsed}, {"Deadline", a.Deadline}} {
		if d.Duration != 0 {
			fields = append(fields, fmt.Sprintf("%s: %v", d.name, d.Duration))
		}
	}
	if a.Draw != 0 {
		fields = append(fields, fmt.Sprintf("Draw: %v", a.Draw))
	}
	if a.Replay != 0 {
		fields = append(fields, fmt.Sprintf("Replay: %v", a.Replay))
	}
	for _, flag := range []struct {
		name string
		set  bool
	}{{"Canceled", a.Canceled}, {"TimedOut", a.TimedOut}, {"Spent", a.Spent}} {
		if flag.set {
			fields = append(fields, flag.name)
		}
	}
	return "{" + strings.Join(fields, ", ") + "} " + Tree{a.err}.String()
}

// decided writes a decision as people say it.
type decided policy.Decision

func (d decided) String() string {
	text := d.Reason.String()
	if d.Reason == policy.Retrying {
		text += fmt.Sprintf(" after %v", d.Delay)
	}
	return text + ": " + verdictText(d.Verdict)
}
