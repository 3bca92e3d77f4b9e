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
	"github.com/reprise-go/reprise/internal/rapidtest"
	"github.com/reprise-go/reprise/policy"
	"github.com/reprise-go/reprise/proptest"
)

// show runs a test of the kit as go test would, and prints what it found: of what rapid draws, always the same.
func show(test func(rapid.TB)) {
	defer rapidtest.SetFlag("rapid.seed", "1")()
	if found := findings(nil, test); found != "" {
		fmt.Println(found)
		return
	}
	fmt.Println("ok")
}

// A strategy that clamps the delay first, and adds the jitter to what it has clamped, exceeds its cap. The test prints the
// law, and the smallest counterexample that it found. Elsewhere it is three lines:
//
//	func TestBroken(t *testing.T) {
//		proptest.TestStrategy(t, broken, time.Minute)
//	}
func ExampleTestStrategy() {
	broken := backoff.Func(func(n int, _ time.Duration, u float64) time.Duration {
		d := min(time.Second<<min(max(n, 0), 10), time.Minute)
		return d/2 + time.Duration(min(max(u, 0), 1)*float64(d))
	})
	show(func(t rapid.TB) { proptest.TestStrategy(t, broken, time.Minute) })

	mended := backoff.Cap(broken, time.Minute)
	show(func(t rapid.TB) { proptest.TestStrategy(t, mended, time.Minute) })
	// Output:
	// a delay is never longer than the cap
	// Delay(6, 0s, 1) = 1m30s, and the cap is 1m0s
	// ok
}

// A classifier that looks at the outermost error does not know it any more when somebody has wrapped it.
func ExampleTestClassifier() {
	broken := classify.Func(func(err error) classify.Verdict {
		if err == io.EOF { //nolint:errorlint // that is what is wrong with it
			return classify.Verdict{Class: classify.Ambiguous, Kind: classify.Connection}
		}
		return classify.Verdict{}
	})
	show(func(t rapid.TB) { proptest.TestClassifier(t, broken) })

	mended := classify.Is(io.EOF, classify.Verdict{Class: classify.Ambiguous, Kind: classify.Connection})
	show(func(t rapid.TB) { proptest.TestClassifier(t, mended) })
	// Output:
	// to wrap an error does not change its verdict
	// f(io.EOF) = ambiguous connection
	// f(fmt.Errorf("call: %w", io.EOF)) = unknown
	// ok
}

// A strategy with a table, in a policy that makes more retries than the table has rows.
func ExampleTestRetry() {
	table := []time.Duration{10 * time.Millisecond, 50 * time.Millisecond, time.Second}
	r := policy.Retry{Retries: 5, Backoff: backoff.Func(func(n int, _ time.Duration, _ float64) time.Duration { return table[n-1] })}
	show(func(t rapid.TB) { proptest.TestRetry(t, r) })
	// Output:
	// Decide answers any state and any error, and does not panic
	// retries=5 backoff=func
	// asked about {Attempt: 4} errors.New("LOADING Redis is loading the dataset in memory") panics: runtime error: index out of range [3] with length 3
}

// An operation that fails twice, the second time slowly, and then succeeds.
func ExampleScript() {
	s := proptest.Script{{Err: io.EOF}, {Err: errors.New("LOADING"), Takes: time.Millisecond, Hears: true}, {}}
	fmt.Println(s)

	r := policy.Retry{Retries: 1, Backoff: backoff.NoBackoff{}}
	fmt.Println(r.Do(context.Background(), s.Func()))
	// Output:
	// 1: io.EOF; 2: errors.New("LOADING") after 1ms, or when its context ends; 3…: succeeds
	// LOADING (out_of_retries after 2 attempts)
}
