package goredis_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"github.com/reprise-go/reprise/adapters/goredis"
	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

// embedded starts a server for an example.
func embedded() *miniredis.Miniredis {
	server := miniredis.NewMiniRedis()
	if err := server.Start(); err != nil {
		panic(err)
	}
	return server
}

func ExampleNewClient() {
	server := embedded()
	defer server.Close()
	client := goredis.NewClient(&redis.Options{Addr: server.Addr()}, policy.Retry{Retries: 3})
	defer client.Close()

	ctx := context.Background()
	fmt.Println(client.Set(ctx, "greeting", "hello", 0).Err())
	fmt.Println(client.Get(ctx, "greeting").Val())
	fmt.Println(client.Get(ctx, "nobody").Err() == redis.Nil) //nolint:errorlint // it comes back bare
	// Output:
	// <nil>
	// hello
	// true
}

// A user who would rather count twice than fail says so: at-least-once, as redis-py does.
func ExampleNewClient_atLeastOnce() {
	client := goredis.NewClient(&redis.Options{Addr: "localhost:6379"}, policy.Retry{
		Retries: 3,
		Replay:  classify.Accumulating,
	})
	defer client.Close()
	fmt.Println("retries of go-redis' own:", client.Options().MaxRetries)
	// Output: retries of go-redis' own: 0
}

func ExampleInstall() {
	client := redis.NewClient(&redis.Options{Addr: "localhost:6379"})
	defer client.Close()
	fmt.Println(goredis.Install(client, policy.Retry{Retries: 3}))

	client = redis.NewClient(&redis.Options{Addr: "localhost:6379", MaxRetries: -1, DialerRetries: 1})
	defer client.Close()
	fmt.Println(goredis.Install(client, policy.Retry{Retries: 3}))
	// Output:
	// goredis: MaxRetries of the client is 3; allowed: -1, since retries within retries multiply
	// goredis: DialerRetries of the client is 5, which makes 20 dials of 4 attempts; allowed: 1
	// <nil>
}

func ExampleInstall_cluster() {
	cluster := redis.NewClusterClient(&redis.ClusterOptions{Addrs: []string{"localhost:7000"}, DialerRetries: 1})
	defer cluster.Close()
	fmt.Println(goredis.Install(cluster, policy.Retry{Retries: 3}))
	// Output: <nil>
}

func ExampleNewFailoverClient() {
	client := goredis.NewFailoverClient(&redis.FailoverOptions{
		MasterName:    "orders",
		SentinelAddrs: []string{"localhost:26379", "localhost:26380", "localhost:26381"},
	}, policy.Retry{Retries: 8}) // a failover takes seconds
	defer client.Close()
	fmt.Println(client.Options().MaxRetries, client.Options().DialerRetries)
	// Output: 0 1
}

func ExampleNewRing() {
	first, second := embedded(), embedded()
	defer first.Close()
	defer second.Close()
	ring := goredis.NewRing(&redis.RingOptions{
		Addrs: map[string]string{"first": first.Addr(), "second": second.Addr()},
	}, policy.Retry{Retries: 3})
	defer ring.Close()
	fmt.Println(ring.Set(context.Background(), "greeting", "hello", 0).Err())
	// Output: <nil>
}

// A clone by go-redis' WithTimeout shares the connections, and has none of the hooks.
func ExampleWithTimeout() {
	server := embedded()
	defer server.Close()
	retry := policy.Retry{Retries: 3}
	client := goredis.NewClient(&redis.Options{Addr: server.Addr()}, retry)
	defer client.Close()
	patient, err := goredis.WithTimeout(client, time.Minute, retry)
	fmt.Println(err, patient.Options().ReadTimeout)
	// Output: <nil> 1m0s
}

// This counter may run ahead, that one must not be touched twice.
func ExampleWithReplay() {
	lost := func(context.Context, redis.Cmder) error { return io.EOF }
	process := goredis.NewHook(policy.Retry{
		Retries: 1,
		Backoff: backoff.NoBackoff{},
		Observe: func(_ context.Context, e policy.Event) { fmt.Println(e.Op, e.State.Attempt, e.Decision.Reason) },
	}).ProcessHook(lost)
	ctx := context.Background()
	_ = process(goredis.WithReplay(ctx, classify.ReadOnly), redis.NewIntCmd(ctx, "incr", "visits"))
	_ = process(goredis.WithReplay(ctx, classify.Never), redis.NewStringCmd(ctx, "get", "lease"))
	// Output:
	// incr 1 retrying
	// incr 2 out_of_retries
	// get 1 not_replayable
}

