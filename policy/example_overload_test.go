package policy_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"syscall"
	"time"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/policy"
)

// refused is an operation that never reaches its server.
func refused(context.Context) error {
	return &os.SyscallError{Syscall: "connect", Err: syscall.ECONNREFUSED}
}

func ExampleWithAllowance() {
	layer := policy.Retry{Retries: 3, Backoff: backoff.NoBackoff{}}
	calls := 0
	request := func(ctx context.Context) error {
		return layer.Do(ctx, func(ctx context.Context) error {
			return layer.Do(ctx, func(ctx context.Context) error { calls++; return refused(ctx) })
		})
	}
	_ = request(context.Background())
	fmt.Println("without:", calls)

	calls = 0
	err := request(policy.WithAllowance(context.Background(), 3))
	fmt.Println("with:", calls)
	fmt.Println(errors.Is(err, syscall.ECONNREFUSED))
	// Output:
	// without: 16
	// with: 4
	// true
}

func ExampleFinal() {
	outer, inner := policy.Retry{Retries: 9, Backoff: backoff.NoBackoff{}}, policy.Retry{Retries: 2, Backoff: backoff.NoBackoff{}}
	calls := 0
	err := outer.Do(context.Background(), func(ctx context.Context) error {
		return policy.Final(inner.Do(ctx, func(ctx context.Context) error { calls++; return refused(ctx) }))
	})
	fmt.Println(calls, err)
	// Output: 3 connect: connection refused (out_of_retries after 3 attempts)
}

func ExampleAttemptFrom() {
	r := policy.Retry{Retries: 2, Backoff: backoff.NoBackoff{}, Inform: true}
	_ = r.Do(context.Background(), func(ctx context.Context) error {
		a, _ := policy.AttemptFrom(ctx)
		fmt.Printf("attempt %d, %d left\n", a.Number, a.Left)
		return refused(ctx)
	})
	// Output:
	// attempt 1, 2 left
	// attempt 2, 1 left
	// attempt 3, 0 left
}

// A loop of one's own says which attempt it makes.
func ExampleWithAttempt() {
	send := func(ctx context.Context) error {
		a, _ := policy.AttemptFrom(ctx)
		fmt.Printf("attempt %d, %d left\n", a.Number, a.Left)
		return refused(ctx)
	}
	for n, last := 1, 2; n <= last && send(policy.WithAttempt(context.Background(), policy.Attempt{Number: n, Left: last - n})) != nil; n++ {
	}
	// Output:
	// attempt 1, 1 left
	// attempt 2, 0 left
}

func ExampleBudget_TokensOf() {
	b := &policy.Budget{Capacity: 100, Floor: policy.NoFloor}
	r := policy.Retry{Retries: 1, Backoff: backoff.NoBackoff{}, Budget: b}
	for range 50 {
		_ = r.DoOp(context.Background(), &policy.Op{Node: "dead:6379"}, refused)
	}
	fmt.Println(b.TokensOf("dead:6379"), b.TokensOf("well:6379"))
	// Output: 0 100
}

func ExampleBudget_Least() {
	b := &policy.Budget{Capacity: 100, Floor: policy.NoFloor}
	r := policy.Retry{Retries: 1, Backoff: backoff.NoBackoff{}, Budget: b}
	for range 10 {
		_ = r.DoOp(context.Background(), &policy.Op{Node: "failing:6379"}, refused)
	}
	fmt.Println(b.Least(), b.TokensOf("well:6379"))
	// Output: 50 100
}

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

func ExampleLive_Watch() {
	live, _ := policy.NewLive(policy.Retry{Retries: 3})
	ctx, cancel := context.WithCancel(context.Background())
	_ = live.Watch(ctx, "/no/such/file", 10*time.Second, func(err error) {
		fmt.Println(err, "and still", live.Load())
		cancel()
	})
	// Output: policy: stat /no/such/file: no such file or directory and still retries=3
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

func ExampleLogTo() {
	log := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == "elapsed" {
			return slog.Attr{}
		}
		return a
	}}))
	r := policy.Retry{Retries: 1, Backoff: backoff.NoBackoff{}, Observe: policy.LogTo(log)}
	_ = r.Do(context.Background(), func(context.Context) error { return nil }) // nothing to say
	_ = r.Do(context.Background(), refused)
	// Output:
	// level=WARN msg="gave up" attempt=2 reason=out_of_retries class=transient kind=connection error="connect: connection refused"
}

func ExampleObservers() {
	count := 0
	r := policy.Retry{Observe: policy.Observers(
		policy.LogTo(slog.New(slog.NewTextHandler(io.Discard, nil))),
		func(context.Context, policy.Event) { count++ },
	)}
	_ = r.Do(context.Background(), func(context.Context) error { return nil })
	fmt.Println(count)
	// Output: 1
}
