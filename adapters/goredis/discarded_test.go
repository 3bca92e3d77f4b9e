package goredis_test

import (
	"context"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/reprise-go/reprise/adapters/goredis"
	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

// TestBlockOutOfMemory: a real server refuses a command as it is queued and discards the block; it runs
// once there is memory again.
func TestBlockOutOfMemory(t *testing.T) {
	ctx := t.Context()
	g := newRig(t, policy.Retry{}, nil)
	require.NoError(t, g.direct.ConfigSet(ctx, "maxmemory", "1").Err())
	r := three
	var kinds []classify.Kind
	r.Observe = func(_ context.Context, e policy.Event) {
		kinds = append(kinds, e.Decision.Kind)
		if e.State.Attempt == 2 {
			require.NoError(t, g.direct.ConfigSet(ctx, "maxmemory", "0").Err())
		}
	}
	c := goredis.NewClient(&redis.Options{Addr: g.proxy.Addr()}, r)
	defer func() { require.NoError(t, c.Close()) }()
	cmds, err := c.TxPipelined(ctx, func(p redis.Pipeliner) error { p.Incr(ctx, "n"); p.Get(ctx, "n"); return nil })
	require.NoError(t, err)
	require.Equal(t, []string{"1", "1"}, outcomes(cmds))
	require.Equal(t, []classify.Kind{classify.OutOfMemory, classify.OutOfMemory, ""}, kinds)
}

// TestNoSentinel: what fails in asking for the master happens before anything is sent.
func TestNoSentinel(t *testing.T) {
	var verdicts []classify.Class
	c := goredis.NewFailoverClient(&redis.FailoverOptions{
		MasterName: "orders", SentinelAddrs: []string{"127.0.0.1:1", "127.0.0.1:2"},
	}, policy.Retry{
		Retries: 2, Backoff: backoff.NoBackoff{},
		Observe: func(_ context.Context, e policy.Event) { verdicts = append(verdicts, e.Decision.Class) },
	})
	defer func() { require.NoError(t, c.Close()) }()
	require.ErrorContains(t, c.Incr(t.Context(), "n").Err(), "sentinel")
	require.Equal(t, []classify.Class{classify.Transient, classify.Transient, classify.Transient}, verdicts)
}

// TestNoGoroutineIsLeft: not after lost replies, refusals, failed dials and a closed client.
func TestNoGoroutineIsLeft(t *testing.T) {
	before := goleak.IgnoreCurrent()
	t.Run("client", func(t *testing.T) {
		ctx := t.Context()
		g := newRig(t, three, on("get", cutBefore, cutAfter, cutWithin), func(o *redis.Options) { o.PoolSize = 2 })
		require.Equal(t, redis.Nil, g.Get(ctx, "k").Err())
		_, err := g.TxPipelined(ctx, func(p redis.Pipeliner) error { p.Incr(ctx, "n"); return nil })
		require.NoError(t, err)
		require.NoError(t, g.proxy.Refuse())
		for range 5 {
			_ = g.Set(ctx, "k", "v", 0).Err()
		}
	})
	// go-redis looks at a server that is down once a second, and only then sees that the pool is closed.
	looks := goleak.IgnoreAnyFunction("github.com/redis/go-redis/v9/internal/pool.(*ConnPool).tryDial")
	goleak.VerifyNone(t, before, looks)
}
