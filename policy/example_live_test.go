package policy_test

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/policy"
)

func ExampleNewLive() {
	live, err := policy.NewLive(policy.Retry{Retries: 3, Backoff: backoff.NoBackoff{}})
	if err != nil {
		fmt.Println(err)
		return
	}
	calls := policy.Retry{Live: live}
	fmt.Println(calls.Do(context.Background(), refused))

	fmt.Println(live.Set("retries=1 backof=none"))
	fmt.Println(live.Set("retries=1 backoff=none"))
	fmt.Println(calls.Do(context.Background(), refused))

	live.Off()
	fmt.Println(calls.Do(context.Background(), refused))
	// Output:
	// connect: connection refused (out_of_retries after 4 attempts)
	// policy: cannot read "retries=1 backof=none" at offset 10: unknown field "backof"; allowed: retries, backoff, on, replay, max_elapsed, attempt_timeout, min_attempt, inform, budget
	// <nil>
	// connect: connection refused (out_of_retries after 2 attempts)
	// connect: connection refused
}

// A switch for when retries do harm.
func ExampleLive_Off() {
	live, _ := policy.NewLive(policy.Retry{Retries: 2, Backoff: backoff.NoBackoff{}})
	calls := policy.Retry{Live: live}
	live.Off()
	fmt.Println(live.IsOff(), calls.Do(context.Background(), refused))
	live.On()
	fmt.Println(live.IsOff(), calls.Do(context.Background(), refused))
	// Output:
	// true connect: connection refused
	// false connect: connection refused (out_of_retries after 3 attempts)
}

// A policy that is not valid changes nothing.
func ExampleLive_Store() {
	live, _ := policy.NewLive(policy.Retry{Retries: 2})
	fmt.Println(live.Store(policy.Retry{Retries: 5, Budget: new(policy.Budget)}), live.Load())
	fmt.Println(live.Store(policy.Retry{Retries: -7}), live.Load())
	// Output:
	// <nil> retries=5 budget=0
	// policy: Retries is -7; allowed: Unlimited (-1), 0 or more retries=5 budget=0
}

func ExampleLive_Env() {
	_ = os.Setenv(policy.Variable, "retries=many")
	defer os.Unsetenv(policy.Variable)
	live, _ := policy.NewLive(policy.Retry{Retries: 2})
	fmt.Println(live.Env())
	fmt.Println(live.Load())
	// Output:
	// policy: REPRISE_POLICY: policy: cannot read "retries=many" at offset 8: retries "many"; allowed: unlimited, or a number from 0 up
	// retries=2
}

// What an adapter asks of a policy in the middle of an operation, it asks of one.
func ExampleRetry_Current() {
	live, _ := policy.NewLive(policy.Retry{Retries: 2})
	of := policy.Retry{Live: live}
	during := of.Current()
	_ = live.Store(policy.Retry{Retries: 5})
	fmt.Println(during.Retries, of.Current().Retries)
	// Output: 2 5
}

func ExampleLive_Watch() {
	live, _ := policy.NewLive(policy.Retry{Retries: 3})
	ctx, cancel := context.WithCancel(context.Background())
	_ = live.Watch(ctx, "/no/such/file", 10*time.Second, func(err error) {
		fmt.Println(err, "and still", live.Load())
		cancel()
	})
	// Output: policy: open /no/such/file: no such file or directory and still retries=3
}

func ExampleFromEnv() {
	_ = os.Setenv(policy.Variable, "retries=1 on=timeout")
	defer os.Unsetenv(policy.Variable)
	r, err := policy.FromEnv(policy.Retry{Retries: 3})
	fmt.Println(r, err)
	// Output: retries=1 on=timeout <nil>
}

func ExampleRetry_Digest() {
	a, b := policy.Retry{Retries: 3}, policy.Retry{Retries: 4}
	fmt.Println(a.Digest(), b.Digest())
	// Output: 5e721c31 5f721dc4
}

func ExampleFollow() {
	live, _ := policy.NewLive(policy.Retry{Retries: 3})
	attempts := policy.Follow(policy.Retry{Live: live}, func(r policy.Retry) int { return r.Retries + 1 })
	fmt.Println(*attempts())
	_ = live.Set("retries=1")
	fmt.Println(*attempts())
	// Output:
	// 4
	// 2
}
