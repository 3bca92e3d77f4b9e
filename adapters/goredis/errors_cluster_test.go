package goredis_test

import (
	"context"
	"net"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/adapters/goredis"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/redistest"
)

// TestErrorsOfClusters: a plain client in front of a cluster's node does not follow redirects. It is
// refused, so nothing is run twice.
func TestErrorsOfClusters(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	nodes := [2]*rig{}
	for i := range nodes {
		nodes[i] = rigAt(t, redistest.Start(t, "--cluster-enabled", "yes", "--cluster-node-timeout", "1000"), three, nil)
	}
	here, there := nodes[0].direct, nodes[1].direct
	host, port, err := net.SplitHostPort(there.Options().Addr)
	require.NoError(t, err)
	require.NoError(t, here.ClusterAddSlotsRange(ctx, 0, 16383).Err())
	require.NoError(t, here.ClusterMeet(ctx, host, port).Err())
	for _, node := range nodes {
		wait(t, "the cluster is complete", func() bool {
			info := node.direct.ClusterInfo(ctx).Val()
			return strings.Contains(info, "cluster_state:ok") && strings.Contains(info, "cluster_slots_ok:16384")
		})
	}
	require.NoError(t, here.Set(ctx, "{moving}here", "1", 0).Err())
	slot := here.ClusterKeySlot(ctx, "{moving}").Val()
	require.NoError(t, here.Do(ctx, "cluster", "setslot", slot, "migrating", there.ClusterMyID(ctx).Val()).Err())

	call := func(node *rig, do func(context.Context, *rig) error) func(*testing.T) (*rig, error) {
		return func(t *testing.T) (*rig, error) {
			g := &rig{proxy: node.proxy, direct: node.direct}
			g.Client = g.client(t, three)
			return g, do(t.Context(), g)
		}
	}
	runProvoked(t, []provoked{
		{name: "MOVED", text: "^MOVED", verdict: redirect(classify.Moved), provoke: call(nodes[1], func(ctx context.Context, g *rig) error {
			return g.Incr(ctx, "n").Err()
		})},
		{name: "ASK", text: "^ASK", verdict: redirect(classify.Ask), provoke: call(nodes[0], func(ctx context.Context, g *rig) error {
			return g.Incr(ctx, "{moving}gone").Err()
		})},
		{name: "TRYAGAIN", text: "^TRYAGAIN", verdict: transient(classify.TryAgain), provoke: call(nodes[0], func(ctx context.Context, g *rig) error {
			return g.LMove(ctx, "{moving}here", "{moving}gone", "left", "left").Err()
		})},
		{
			name: "CROSSSLOT", text: "^CROSSSLOT", verdict: permanent(classify.CrossSlot), reasons: "not_retryable",
			provoke: call(nodes[0], func(ctx context.Context, g *rig) error { return g.LMove(ctx, "a", "b", "left", "left").Err() }),
		},
	})
}

// TestErrorsOfMaxClients: the server answers a new connection with an error and hangs up. go-redis by
// itself takes that for a server without HELLO, sends the command, and finds the connection gone.
func TestErrorsOfMaxClients(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, "--maxclients", "1")
	only := redis.NewClient(&redis.Options{Addr: server.Addr(), PoolSize: 1})
	t.Cleanup(func() { require.NoError(t, only.Close()) })
	require.NoError(t, only.Ping(t.Context()).Err())
	var rows []provoked
	for name, options := range map[string]func(*redis.Options){
		"with identity": func(*redis.Options) {}, "without": func(o *redis.Options) { o.DisableIdentity = true },
	} {
		rows = append(rows, provoked{
			name: name, text: "^ERR max number of clients reached$", verdict: overloaded(classify.MaxClients),
			provoke: func(t *testing.T) (*rig, error) {
				g := &rig{direct: only}
				p := three
				p.Observe = g.observe
				o := &redis.Options{Addr: server.Addr()}
				options(o)
				g.Client = goredis.NewClient(o, p)
				t.Cleanup(func() { require.NoError(t, g.Client.Close()) })
				return g.incr(t)
			},
		})
	}
	runProvoked(t, rows)
}

// TestAnswersComeBackBare: a missing key and a watched key that changed are no failures, and callers
// compare them with ==.
func TestAnswersComeBackBare(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	g := rigAt(t, redistest.Start(t), three, nil)
	require.Equal(t, redis.Nil, g.Get(ctx, "missing").Err())
	cmds, err := g.Pipelined(ctx, func(p redis.Pipeliner) error { p.Set(ctx, "k", 1, 0); p.Get(ctx, "missing"); return nil })
	require.Equal(t, redis.Nil, err)
	require.Equal(t, redis.Nil, cmds[1].Err())
	cmds, err = g.TxPipelined(ctx, func(p redis.Pipeliner) error { p.Get(ctx, "missing"); return nil })
	require.Equal(t, redis.Nil, err)
	require.Equal(t, redis.Nil, cmds[0].Err())
	require.Equal(t, redis.Nil, g.Do(ctx, "blpop", "missing", "0.01").Err())
	err = g.Watch(ctx, func(tx *redis.Tx) error {
		require.NoError(t, g.direct.Incr(ctx, "n").Err())
		_, err := tx.TxPipelined(ctx, func(p redis.Pipeliner) error { p.Incr(ctx, "n"); return nil })
		require.Equal(t, redis.TxFailedErr, err)
		return err
	}, "n")
	require.Equal(t, redis.TxFailedErr, err)
	require.Equal(t, "1", g.direct.Get(ctx, "n").Val(), "ours was not run, and not run again")
	require.NotContains(t, g.why(), "retrying")
}
