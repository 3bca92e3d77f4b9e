package goredis_test

import (
	"context"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/adapters/goredis"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/faultproxy"
	"github.com/reprise-go/reprise/policy"
)

const readOnly = "READONLY You can't write against a read only replica."

// demoted fills the pool with connections to a server that then becomes a replica, as far as they
// are concerned: only new connections reach a master.
func demoted(t *testing.T, conns int, r policy.Retry) *rig {
	g := newRig(t, r, nil, func(o *redis.Options) { o.PoolSize = conns })
	ctx := t.Context()
	held := make([]*redis.Conn, conns)
	for i := range held {
		held[i] = g.Conn()
		require.NoError(t, held[i].Ping(ctx).Err())
	}
	for _, conn := range held {
		require.NoError(t, conn.Close())
	}
	require.EqualValues(t, conns, g.PoolStats().IdleConns)
	g.proxy.SetPlan(func(r faultproxy.Request) faultproxy.Action {
		if r.Conn <= conns && faultproxy.Named("set", "incr")(r) {
			return faultproxy.Refuse(readOnly)
		}
		return faultproxy.Action{}
	})
	g.events = nil
	return g
}

// TestStaleConnections: twenty idle connections to a demoted master do not eat three retries.
func TestStaleConnections(t *testing.T) {
	ctx := t.Context()
	for name, write := range map[string]func(*rig) error{
		"command":  func(g *rig) error { return g.Incr(ctx, "n").Err() },
		"pipeline": func(g *rig) error { p := g.Pipeline(); p.Incr(ctx, "n"); _, err := p.Exec(ctx); return err },
	} {
		t.Run(name, func(t *testing.T) {
			g := demoted(t, 20, three)
			require.NoError(t, write(g))
			require.Equal(t, "1", g.direct.Get(ctx, "n").Val())
			require.Less(t, len(g.reasons()), 3, "%v", g.reasons())
		})
	}
}

// TestReplicaForGood: where new connections are refused as well, the policy's attempts are all.
func TestReplicaForGood(t *testing.T) {
	ctx := t.Context()
	g := demoted(t, 5, three)
	sets := 0
	g.proxy.SetPlan(func(r faultproxy.Request) faultproxy.Action {
		if r.Name() != "SET" {
			return faultproxy.Action{}
		}
		sets++
		return faultproxy.Refuse(readOnly)
	})
	require.EqualError(t, g.Set(ctx, "k", "v", 0).Err(), readOnly)
	require.Equal(t, []string{"set retrying", "set retrying", "set retrying", "set out_of_retries"}, g.reasons())
	require.LessOrEqual(t, sets, 5+4, "the old connections, and an attempt each")
}

func TestReplayThroughTheContext(t *testing.T) {
	g := newRig(t, three, on("incr", cutAfter))
	require.EqualValues(t, 2, g.Incr(goredis.WithReplay(t.Context(), classify.ReadOnly), "n").Val())
	require.Equal(t, []string{"incr retrying", "incr succeeded"}, g.reasons())

	never := goredis.WithReplay(t.Context(), classify.Never)
	for name, call := range map[string]func(context.Context, *rig) error{
		"get": func(ctx context.Context, g *rig) error { return g.Get(ctx, "k").Err() },
		"mget": func(ctx context.Context, g *rig) error {
			p := g.Pipeline()
			p.MGet(ctx, "k")
			_, err := p.Exec(ctx)
			return err
		},
		"exec": func(ctx context.Context, g *rig) error {
			p := g.TxPipeline()
			p.Get(ctx, "k")
			_, err := p.Exec(ctx)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			g := newRig(t, three, on(name, cutAfter))
			require.Error(t, call(never, g))
			require.Len(t, g.reasons(), 1)
		})
	}
}
