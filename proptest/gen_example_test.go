package proptest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
	"github.com/reprise-go/reprise/proptest"
)

// Strategies draws every curve of package backoff, in jitter and caps.
func ExampleStrategies() {
	for seed := range 3 {
		fmt.Println(proptest.Strategies().Example(seed))
	}
	// Output:
	// decorrelated, 512ms at most
	// sequence(0s,2562047h47m16.854775807s,2562047h47m16.854775807s), 2562047h47m16.854775807s at most
	// exponential(801.501478ms,801.504399ms,1), 801.504399ms at most
}

// Each policy prints as the text that policy.Parse reads.
func ExampleRetries() {
	for seed := range 3 {
		fmt.Println(proptest.Retries().Example(seed))
	}
	// Output:
	// retries=1 on=pool replay=read_only
	// retries=2 replay=idempotent attempt_timeout=1m0s budget=0,5,0,3,0,keep
	// retries=unlimited backoff=constant(6m0.000000001s) replay=convergent max_elapsed=1h0m0s attempt_timeout=671.617492ms
}

// Trees print as what one would write to make them; of the errors in them every other one is of those given.
func ExampleErrors() {
	gone := errors.New("my client: gone")
	for seed := range 3 {
		fmt.Println(proptest.Errors(gone).Example(seed))
	}
	// Output:
	// errors.New("ERR max number of clients reached")
	// errors.Join(errors.New("my client: gone"))
	// errors.New("READONLY You can't write against a read only replica.")
}

// Durations of all magnitudes, edges included.
func ExampleDelays() {
	for seed := range 3 {
		fmt.Println(proptest.Delays(0, time.Hour).Example(seed))
	}
	// Output:
	// 1h0m0s
	// 146ms
	// 1h0m0s
}

// What an operation does, attempt by attempt.
func ExampleScripts() {
	for seed := range 3 {
		fmt.Println(proptest.Scripts(io.EOF).Example(seed))
	}
	// Output:
	// 1: succeeds after 8ns; 2: io.EOF; 3: io.EOF; 4: succeeds; 5: panics after 6.883µs; 6: io.EOF after 1m0s; 7…: io.EOF after 1m0s, or when its context ends
	// 1: io.EOF after 1ns; 2: io.EOF; 3: io.EOF after 1m0s; 4: io.EOF; 5: blocks until its context ends; 6: io.EOF; 7: succeeds after 511ns; 8…: succeeds
	// 1: succeeds after 1m0s; 2: io.EOF; 3: io.EOF after 1m0s; 4…: succeeds
}

// Commands whose second run leaves the same state, though its reply may differ.
func ExampleCommands() {
	for seed := range 3 {
		fmt.Println(proptest.Commands(classify.Convergent).Example(seed))
	}
	// Output:
	// UNLINK a b
	// SETNX c ""
	// DEL b c
}

// A law of one's own: the number of attempts never depends on the state of another operation.
func ExampleStates() {
	r := policy.Retry{Retries: 3}
	show(func(t rapid.TB) {
		rapid.Check(t, func(t *rapid.T) {
			s := proptest.States().Draw(t, "state")
			if d := r.Decide(s, io.EOF); d.Reason == policy.Retrying && s.Attempt > r.Retries {
				t.Fatalf("%+v: %v", s, d.Reason)
			}
		})
	})
	// Output:
	// ok
}

// What a law of one's own says of an error: the expression that makes it, not its text.
func ExampleTree() {
	fmt.Println(proptest.Tree{Err: fmt.Errorf("call: %w", errors.Join(io.EOF, errors.New("LOADING")))})
	// Output:
	// fmt.Errorf("call: %w", errors.Join(io.EOF, errors.New("LOADING")))
}

// A script made by hand, for a test of one case.
func ExampleStep() {
	attempts := proptest.Script{{Err: io.EOF, Takes: time.Millisecond}, {}}
	r := policy.Retry{Retries: 1, Backoff: backoff.NoBackoff{}}
	fmt.Println(attempts)
	fmt.Println(r.Do(context.Background(), attempts.Func()))
	// Output:
	// 1: io.EOF after 1ms; 2…: succeeds
	// <nil>
}

// A wrapper of one's own keeps to the bound of what it wraps.
func ExampleBounded() {
	show(func(t rapid.TB) {
		rapid.Check(t, func(t *rapid.T) {
			b := proptest.Strategies().Draw(t, "strategy")
			if d := backoff.Equal(b.Strategy).Delay(7, 0, 1); d > b.Cap {
				t.Fatalf("%v: %v", b, d)
			}
		})
	})
	// Output:
	// ok
}

// What a Library tells apart, by IsFinal, and a policy of this project by Judge.
func ExampleIsFinal() {
	for _, class := range []classify.Class{classify.Transient, classify.Permanent} {
		err := fmt.Errorf("call: %w", proptest.Failure{Attempt: 1, Verdict: classify.Verdict{Class: class}})
		fmt.Println(proptest.IsFinal(err), proptest.Judge(err).Class)
	}
	// Output:
	// false transient
	// true permanent
}
