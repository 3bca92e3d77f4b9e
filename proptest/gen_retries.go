package proptest

import (
	"time"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

// Retries draws policies that [policy.Retry.Validate] accepts, and that a text can say: without Classify and Observe, which
// are functions. They end by themselves: at most 12 retries, or Unlimited ones that a MaxElapsed ends; delays are an hour at most.
// Each has a budget of its own, if any: a Budget remembers, so that a test that runs a policy twice has to copy it. They
// shrink to the zero policy, field by field: the smallest that makes a retry is "retries=1".
func Retries() *rapid.Generator[policy.Retry] {
	return rapid.Custom(func(t *rapid.T) policy.Retry {
		r := policy.Retry{Retries: rapid.SampledFrom([]int{0, 1, 2, 3, 5, 8, 12}).Draw(t, "retries")}
		if rapid.Bool().Draw(t, "own backoff") {
			r.Backoff = strategies(1, time.Hour).Draw(t, "backoff").Strategy
		}
		if rapid.Bool().Draw(t, "some kinds") {
			r.On = rapid.SliceOfN(rapid.SampledFrom(classify.Kinds()), 1, 4).Draw(t, "on")
		}
		r.Replay = rungs(0, classify.Accumulating).Draw(t, "replay")
		switch rapid.IntRange(0, 2).Draw(t, "limited") {
		case 1:
			r.MaxElapsed = Delays(1, time.Hour).Draw(t, "max elapsed")
		case 2:
			r.MaxElapsed = time.Hour
		}
		if rapid.Bool().Draw(t, "attempts are limited") {
			r.AttemptTimeout = Delays(1, time.Minute).Draw(t, "attempt timeout")
		}
		if rapid.Bool().Draw(t, "a budget") {
			r.Budget = budget(t)
		}
		if r.MaxElapsed > 0 && rapid.Bool().Draw(t, "unlimited") {
			r.Retries, r.Backoff = policy.Unlimited, backoff.Constant(r.MaxElapsed/10+1)
		}
		return r
	})
}

// budget draws a valid budget.
func budget(t *rapid.T) *policy.Budget {
	b := &policy.Budget{
		Capacity: rapid.SampledFrom([]int{0, 23, 40}).Draw(t, "capacity"),
		Cost:     rapid.IntRange(0, 9).Draw(t, "cost"),
		Refund:   rapid.IntRange(0, 9).Draw(t, "refund"),
	}
	b.Keep = rapid.Bool().Draw(t, "keep")
	b.Floor = rapid.SampledFrom([]int{0, policy.NoFloor, 1, 10}).Draw(t, "floor")
	b.OverloadCost = rapid.SampledFrom([]int{0, max(b.Cost, 5), 2*b.Cost + 5}).Draw(t, "overload cost")
	return b
}

// rungs draws from least to most, those that there are not included.
func rungs(least, most classify.Replay) *rapid.Generator[classify.Replay] {
	return rapid.Custom(func(t *rapid.T) classify.Replay {
		return classify.Replay(rapid.Uint8Range(uint8(least), uint8(most)).Draw(t, "rung"))
	})
}
