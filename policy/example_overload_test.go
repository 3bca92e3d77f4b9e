package policy_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"

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
