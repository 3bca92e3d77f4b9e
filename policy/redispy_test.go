package policy_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

var (
	errReadOnly    = reply("READONLY You can't write against a read only replica.")
	errBusyLoading = reply("LOADING Redis is loading the dataset in memory")
	errTimeout     = &net.OpError{Op: "read", Net: "tcp", Err: os.ErrDeadlineExceeded}
	errRefused     = &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	errDialTimeout = &net.OpError{Op: "dial", Net: "tcp", Err: os.ErrDeadlineExceeded}
)

// redis-py's tests of its Retry, those that concern the policy: test_retry.py and its async
// twin, test_connection.py, test_client.py. Its supported errors are ConnectionError and
// TimeoutError; "listed" is retry_on_error.
func TestAsRedisPy(t *testing.T) {
	both := policy.RetryOn(classify.Connection, classify.Timeout)
	with := func(retries int, kinds ...classify.Kind) policy.Retry {
		r := policy.RetryOn(kinds...)
		r.Retries = retries
		return r
	}
	for _, tt := range []struct {
		name     string
		r        policy.Retry
		outcomes []error
		runs     int
		want     error // nil for success
	}{
		{"no retry by default", policy.Retry{}, []error{errTimeout}, 1, errTimeout},
		{"retry_on_timeout makes one retry", policy.RetryOn(classify.Timeout), []error{errTimeout}, 2, errTimeout},
		{"retry_on_error makes one retry", policy.RetryOn(classify.ReadOnlyReplica), []error{errReadOnly}, 2, errReadOnly},
		{"ReadOnly once, listed", policy.RetryOn(classify.ReadOnlyReplica), []error{errReadOnly, nil}, 2, nil},
		{"BusyLoading always, listed, 3 retries", with(3, classify.BusyLoading), []error{errBusyLoading}, 4, errBusyLoading},
		{"another error than the listed", with(3, classify.ReadOnlyReplica), []error{errRefused}, 1, errRefused},
		{"another error later", with(3, classify.ReadOnlyReplica), []error{errReadOnly, errRefused}, 2, errRefused},
		{"timeout beside a list, 3 retries", with(3, classify.ReadOnlyReplica, classify.Timeout), []error{errTimeout}, 4, errTimeout},
		{"timeout, 3 retries", with(3, classify.Timeout), []error{errTimeout}, 4, errTimeout},
		{"dial times out twice, 3 retries", with(3, classify.Connection, classify.Timeout), []error{errDialTimeout, errDialTimeout, nil}, 3, nil},
		{"dial times out, no retry", with(0, classify.Timeout), []error{errDialTimeout}, 1, errDialTimeout},
		{"refused, 2 retries", with(2, classify.Connection), []error{errRefused}, 3, errRefused},
		{"fail, fail, ok with 2 retries", with(2, classify.Connection), []error{errRefused, errRefused, nil}, 3, nil},
		{"a subclass of what is listed", both, []error{errBusyLoading, nil}, 2, nil},
		{"a kind that its class calls permanent", policy.RetryOn(classify.NoScript), []error{reply("NOSCRIPT No matching script."), nil}, 2, nil},
		{"a wrong password is not a lost connection", both, []error{reply("WRONGPASS invalid username-password pair")}, 1, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			op := fails(tt.outcomes...)
			err := tt.r.Do(t.Context(), op.run)
			if op.runs != tt.runs {
				t.Errorf("%d attempts, want %d", op.runs, tt.runs)
			}
			last := tt.outcomes[min(op.runs, len(tt.outcomes))-1]
			switch {
			case last == nil:
				if err != nil {
					t.Errorf("got %v, want success", err)
				}
			case tt.want != nil && !errors.Is(err, tt.want):
				t.Errorf("got %v, want %v", err, tt.want)
			case tt.runs == 1 && !same(err, last): // the very one
				t.Errorf("got %#v, want it untouched", err)
			}
		})
	}
}

