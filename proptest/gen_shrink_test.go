package proptest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/rapidtest"
	"github.com/reprise-go/reprise/policy"
	"github.com/reprise-go/reprise/proptest"
)

// smallest returns the smallest value with a property that rapid comes to, as it prints.
func smallest[T any](t *testing.T, values *rapid.Generator[T], property func(T) bool) string {
	t.Helper()
	defer rapidtest.SetFlag("rapid.checks", "2000")() // some properties are rare
	return findings(t, func(t rapid.TB) {
		rapid.Check(t, func(t *rapid.T) {
			if v := values.Draw(t, "value"); property(v) {
				t.Fatalf("%v", v)
			}
		})
	})
}

// What generators come to is what a person can read: the least that has a property.
func TestGeneratorsShrink(t *testing.T) {
	for want, got := range map[string]string{
		"retries=0": smallest(t, proptest.Retries(), func(policy.Retry) bool { return true }),
		"retries=1": smallest(t, proptest.Retries(), func(r policy.Retry) bool { return r.Retries > 0 }),
		"retries=1 attempt_timeout=1ns": smallest(t, proptest.Retries(), func(r policy.Retry) bool {
			return r.Retries > 0 && r.AttemptTimeout > 0
		}),
		"retries=1 replay=convergent": smallest(t, proptest.Retries(), func(r policy.Retry) bool {
			return r.Retries > 0 && r.Replay == classify.Convergent
		}),
		"retries=0 on=connection": smallest(t, proptest.Retries(), func(r policy.Retry) bool { return r.On != nil }),
		"none, 0s at most":        smallest(t, proptest.Strategies(), func(proptest.Bounded) bool { return true }),
		"io.EOF":                  smallest(t, proptest.Errors(), func(proptest.Tree) bool { return true }),
		"1…: io.EOF":              smallest(t, proptest.Scripts(), func(s proptest.Script) bool { return s.Step(1).Err != nil }),
		"1…: blocks until its context ends": smallest(t, proptest.Scripts(), func(s proptest.Script) bool {
			return slices.ContainsFunc(s, func(s proptest.Step) bool { return s.Takes == backoff.Uncapped })
		}),
		"INCR a": smallest(t, proptest.Commands(classify.Accumulating), func(c proptest.Command) bool { return c[0] == "INCR" }),
		"-1ns":   smallest(t, proptest.Delays(-time.Hour, time.Hour), func(d time.Duration) bool { return d < 0 }),
	} {
		if got != want {
			t.Errorf("the smallest is %s, want %s", got, want)
		}
	}
}

// Durations keep to their bounds, and come to the edges.
func TestDelays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		least := proptest.Delays(-backoff.Uncapped-1, backoff.Uncapped).Draw(t, "least")
		most := proptest.Delays(least, backoff.Uncapped).Draw(t, "most")
		if d := proptest.Delays(least, most).Draw(t, "delay"); d < least || d > most {
			t.Fatalf("%v is not in [%v, %v]", d, least, most)
		}
	})
	seen := map[time.Duration]bool{}
	for seed := range 400 {
		seen[proptest.Delays(-time.Hour, backoff.Uncapped).Example(seed)] = true
	}
	for _, edge := range []time.Duration{-time.Hour, -1, 0, 1, backoff.Uncapped} {
		if !seen[edge] {
			t.Errorf("%v was never drawn", edge)
		}
	}
}

// Retries are what their comment says.
func TestRetries(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := proptest.Retries().Draw(t, "policy")
		if _, err := r.MarshalText(); err != nil {
			t.Fatal(err)
		}
		if plan := r.Plan(); plan.Wait.Max > 12*2*time.Hour {
			t.Fatalf("%v waits %v", r, plan.Wait)
		}
	})
}

// What is drawn prints in the log of rapid as it does elsewhere.
func TestGoStrings(t *testing.T) {
	for _, v := range []any{
		proptest.Strategies().Example(1), proptest.Errors().Example(1), proptest.Scripts().Example(1), proptest.Scripts().Example(1)[0],
		proptest.Commands().Example(1),
	} {
		if got, want := fmt.Sprintf("%#v", v), fmt.Sprint(v); got != want || strings.Contains(got, "0x") {
			t.Errorf("%T: %s, want %s", v, got, want)
		}
	}
}
