package goredis_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/reprise-go/reprise/adapters/goredis"
	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/cluster"
	"github.com/reprise-go/reprise/policy"
)

// A cluster in which a master has just died: who asks for its slots is told that the cluster is down, until a replica is
// promoted. Each operation has a retry on the node that it asked, and then waits for a newer map.
func ExampleNewClusterClient() {
	server := embedded() // says of itself that it is a cluster of one node
	defer server.Close()
	client, err := goredis.NewClusterClient(&redis.ClusterOptions{Addrs: []string{server.Addr()}}, cluster.Config{
		Retry: policy.Retry{
			Retries: 1,
			Backoff: backoff.Constant(time.Millisecond),
			Observe: func(_ context.Context, e policy.Event) {
				switch e.Decision.Delay {
				case time.Millisecond:
					fmt.Println(e.Op, "is run again on the same node:", e.Decision.Kind)
				case 10 * time.Millisecond:
					fmt.Println(e.Op, "waits for a newer map:", e.Decision.Kind)
					server.SetError("") // promoted
				}
			},
		},
		ErrorRetries: 3,
		Backoff:      backoff.Constant(10 * time.Millisecond),
	})
	if err != nil {
		panic(err)
	}
	defer client.Close()

	ctx := context.Background()
	fmt.Println(client.Set(ctx, "greeting", "hello", 0).Err())
	server.SetError("CLUSTERDOWN The cluster is down")
	fmt.Println(client.Set(ctx, "greeting", "hello again", 0).Err())
	// Output:
	// <nil>
	// set is run again on the same node: cluster_down
	// set waits for a newer map: cluster_down
	// <nil>
}

// A value is changed only if nobody else has changed it meanwhile. The WATCH survives a failover; what comes after it is
// run once, and the caller says what to begin anew.
func ExampleNewClusterClient_watch() {
	server := embedded()
	defer server.Close()
	client, err := goredis.NewClusterClient(&redis.ClusterOptions{Addrs: []string{server.Addr()}}, cluster.Config{})
	if err != nil {
		panic(err)
	}
	defer client.Close()

	ctx := context.Background()
	double := func(tx *redis.Tx) error {
		n, err := tx.Get(ctx, "stock").Int()
		if err != nil && !errors.Is(err, redis.Nil) {
			return err
		}
		_, err = tx.TxPipelined(ctx, func(p redis.Pipeliner) error { p.Set(ctx, "stock", 2*n, 0); return nil })
		return err
	}
	client.Set(ctx, "stock", 21, 0)
	for {
		err = client.Watch(ctx, double, "stock")
		if !errors.Is(err, redis.TxFailedErr) { // somebody has changed it, or its slot has moved
			break
		}
	}
	fmt.Println(err, client.Get(ctx, "stock").Val())
	// Output: <nil> 42
}
