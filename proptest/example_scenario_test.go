package proptest_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
	"github.com/reprise-go/reprise/proptest"
)

var (
	transient = classify.Verdict{Class: classify.Transient}
	permanent = classify.Verdict{Class: classify.Permanent, Kind: classify.Auth}
)

func ExampleScenario() {
	fmt.Println(proptest.Scenario{Outcomes: []proptest.Outcome{
		{Ending: proptest.Fails, Verdict: transient},
		{Ending: proptest.Fails, Verdict: transient, Takes: time.Second, Hears: true},
		{Ending: proptest.Fails, Verdict: permanent},
	}, Deadline: time.Minute})
	fmt.Println(proptest.Scenario{Outcomes: []proptest.Outcome{{Takes: proptest.Forever}}, Cancel: time.Second, Cause: errors.New("the user has left")})
	// Output:
	// fail, fail after 1s or as its context ends, fail(permanent auth) for ever; deadline after 1m0s
	// block; canceled after 1s, with the cause "the user has left"
}

func ExampleFailure() {
	err := fmt.Errorf("call: %w", proptest.Failure{Attempt: 3, Verdict: permanent})

	fmt.Println(err)
	fmt.Println(proptest.Judge(err) == permanent, proptest.IsFinal(err))
	// Output:
	// call: failure 3 (permanent auth)
	// true true
}

func ExampleScenarios() {
	fmt.Println(proptest.Scenarios().Example(22)) // of the seed 22; in a property, Draw
	// Output:
	// fail(redirect) after 17ns or as its context ends, block; deadline after 3m34s
}

// What a loop of one's own does is compared with what one wants, over drawn scenarios.
func ExampleScenario_Play() {
	calls := policy.Retry{Retries: 3, Classify: proptest.Judge}
	_ = func(t *testing.T) { // func TestCalls, in a test of yours
		rapid.Check(t, func(rt *rapid.T) {
			scenario := proptest.Scenarios().Draw(rt, "scenario")
			var h proptest.History
			synctest.Test(t, func(*testing.T) {
				h = scenario.Play(calls.Do)
			})
			if len(h.Began) > 4 {
				rt.Fatalf("%v: %v", scenario, h)
			}
		})
	}
	// Output:
}