// The hook that is added first is the outermost. A server that refuses for a while is waited
// for, and an observer sees each decision.
func ExampleNewHook() {
	server := embedded()
	defer server.Close()
	server.SetError("LOADING Redis is loading the dataset in memory")
	client := redis.NewClient(&redis.Options{Addr: server.Addr(), MaxRetries: -1})
	defer client.Close()
	client.AddHook(goredis.NewHook(policy.Retry{
		Retries: 3,
		Backoff: backoff.NoBackoff{},
		Observe: func(_ context.Context, e policy.Event) {
			fmt.Println(e.Op, "attempt", e.State.Attempt, e.Decision.Reason)
			if e.State.Attempt == 2 {
				server.SetError("") // it has loaded
			}
		},
	}))
	fmt.Println(client.Incr(context.Background(), "visits").Result())
	// Output:
	// incr attempt 1 retrying
	// incr attempt 2 retrying
	// incr attempt 3 succeeded
	// 1 <nil>
}

// A Hook is a redis.Hook: three functions that wrap go-redis' own.
func ExampleHook() {
	lost := func(context.Context, redis.Cmder) error { return io.EOF } // the reply never comes
	process := goredis.NewHook(policy.Retry{
		Retries: 3,
		Backoff: backoff.NoBackoff{},
		Observe: func(_ context.Context, e policy.Event) { fmt.Println(e.Op, e.State.Attempt, e.Decision.Reason) },
	}).ProcessHook(lost)

	ctx := context.Background()
	_ = process(ctx, redis.NewIntCmd(ctx, "incr", "visits")) // may have been executed: once is enough
	_ = process(ctx, redis.NewStringCmd(ctx, "get", "visits"))
	// Output:
	// incr 1 not_replayable
	// get 1 retrying
	// get 2 retrying
	// get 3 retrying
	// get 4 out_of_retries
}

func ExampleHook_ProcessHook() {
	unreachable := &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	attempts := 0
	process := goredis.NewHook(policy.Retry{Retries: 3, Backoff: backoff.NoBackoff{}}).
		ProcessHook(func(context.Context, redis.Cmder) error { attempts++; return unreachable })
	ctx := context.Background()
	err := process(ctx, redis.NewIntCmd(ctx, "incr", "visits")) // never sent: any command is retried
	fmt.Println(attempts, err)
	// Output: 4 dial: connection refused
}

// In a pipeline each command is judged by itself.
func ExampleHook_ProcessPipelineHook() {
	attempts := 0
	pipeline := goredis.NewHook(policy.Retry{Retries: 3, Backoff: backoff.NoBackoff{}}).
		ProcessPipelineHook(func(_ context.Context, cmds []redis.Cmder) error {
			attempts++
			fmt.Print("attempt ", attempts, ":")
			for _, cmd := range cmds {
				fmt.Print(" ", cmd.Name())
				cmd.SetErr(io.EOF)
			}
			fmt.Println()
			return io.EOF
		})
	ctx := context.Background()
	_ = pipeline(ctx, []redis.Cmder{redis.NewStringCmd(ctx, "get", "a"), redis.NewIntCmd(ctx, "incr", "b"), redis.NewStringCmd(ctx, "get", "c")})
	// Output:
	// attempt 1: get incr get
	// attempt 2: get get
	// attempt 3: get get
	// attempt 4: get get
}

// What fails in a dial was never sent, whatever it looks like.
func ExampleHook_DialHook() {
	broken := func(context.Context, string, string) (net.Conn, error) { return nil, io.EOF }
	client := goredis.NewClient(&redis.Options{Addr: "localhost:6379", Dialer: broken}, policy.Retry{
		Retries: 1,
		Backoff: backoff.NoBackoff{},
		Observe: func(_ context.Context, e policy.Event) { fmt.Println(e.Op, e.Decision.Class, e.Decision.Reason) },
	})
	defer client.Close()
	fmt.Println(client.Incr(context.Background(), "visits").Err())
	// Output:
	// incr transient retrying
	// incr transient out_of_retries
	// EOF
}

func ExampleClassify() {
	for _, err := range []error{redis.ErrPoolTimeout, redis.ErrClosed, io.EOF, redis.Nil} {
		v := goredis.Classify(err)
		fmt.Println(v.Class, v.Kind)
	}
	// Output:
	// transient pool
	// permanent closed
	// ambiguous connection
	// unknown
}
