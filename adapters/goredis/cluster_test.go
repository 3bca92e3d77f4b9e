package goredis_test

import (
	"context"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/adapters/goredis"
	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/internal/faultproxy"
	"github.com/reprise-go/reprise/internal/redistest"
	"github.com/reprise-go/reprise/policy"
)

// TestInstallOnACluster: plain retries, with MOVED still followed and each attempt sent once.
func TestInstallOnACluster(t *testing.T) {
	ctx := t.Context()
	server := redistest.Start(t, "--cluster-enabled", "yes")
	direct := redis.NewClient(&redis.Options{Addr: server.Addr()})
	defer func() { require.NoError(t, direct.Close()) }()
	require.NoError(t, direct.ClusterAddSlotsRange(ctx, 0, 16383).Err())
	// A new cluster takes writes after two seconds.
	patient := policy.Retry{Retries: 400, Backoff: backoff.Constant(25 * time.Millisecond)}
	require.NoError(t, patient.Do(ctx, func(ctx context.Context) error { return direct.Set(ctx, "k", "v", 0).Err() }))

	proxy, err := faultproxy.Start(server.Addr(), faultproxy.Config{Record: true})
	require.NoError(t, err)
	defer func() { require.NoError(t, proxy.Close()) }()
	slots := func(context.Context) ([]redis.ClusterSlot, error) {
		return []redis.ClusterSlot{{Start: 0, End: 16383, Nodes: []redis.ClusterNode{{Addr: proxy.Addr()}}}}, nil
	}
	for _, tt := range []struct {
		name  string
		plan  faultproxy.Plan
		run   func(context.Context, *redis.ClusterClient) error
		fails bool
		incrs int
	}{
		{"healthy", nil, incr, false, 1},
		{"lost reply", on("incr", cutAfter), incr, true, 1},
		{"refused", refused("incr", "CLUSTERDOWN The cluster is down"), incr, false, 1},
		{"handshake", on("hello", cutAfter), incr, false, 1},
		{"moved to itself", nil, incr, false, 1},
		{"pipeline, lost reply", on("incr", cutAfter), pipelined, true, 1},
		{"pipeline, refused", refused("incr", "CLUSTERDOWN The cluster is down"), pipelined, false, 1},
		{"transaction, lost reply", on("exec", cutAfter), transacted, true, 1},
		{"transaction", nil, transacted, false, 1},
		{"transaction, a queued command refused for now", refused("incr", "OOM no"), transacted, false, 1},
		{"transaction, EXEC refused for now", refused("exec", "CLUSTERDOWN The cluster is down"), transacted, false, 1},
		{"transaction, MULTI lost", on("multi", cutBefore), transacted, true, 0},
		{"transaction, a queued command refused for good", refused("incr", "NOPERM no"), transacted, true, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.NoError(t, direct.FlushAll(ctx).Err())
			cluster := redis.NewClusterClient(&redis.ClusterOptions{ClusterSlots: slots, DialerRetries: 1})
			defer func() { require.NoError(t, cluster.Close()) }()
			require.NoError(t, goredis.Install(cluster, three))
			plan := tt.plan
			if tt.name == "moved to itself" {
				plan = refused("incr", "MOVED 5649 "+proxy.Addr())
			}
			proxy.SetPlan(plan)
			err := tt.run(ctx, cluster)
			require.Equal(t, tt.fails, err != nil, "%v", err)
			n, _ := direct.Get(ctx, "n").Int() // or there is none
			require.Equal(t, tt.incrs, n)
		})
	}
}

func incr(ctx context.Context, c *redis.ClusterClient) error { return c.Incr(ctx, "n").Err() }

func pipelined(ctx context.Context, c *redis.ClusterClient) error {
	p := c.Pipeline()
	p.Get(ctx, "x")
	n := p.Incr(ctx, "n")
	_, _ = p.Exec(ctx) // GET's redis.Nil comes first
	return n.Err()
}

func transacted(ctx context.Context, c *redis.ClusterClient) error {
	_, err := c.TxPipelined(ctx, func(p redis.Pipeliner) error { p.Incr(ctx, "n"); p.Set(ctx, "{n}k", 1, 0); return nil })
	return err
}