// test_retry.py:45..85: what Connection makes of retry_on_timeout and retry_on_error.
func TestRetryOnIsOneRetryAtOnce(t *testing.T) {
	r := policy.RetryOn(classify.ReadOnlyReplica, classify.Timeout)
	if r.Retries != 1 || r.Backoff != (backoff.NoBackoff{}) || !slices.Equal(r.On, []classify.Kind{classify.ReadOnlyReplica, classify.Timeout}) {
		t.Errorf("RetryOn is %v", r)
	}
	kinds := []classify.Kind{classify.Timeout}
	r = policy.RetryOn(kinds...)
	kinds[0] = classify.Auth
	if r.On[0] != classify.Timeout {
		t.Error("RetryOn keeps its caller's slice")
	}
	for n := range 10 {
		r.Retries = n
		if got := r.Plan().Attempts; got != n+1 {
			t.Errorf("%d retries make %d attempts", n, got)
		}
	}
}

// Without a kind (redis-py: retry_on_error=[] and supported_errors=()) nothing is retried.
func TestRetryOnNothing(t *testing.T) {
	r := policy.RetryOn()
	if got := r.Decide(policy.State{Attempt: 1}, errTransient); got.Reason != policy.NotRetryable {
		t.Errorf("Decide: %+v, want not retryable", got)
	}
	op := fails(errTransient)
	if err := r.Do(t.Context(), op.run); op.runs != 1 || !errors.Is(err, errTransient) {
		t.Errorf("%d attempts, then %v; want one", op.runs, err)
	}
	if r.Validate() == nil {
		t.Error("Validate accepts it")
	}
}

// test_retry.py:94: policies of equal fields are equal.
func TestPoliciesCompareByText(t *testing.T) {
	texts := map[string]bool{}
	for _, s := range []backoff.Strategy{
		backoff.NoBackoff{}, backoff.Constant(25), backoff.Exponential{Base: 5, Cap: 25}, backoff.Full(backoff.Exponential{Base: 5, Cap: 25}),
		backoff.Equal(backoff.Exponential{Base: 5, Cap: 25}), backoff.Decorrelated{Base: 5, Cap: 25},
		backoff.Cap(backoff.Full(backoff.Exponential{Base: 5, Cap: backoff.Uncapped}), 25),
	} {
		for _, retries := range []int{0, 1, 5, policy.Unlimited} {
			one, two := policy.Retry{Backoff: s, Retries: retries}, policy.Retry{Backoff: s, Retries: retries}
			if one.String() != two.String() || one.Backoff != two.Backoff {
				t.Errorf("%v and %v differ", one, two)
			}
			texts[one.String()] = true
		}
	}
	if len(texts) != 28 {
		t.Errorf("28 policies have %d texts", len(texts))
	}
}

// test_backoff.py:9: ExponentialWithJitterBackoff(cap=5, base=1) under given chances.
func TestExponentialWithJitterBackoff(t *testing.T) {
	r := policy.Retry{Retries: policy.Unlimited, Backoff: backoff.Cap(backoff.Full(backoff.Exponential{Base: time.Second, Cap: backoff.Uncapped}), 5*time.Second)}
	for _, tt := range []struct {
		failure int
		draw    float64
		want    time.Duration
	}{
		{1, 0.5, time.Second},
		{2, 0.75, 3 * time.Second},
		{3, 1, 5 * time.Second},
		{4, 0.9, 5 * time.Second},
	} {
		t.Run(fmt.Sprintf("failure %d", tt.failure), func(t *testing.T) {
			got := r.Decide(policy.State{Attempt: tt.failure, Draw: tt.draw}, errTransient)
			if want := decision(transient, policy.Retrying, tt.want); got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

// test_retry.py:172: infinite retries end when the failure callback raises; here the observer ends
// the context.
func TestObserverStopsUnlimitedRetries(t *testing.T) {
	var events []policy.Event
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	r := record(atOnce(policy.Unlimited), &events)
	note := r.Observe
	r.Observe = func(ctx context.Context, e policy.Event) {
		note(ctx, e)
		if e.State.Attempt == 5 {
			cancel(errCause)
		}
	}
	op := fails(errTransient)
	err := r.Do(ctx, op.run)
	if e := asError(t, err); op.runs != 5 || e.Attempts != 5 || !same(e.Err, errTransient) || !same(e.Cause, errCause) {
		t.Errorf("%d attempts, then %v; want 5", op.runs, err)
	}
}
