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

// flaky returns an operation that fails a few times, with the error reply of a server that is
// still loading its data.
func flaky(failures int) func(context.Context) error {
	return func(context.Context) error {
		failures--
		if failures >= 0 {
			return errors.New("LOADING Redis is loading the dataset in memory")
		}
		return nil
	}
}

// A policy is a value: a package-level variable, copied and changed with =.
func ExampleRetry() {
	calls := policy.Retry{Retries: 3, Backoff: backoff.Full(backoff.Exponential{Base: time.Microsecond})}
	patient := calls
	patient.Retries = 20

	send := flaky(10)
	err := patient.Do(context.Background(), func(ctx context.Context) error {
		return send(ctx)
	})
	fmt.Println(err, calls.Retries)
	// Output: <nil> 3
}

func ExampleRetry_Do() {
	r := policy.Retry{Retries: 3, Backoff: backoff.NoBackoff{}}
	n := 0
	err := r.Do(context.Background(), func(context.Context) error {
		n++
		fmt.Println("attempt", n)
		if n < 3 {
			return errors.New("LOADING Redis is loading the dataset in memory")
		}
		return nil
	})
	fmt.Println("error:", err)
	// Output:
	// attempt 1
	// attempt 2
	// attempt 3
	// error: <nil>
}

// An adapter knows which command it runs, and whether a second run does harm: after a lost reply
// a GET is run again, an INCR is not.
func ExampleRetry_DoOp() {
	r := policy.Retry{Retries: 3, Backoff: backoff.NoBackoff{}}
	for _, args := range [][]string{{"GET", "k"}, {"INCR", "n"}} {
		op := policy.Op{Name: args[0], Replay: classify.Command(args...)}
		attempts := 0
		_ = r.DoOp(context.Background(), &op, func(context.Context) error {
			attempts++
			return io.EOF // the connection broke: the command may have been executed
		})
		fmt.Println(args[0], attempts)
	}
	// Output:
	// GET 4
	// INCR 1
}

// An adapter that counts nanoseconds makes the first attempt by itself, and goes to the policy with a failure.
func ExampleRetry_Resume() {
	r := policy.Retry{Retries: 3, Backoff: backoff.NoBackoff{}}
	send, ctx := flaky(2), context.Background()
	err := send(ctx)
	if err != nil {
		err = r.Resume(ctx, &policy.Op{Name: "incr", Replay: classify.Accumulating}, send, err)
	}
	fmt.Println(err)
	// Output: <nil>
}

func ExampleRetry_Attends() {
	calls := policy.Retry{Retries: 3}
	watched := calls
	watched.Observe = func(context.Context, policy.Event) {}
	fmt.Println(calls.Attends(), watched.Attends())
	// Output: false true
}

func ExampleOp() {
	r := policy.Retry{Retries: 1, Backoff: backoff.NoBackoff{}}
	r.Observe = func(_ context.Context, e policy.Event) { fmt.Println(e.Op, e.Node, e.Decision.Reason) }

	op := policy.Op{Name: "GET", Node: "10.0.0.1:6379", Replay: classify.ReadOnly}
	get := flaky(1)
	_ = r.DoOp(context.Background(), &op, func(ctx context.Context) error {
		err := get(ctx)
		if err == nil {
			op.Node = "10.0.0.2:6379" // another node answered
		}
		return err
	})
	// Output:
	// GET 10.0.0.1:6379 retrying
	// GET 10.0.0.2:6379 succeeded
}

func ExampleValue() {
	r := policy.Retry{Retries: 3, Backoff: backoff.NoBackoff{}}
	ready := flaky(1)
	v, err := policy.Value(context.Background(), &r, func(ctx context.Context) (int, error) {
		if err := ready(ctx); err != nil {
			return 0, err
		}
		return 42, nil
	})
	fmt.Println(v, err)
	// Output: 42 <nil>
}

// The body of a range loop may break, continue and return.
func ExampleRetry_Attempts() {
	r := policy.Retry{Retries: 3, Backoff: backoff.NoBackoff{}}
	send := flaky(2)

	ctx := context.Background()
	var err error
	for n := range r.Attempts(ctx, &err) {
		err = send(ctx)
		fmt.Println("attempt", n, err)
	}
	fmt.Println("error:", err)
	// Output:
	// attempt 1 LOADING Redis is loading the dataset in memory
	// attempt 2 LOADING Redis is loading the dataset in memory
	// attempt 3 <nil>
	// error: <nil>
}

// redis-py's Retry(NoBackoff(), 1) with retry_on_error: one retry, at once, on what is listed.
func ExampleRetryOn() {
	r := policy.RetryOn(classify.BusyLoading, classify.Timeout)
	fmt.Println(r)

	attempts := 0
	err := r.Do(context.Background(), func(context.Context) error {
		attempts++
		return errors.New("OOM command not allowed")
	})
	fmt.Println(attempts, err)
	// Output:
	// retries=1 backoff=none on=busy_loading,timeout
	// 1 OOM command not allowed
}

// Only the context, time or a budget end it.
func ExampleUnlimited() {
	r := policy.Retry{Retries: policy.Unlimited, Backoff: backoff.NoBackoff{}}
	ctx, cancel := context.WithCancel(context.Background())
	n := 0
	err := r.Do(ctx, func(context.Context) error {
		n++
		if n == 1000 {
			cancel()
		}
		return errors.New("CLUSTERDOWN The cluster is down")
	})
	fmt.Println(err)
	// Output: CLUSTERDOWN The cluster is down (canceled after 1000 attempts: context canceled)
}

// After a retry the error tells how often and why no more; both the last error and the context's
// cause are there for errors.Is.
func ExampleError() {
	errBusy := errors.New("BUSY Redis is busy running a script")
	r := policy.Retry{Retries: 2, Backoff: backoff.NoBackoff{}}
	err := r.Do(context.Background(), func(context.Context) error { return errBusy })
	fmt.Println(err)

	var e *policy.Error
	fmt.Println(errors.As(err, &e), e.Attempts, e.Reason, errors.Is(err, errBusy))
	// Output:
	// BUSY Redis is busy running a script (out_of_retries after 3 attempts)
	// true 3 out_of_retries true
}

func ExampleError_Unwrap() {
	errShutdown := errors.New("shutting down")
	errBusy := errors.New("BUSY Redis is busy running a script")
	ctx, cancel := context.WithCancelCause(context.Background())
	r := policy.Retry{Retries: 9, Backoff: backoff.NoBackoff{}}
	err := r.Do(ctx, func(context.Context) error {
		cancel(errShutdown)
		return errBusy
	})
	fmt.Println(err)
	fmt.Println(errors.Is(err, errBusy), errors.Is(err, errShutdown), errors.Is(err, context.Canceled))
	// Output:
	// BUSY Redis is busy running a script (canceled after 1 attempt: shutting down)
	// true true true
}
