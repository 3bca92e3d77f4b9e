package expvar_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/reprise-go/reprise/adapters/expvar"
	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/cluster"
	"github.com/reprise-go/reprise/policy"
)

func ExampleObserver() {
	var retries expvar.Observer
	retry := policy.Retry{Retries: 3, Backoff: backoff.Constant(time.Millisecond), Observe: retries.Observe}
	ctx := context.Background()
	fmt.Println(retry.Do(ctx, failing(io.EOF, io.EOF, nil)))
	fmt.Println(retry.Do(ctx, failing(errors.New("no such user"))))
	fmt.Println(retries.String())
	// Output:
	// <nil>
	// no such user
	// {"attempts":4,"retries":2,"retry_delay_seconds":0.002,"give_ups":{"not_retryable":{"_OTHER":1}}}
}

func ExampleObserver_Observe() {
	var retries expvar.Observer
	retries.Observe(context.Background(), policy.Event{State: policy.State{Attempt: 1}})
	fmt.Println(retries.String())
	// Output: {"attempts":1,"retries":0,"retry_delay_seconds":0,"give_ups":{}}
}

// The standard library has published a variable of this name. Its Publish would panic.
func ExampleObserver_Publish() {
	var retries expvar.Observer
	fmt.Println(retries.Publish("cmdline"))
	// Output: expvar: there is a variable "cmdline" already; allowed: a name that nobody has published
}

func ExampleObserver_Budget() {
	var retries expvar.Observer
	fmt.Println(retries.Budget("orders", &policy.Budget{Capacity: 100}))
	fmt.Println(retries.String())
	// Output:
	// <nil>
	// {"attempts":0,"retries":0,"retry_delay_seconds":0,"give_ups":{},"budgets":{"orders":{"tokens":100,"capacity":100}}}
}

func ExampleObserver_Refresh() {
	var retries expvar.Observer
	config := cluster.Config{Seeds: []string{"a:7000"}, Observe: retries.Refresh}
	config.Retry.Observe = retries.Observe // attempts are told to the policy's

	// What a cluster tells:
	config.Observe(cluster.RefreshEvent{Generation: 1, Ended: true, Nodes: []string{"a:7000"}, Took: 3 * time.Millisecond})
	fmt.Println(retries.String())
	// Output: {"attempts":0,"retries":0,"retry_delay_seconds":0,"give_ups":{},"cluster":{"refreshes":1,"failed_refreshes":0,"refresh_seconds":0.003,"demoted_nodes":0}}
}

func ExampleObserver_String() {
	var retries expvar.Observer
	fmt.Println(retries.String())
	// Output: {"attempts":0,"retries":0,"retry_delay_seconds":0,"give_ups":{}}
}
