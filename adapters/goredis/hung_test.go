package goredis_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/adapters/goredis"
	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/cluster"
	"github.com/reprise-go/reprise/internal/faultproxy"
	"github.com/reprise-go/reprise/internal/redistest"
	"github.com/reprise-go/reprise/policy"
)

// shared is a policy whose attempts share the time that there is.
var shared = policy.Retry{Retries: 1, Backoff: backoff.NoBackoff{}, MinAttempt: 100 * time.Millisecond}

// TestHungAttempt: a server that does not answer has its share of the caller's time, and no more.
func TestHungAttempt(t *testing.T) {
	t.Parallel()
	g := newRig(t, shared, on("get", faultproxy.StallAfter), func(o *redis.Options) {
		o.ReadTimeout = time.Hour
	})
	require.NoError(t, g.Set(t.Context(), "k", "v", 0).Err())
	g.forget()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	require.Equal(t, "v", g.Get(ctx, "k").Val())
	require.Equal(t, []string{"get retrying", "get succeeded"}, g.reasons())
	require.Less(t, g.events[0].State.Elapsed, 1500*time.Millisecond, "of 2 s")
}

// TestHungMaster: the attempts on a master that does not answer leave time for the one that replaces it.
func TestHungMaster(t *testing.T) {
	t.Parallel()
	d := redistest.StartCluster(t, 3, 1)
	o := &redis.ClusterOptions{Addrs: d.Addrs(), ReadTimeout: time.Hour}
	c, err := goredis.NewClusterClient(o, cluster.Config{Retry: shared})
	require.NoError(t, err)
	defer func() { require.NoError(t, c.Close()) }()
	ctx, cancel := context.WithTimeout(t.Context(), 12*time.Second)
	defer cancel()
	require.NoError(t, c.Set(ctx, "k", "v", 0).Err())
	master, err := d.Master(ctx, cluster.Slot("k"))
	require.NoError(t, err)
	require.NoError(t, master.Freeze())
	if err := c.Get(ctx, "k").Err(); !errors.Is(err, redis.Nil) { // the replica may not have got it
		require.NoError(t, err)
	}
}

// TestDeafClients: a client whose reads do not heed their context is none for attempts with an end of their own.
func TestDeafClients(t *testing.T) {
	own := redis.Options{MaxRetries: -1, DialerRetries: 1}
	heeding := own
	heeding.ContextTimeoutEnabled = true
	const deaf = "goredis: ContextTimeoutEnabled of the client is false; allowed with AttemptTimeout (0s) or MinAttempt (100ms): true"
	for name, c := range map[string]redis.UniversalClient{
		"client": redis.NewClient(&own), "ring": redis.NewRing(&redis.RingOptions{MaxRetries: -1, DialerRetries: 1}),
		"cluster": redis.NewClusterClient(&redis.ClusterOptions{DialerRetries: 1}),
	} {
		require.ErrorContains(t, goredis.Install(c, shared), deaf, name)
		require.NoError(t, goredis.Install(c, policy.Retry{Retries: 1}), name)
	}
	require.NoError(t, goredis.Install(redis.NewClient(&heeding), shared))
	require.True(t, goredis.NewClient(&own, policy.Retry{AttemptTimeout: 1}).Options().ContextTimeoutEnabled)
	require.False(t, goredis.NewClient(&own, policy.Retry{}).Options().ContextTimeoutEnabled)
	require.True(t, goredis.NewClient(&heeding, policy.Retry{}).Options().ContextTimeoutEnabled)
	require.True(t, goredis.NewRing(&redis.RingOptions{}, shared).Options().ContextTimeoutEnabled)
	require.True(t, goredis.NewFailoverClient(&redis.FailoverOptions{}, shared).Options().ContextTimeoutEnabled)
}
