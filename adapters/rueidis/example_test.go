package rueidis_test

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/rueidis"
	"github.com/redis/rueidis/rueidislock"

	retry "github.com/reprise-go/reprise/adapters/rueidis"
	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/cluster"
	"github.com/reprise-go/reprise/policy"
)

// embedded starts a server for an example, which speaks RESP2, and returns the options of a client.
func embedded() (*miniredis.Miniredis, rueidis.ClientOption) {
	server := miniredis.NewMiniRedis()
	if err := server.Start(); err != nil {
		panic(err)
	}
	return server, rueidis.ClientOption{InitAddress: []string{server.Addr()}, AlwaysRESP2: true, DisableCache: true, ForceSingleClient: true}
}

func ExampleNewClient() {
	server, option := embedded()
	defer server.Close()
	client, err := retry.NewClient(option, policy.Retry{Retries: 3})
	if err != nil {
		panic(err)
	}
	defer client.Close()

	ctx := context.Background()
	fmt.Println(client.Do(ctx, client.B().Set().Key("greeting").Value("hello").Build()).Error())
	fmt.Println(client.Do(ctx, client.B().Get().Key("greeting").Build()).ToString())
	fmt.Println(client.Do(ctx, client.B().Get().Key("nobody").Build()).Error() == rueidis.Nil) //nolint:errorlint // it comes back bare
	// Output:
	// <nil>
	// hello <nil>
	// true
}

// Here the cluster is one server. For a failover to go unnoticed, the cycles have to outlast the election, see package
// cluster.
func ExampleNewClusterClient() {
	server, option := embedded()
	defer server.Close()
	option.ForceSingleClient = false
	client, err := retry.NewClusterClient(option, cluster.Config{
		Retry:        policy.Retry{Retries: 1},
		ErrorRetries: 6,
		Observe:      func(e cluster.RefreshEvent) { fmt.Println("the slot map is read:", e.Cause) },
	})
	if err != nil {
		panic(err)
	}
	defer client.Close()

	ctx := context.Background()
	fmt.Println(client.Do(ctx, client.B().Set().Key("greeting").Value("hello").Build()).Error())
	fmt.Println(client.Do(ctx, client.B().Get().Key("greeting").Build()).ToString())
	// Output:
	// <nil>
	// hello <nil>
}

// The server is loading its data. rueidis alone would return the first error of a write.
func ExampleNewClient_loading() {
	server, option := embedded()
	defer server.Close()
	client, err := retry.NewClient(option, policy.Retry{
		Retries: 3,
		Observe: func(_ context.Context, e policy.Event) {
			fmt.Println(e.Op, e.State.Attempt, e.Decision.Kind, e.Decision.Reason)
			server.SetError("") // it has read them
		},
	})
	if err != nil {
		panic(err)
	}
	defer client.Close()

	server.SetError("LOADING Redis is loading the dataset in memory")
	fmt.Println(client.Do(context.Background(), client.B().Incr().Key("visits").Build()).AsInt64())
	// Output:
	// incr 1 busy_loading retrying
	// incr 2  succeeded
	// 1 <nil>
}

func ExampleNewClient_refused() {
	_, err := retry.NewClient(rueidis.ClientOption{InitAddress: []string{"localhost:6379"}}, policy.Retry{Retries: -7})
	fmt.Println(err)
	// Output: rueidis: policy: Retries is -7; allowed: Unlimited (-1), 0 or more
}

// Packages that are built on rueidis take a function that makes the client.
func ExampleNewClient_lock() {
	server, option := embedded()
	defer server.Close()
	locker, err := rueidislock.NewLocker(rueidislock.LockerOption{
		ClientOption:   option,
		NoLoopTracking: true,
		KeyMajority:    1,
		ClientBuilder: func(o rueidis.ClientOption) (rueidis.Client, error) {
			return retry.NewClient(o, policy.Retry{Retries: 3})
		},
	})
	fmt.Println(locker != nil, err)
	// Output: true <nil>
}

func ExampleWrap() {
	server, option := embedded()
	defer server.Close()
	option.DisableRetry = true // or loops within loops multiply
	plain, err := rueidis.NewClient(option)
	if err != nil {
		panic(err)
	}
	client := retry.Wrap(plain, policy.Retry{Retries: 3})
	defer client.Close()
	fmt.Println(client.Do(context.Background(), client.B().Ping().Build()).ToString())
	// Output: PONG <nil>
}

// rueidis goes on retrying what it does, but not for ever.
func ExampleRetryDelay() {
	server, option := embedded()
	defer server.Close()
	option.RetryDelay = retry.RetryDelay(policy.Retry{Retries: 3, Backoff: backoff.Exponential{}})
	client, err := rueidis.NewClient(option)
	if err != nil {
		panic(err)
	}
	defer client.Close()
	for attempt := 1; attempt <= 4; attempt++ {
		fmt.Println(attempt, option.RetryDelay(attempt, rueidis.Completed{}, io.EOF))
	}
	// Output:
	// 1 16ms
	// 2 32ms
	// 3 64ms
	// 4 -1ns
}

func ExampleClassify() {
	fmt.Println(retry.Classify(io.EOF).Class)
	fmt.Println(retry.Classify(rueidis.ErrNoSlot).Class)
	fmt.Println(retry.Classify(rueidis.ErrClosing).Class)
	// Output:
	// ambiguous
	// transient
	// permanent
}

// This counter may run ahead: whoever reads it does not mind.
func ExampleWithReplay() {
	server, option := embedded()
	defer server.Close()
	client, err := retry.NewClient(option, policy.Retry{Retries: 3, MaxElapsed: time.Second})
	if err != nil {
		panic(err)
	}
	defer client.Close()
	ctx := retry.WithReplay(context.Background(), classify.ReadOnly)
	fmt.Println(client.Do(ctx, client.B().Incr().Key("visits").Build()).AsInt64())
	// Output: 1 <nil>
}
