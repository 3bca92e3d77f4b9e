package goredis_test

import (
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/adapters/goredis"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/faultproxy"
)

// TestFailedDialsDoNotAddUp: go-redis' pool makes one dial a second once PoolSize of them have failed.
func TestFailedDialsDoNotAddUp(t *testing.T) {
	ctx := t.Context()
	g := newRig(t, three, nil, func(o *redis.Options) { o.PoolSize = 2 })
	require.NoError(t, g.proxy.Refuse())
	for range 10 {
		require.ErrorContains(t, g.Incr(ctx, "n").Err(), "connection refused")
	}
	require.NoError(t, g.proxy.Listen())
	g.events = nil
	require.NoError(t, g.Incr(ctx, "n").Err())
	require.Equal(t, []string{"incr succeeded"}, g.reasons(), "at the first attempt")
}

func TestClosedClient(t *testing.T) {
	g := newRig(t, three, nil)
	c := redis.NewClient(&redis.Options{Addr: g.proxy.Addr(), MaxRetries: -1, DialerRetries: 1})
	require.NoError(t, goredis.Install(c, three))
	require.NoError(t, c.Close())
	require.ErrorIs(t, c.Get(t.Context(), "k").Err(), redis.ErrClosed)
}

func TestPoolTimeout(t *testing.T) {
	ctx := t.Context()
	taken := make(chan struct{})
	stall := func(r faultproxy.Request) faultproxy.Action {
		if r.Name() != "GET" {
			return faultproxy.Action{}
		}
		close(taken)
		return faultproxy.Action{Fault: faultproxy.StallBefore}
	}
	g := newRig(t, three, stall, func(o *redis.Options) {
		o.PoolSize, o.PoolTimeout, o.ReadTimeout = 1, time.Millisecond, -1
	})
	hung := make(chan error)
	go func() { hung <- g.Get(ctx, "k").Err() }()
	<-taken
	err := g.Incr(ctx, "n").Err()
	require.ErrorIs(t, err, redis.ErrPoolTimeout)
	require.Equal(t, classify.Verdict{Class: classify.Transient, Kind: classify.Pool}, goredis.Classify(err))
	require.Equal(t, []string{"incr retrying", "incr retrying", "incr retrying", "incr out_of_retries"}, g.reasons())
	require.NoError(t, g.proxy.Close())
	require.Error(t, <-hung)
}
