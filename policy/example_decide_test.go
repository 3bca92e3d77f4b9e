package policy_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

// Deciding needs no clock, no dice and no operation.
func ExampleRetry_Decide() {
	r := policy.Retry{Retries: 3, Backoff: backoff.Full(backoff.Constant(time.Second))}
	for _, s := range []policy.State{
		{Attempt: 1, Draw: 0.25},
		{Attempt: 3, Draw: 0.75},
		{Attempt: 4},
		{Attempt: 1, Replay: classify.Accumulating},
		{Attempt: 1, Draw: 0.5, Elapsed: 100 * time.Millisecond, Deadline: 600 * time.Millisecond},
	} {
		d := r.Decide(s, io.EOF) // the connection broke: it may have been executed
		fmt.Println(d.Class, d.Reason, d.Delay)
	}
	// Output:
	// ambiguous retrying 250ms
	// ambiguous retrying 750ms
	// ambiguous out_of_retries 0s
	// ambiguous not_replayable 0s
	// ambiguous out_of_time 0s
}

// Attempt 0 asks whether an error is one to retry at all.
func ExampleState() {
	var none policy.Retry
	for _, err := range []error{errors.New("TRYAGAIN Multiple keys request during rehashing of slot"), errors.New("NOAUTH Authentication required")} {
		fmt.Println(none.Decide(policy.State{}, err).Reason)
	}
	// Output:
	// retrying
	// not_retryable
}

// Decisions are values and can be compared.
func ExampleDecision() {
	r := policy.Retry{Retries: 1, Backoff: backoff.Constant(time.Second)}
	got := r.Decide(policy.State{Attempt: 1}, errors.New("MASTERDOWN Link with MASTER is down"))
	fmt.Println(got == policy.Decision{
		Verdict: classify.Verdict{Class: classify.Transient, Kind: classify.MasterDown},
		Reason:  policy.Retrying,
		Delay:   time.Second,
	})
	// Output: true
}

func ExampleReason() {
	r := policy.Retry{Retries: 3}
	switch d := r.Decide(policy.State{Attempt: 1}, errors.New("WRONGTYPE Operation against a key")); d.Reason {
	case policy.Retrying:
		fmt.Println("another attempt after", d.Delay)
	case policy.NotRetryable, policy.NotReplayable:
		fmt.Println("not this one")
	default:
		fmt.Println("no more")
	}
	// Output: not this one
}

func ExampleReason_String() {
	for r := policy.Succeeded; r <= policy.Canceled; r++ {
		fmt.Println(r)
	}
	// Output:
	// succeeded
	// retrying
	// not_retryable
	// not_replayable
	// out_of_retries
	// out_of_time
	// out_of_budget
	// canceled
}

// Every decision is reported with the state that it was made from. Log it; replay it in a test.
func ExampleEvent() {
	r := policy.Retry{Retries: 3}
	r.Backoff = backoff.Full(backoff.Constant(time.Microsecond))
	r.Observe = func(_ context.Context, e policy.Event) {
		replayed := r.Decide(e.State, e.Err)
		fmt.Println(e.State.Attempt, e.Err, e.Decision.Reason, replayed == e.Decision)
	}
	_ = r.Do(context.Background(), flaky(1))
	// Output:
	// 1 LOADING Redis is loading the dataset in memory retrying true
	// 2 <nil> succeeded true
}

// What a policy can cost, before it does.
func ExampleRetry_Plan() {
	r := policy.Retry{Retries: 6, Backoff: backoff.Equal(backoff.Exponential{})}
	plan := r.Plan()
	for i, d := range plan.Delays {
		fmt.Println(i+1, d.Min, d.Max)
	}
	fmt.Println(plan.Attempts, "attempts, waiting", plan.Wait)
	// Output:
	// 1 8ms 16ms
	// 2 16ms 32ms
	// 3 32ms 64ms
	// 4 64ms 128ms
	// 5 128ms 256ms
	// 6 256ms 512ms
	// 7 attempts, waiting 504ms to 1.008s
}

func ExamplePlan() {
	r := policy.Retry{Retries: policy.Unlimited, Backoff: backoff.Constant(3 * time.Second), MaxElapsed: 10 * time.Second}
	plan := r.Plan()
	fmt.Println(plan.Attempts, plan.Wait.Max)
	// Output: 4 9s
}

func ExamplePlan_String() {
	r := policy.Retry{Retries: 2}
	fmt.Println(r.Plan())
	// Output:
	// after failure 1 wait 0s to 16ms
	// after failure 2 wait 0s to 32ms
	// 3 attempts at most, 0s to 48ms of waiting
}

func ExampleBounds() {
	b := policy.Bounds{Min: time.Second, Max: 3 * time.Second}
	fmt.Println(b.Max - b.Min)
	// Output: 2s
}

func ExampleBounds_String() {
	fmt.Println(policy.Bounds{Min: time.Second, Max: 3 * time.Second})
	fmt.Println(policy.Bounds{Min: time.Second, Max: time.Second})
	fmt.Println(policy.Bounds{Min: time.Second, Max: backoff.Uncapped})
	// Output:
	// 1s to 3s
	// 1s
	// 1s or more
}

// Many callers share one bucket: when every call fails there are few retries, not three each.
func ExampleBudget() {
	shared := &policy.Budget{Capacity: 50, Floor: policy.NoFloor} // 10 retries
	r := policy.Retry{Retries: 3, Backoff: backoff.NoBackoff{}, Budget: shared}
	attempts := 0
	for range 100 {
		_ = r.Do(context.Background(), func(context.Context) error {
			attempts++
			return errors.New("CLUSTERDOWN The cluster is down")
		})
	}
	fmt.Println(attempts, "attempts for 100 calls")
	// Output: 110 attempts for 100 calls
}

func ExampleBudget_Tokens() {
	b := &policy.Budget{Capacity: 100, Floor: policy.NoFloor}
	r := policy.Retry{Retries: 1, Backoff: backoff.NoBackoff{}, Budget: b}
	fmt.Println(b.Tokens())
	_ = r.Do(context.Background(), flaky(2)) // a retry that failed
	fmt.Println(b.Tokens())
	_ = r.Do(context.Background(), flaky(1)) // a retry that succeeded
	fmt.Println(b.Tokens())
	_ = r.Do(context.Background(), flaky(0)) // a success at once
	fmt.Println(b.Tokens())
	// Output:
	// 100
	// 95
	// 95
	// 96
}

func ExampleBudget_Validate() {
	fmt.Println((&policy.Budget{Capacity: 8}).Validate())
	// Output: policy: Budget.Capacity is 8; allowed: 0 (meaning 500), or the price of a retry (10) to 1000000000
}

func ExampleBudget_String() {
	fmt.Println(&policy.Budget{Capacity: 1000, Cost: 14})
	// Output: 1000,14
}
