package cenkalti_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	v4 "github.com/cenkalti/backoff/v4"

	"github.com/reprise-go/reprise/adapters/cenkalti"
	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

// A v4 call, WithMaxRetries and WithContext included, becomes a call of Do.
func Example() {
	b := v4.NewConstantBackOff(time.Millisecond)
	attempts := 0
	operation := func() error {
		attempts++
		return errors.New("no such host")
	}

	// Before: backoff.Retry(operation, backoff.WithContext(backoff.WithMaxRetries(b, 3), ctx))
	r, err := cenkalti.From(b)
	if err != nil {
		fmt.Println(err)
		return
	}
	r.Retries = 3

	err = r.Do(context.Background(), func(context.Context) error { return operation() })
	fmt.Println(attempts, "attempts:", err)
	// Output:
	// 4 attempts: no such host (out_of_retries after 4 attempts)
}

// v4's default as a value, with its bounds. The odd nanoseconds are v4's own, which
// truncates at each step. So is the longest delay, half as long again as MaxInterval.
func ExampleFrom() {
	r, err := cenkalti.From(v4.NewExponentialBackOff())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, n := range []int{1, 2, 3, 4, 12, 13, 14} {
		fmt.Println(n, r.Backoff.Delay(n, 0, 0), r.Backoff.Delay(n, 0, 1))
	}
	fmt.Println("no attempt later than", r.MaxElapsed)
	// Output:
	// 1 250ms 750.000001ms
	// 2 375ms 1.125000001s
	// 3 562.5ms 1.6875s
	// 4 843.75ms 2.531250001s
	// 12 21.624389647s 1m4.873168943s
	// 13 30s 1m30.000000001s
	// 14 30s 1m30.000000001s
	// no attempt later than 15m0s
}

// What cannot become a value is refused, with a word on what to do.
func ExampleFrom_refused() {
	_, err := cenkalti.From(v4.WithContext(&v4.ZeroBackOff{}, context.Background()))
	fmt.Println(err)
	// Output:
	// cenkalti: a *backoff.backOffContext holds the context of one call; allowed: the BackOff within it, and the context for Do
}

// A v4 loop that stays where it is can take its delays from a policy.
func ExampleTo() {
	r := policy.Retry{Backoff: backoff.Linear{Base: time.Millisecond}, Retries: 3}

	b, err := cenkalti.To(context.Background(), r)
	if err != nil {
		fmt.Println(err)
		return
	}
	err = v4.RetryNotify(func() error { return io.EOF }, b, func(err error, d time.Duration) {
		fmt.Println(err, "- next attempt in", d)
	})
	fmt.Println(err)
	// Output:
	// EOF - next attempt in 1ms
	// EOF - next attempt in 2ms
	// EOF - next attempt in 3ms
	// EOF
}

// Around what the operation returns, Mark lets the policy's opinion of errors into v4.
func ExampleMark() {
	r := policy.Retry{Backoff: backoff.NoBackoff{}, Retries: 3, On: []classify.Kind{classify.Timeout}}
	b, err := cenkalti.To(context.Background(), r)
	if err != nil {
		fmt.Println(err)
		return
	}
	attempts := 0
	err = v4.Retry(func() error {
		attempts++
		return cenkalti.Mark(r, io.EOF) // a broken connection, not a timeout
	}, b)
	fmt.Println(attempts, "attempt:", err)
	// Output:
	// 1 attempt: EOF
}

// To v4 any error is worth a retry, unless the operation says Permanent.
func ExampleClassify() {
	fmt.Printf("%+v\n", cenkalti.Classify(v4.Permanent(io.EOF)))
	fmt.Printf("%+v\n", cenkalti.Classify(io.EOF))
	fmt.Printf("%+v\n", cenkalti.Classify(errors.New("anything")))
	// Output:
	// {Class:permanent Kind: After:0s}
	// {Class:ambiguous Kind:connection After:0s}
	// {Class:ambiguous Kind: After:0s}
}
