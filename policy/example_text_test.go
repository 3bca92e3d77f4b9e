package policy_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

func ExampleParse() {
	r, err := policy.Parse("retries=3 backoff=full(exponential(8ms,512ms)) on=timeout,connection max_elapsed=2s")
	if err != nil {
		panic(err)
	}
	fmt.Println(r.Retries, r.Backoff, r.On, r.MaxElapsed)
	// Output: 3 full(exponential(8ms,512ms)) [timeout connection] 2s
}

func ExampleParseError() {
	_, err := policy.Parse("retries=3 replay=sometimes")
	fmt.Println(err)

	var e *policy.ParseError
	fmt.Println(errors.As(err, &e), e.Text[e.Offset:])
	// Output:
	// policy: cannot read "retries=3 replay=sometimes" at offset 17: replay "sometimes"; allowed: read_only, idempotent, convergent, accumulating
	// true sometimes
}

func ExampleParseError_Error() {
	_, err := policy.Parse("retries=-1")
	fmt.Println(err)
	// Output: policy: cannot read "retries=-1" at offset 8: retries "-1"; allowed: unlimited, or a number from 0 up
}

func ExampleRetry_String() {
	fmt.Println(policy.Retry{
		Retries:    policy.Unlimited,
		Backoff:    backoff.Decorrelated{Base: 10 * time.Millisecond, Cap: time.Second},
		Replay:     classify.Convergent,
		MaxElapsed: time.Minute,
		Budget:     &policy.Budget{Capacity: 100},
	})
	// Output: retries=unlimited backoff=decorrelated(10ms,1s) replay=convergent max_elapsed=1m0s budget=100
}

func ExampleRetry_MarshalText() {
	text, err := json.Marshal(map[string]policy.Retry{"reads": {Retries: 3}, "writes": policy.RetryOn(classify.ReadOnlyReplica)})
	fmt.Println(string(text), err)
	// Output: {"reads":"retries=3","writes":"retries=1 backoff=none on=read_only"} <nil>
}

// Defaults come from the program, what may be tuned from a file; functions stay.
func ExampleRetry_UnmarshalText() {
	config := struct{ Reads, Writes policy.Retry }{
		Reads:  policy.Retry{Retries: 3, Observe: func(_ context.Context, e policy.Event) { fmt.Println("observed:", e.Decision.Reason) }},
		Writes: policy.Retry{Retries: 1},
	}
	if err := json.Unmarshal([]byte(`{"Reads": "retries=5 backoff=none"}`), &config); err != nil {
		panic(err)
	}
	fmt.Println(&config.Reads)
	fmt.Println(&config.Writes)
	_ = config.Reads.Do(context.Background(), flaky(1))
	// Output:
	// retries=5 backoff=none
	// retries=1
	// observed: retrying
	// observed: succeeded
}

func ExampleRetry_Validate() {
	r := policy.Retry{Retries: -5, MaxElapsed: -time.Second, Backoff: backoff.Exponential{Factor: 0.5}}
	fmt.Println(r.Validate())
	// Output:
	// policy: Backoff: backoff: Exponential.Factor is 0.5; allowed: 0 (meaning 2) or a finite number from 1 up
	// policy: Retries is -5; allowed: Unlimited (-1), 0 or more
	// policy: MaxElapsed is -1s; allowed: 0 (no limit) or more
}
