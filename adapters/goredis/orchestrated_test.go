package goredis_test

import (
	"context"
	"io"
	"net"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/adapters/goredis"
	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/cluster"
	"github.com/reprise-go/reprise/internal/failover"
	"github.com/reprise-go/reprise/policy"
)

// TestNewClusterClientRefuses what it cannot do its work with.
func TestNewClusterClientRefuses(t *testing.T) {
	slots := func(context.Context) ([]redis.ClusterSlot, error) { return nil, nil }
	for _, tt := range []struct {
		options *redis.ClusterOptions
		config  cluster.Config
		want    string
	}{
		{nil, cluster.Config{}, "goredis: the options are nil; allowed: those of a cluster"},
		{&redis.ClusterOptions{ClusterSlots: slots}, cluster.Config{}, "goredis: ClusterSlots is set; allowed: nil, since the orchestrator reads the slot map"},
		{&redis.ClusterOptions{}, cluster.Config{}, "goredis: cluster: Seeds is empty; allowed: one address or more"},
		{&redis.ClusterOptions{Addrs: []string{"localhost"}}, cluster.Config{}, `goredis: cluster: Seeds[0] is "localhost"; allowed: host:port`},
		{&redis.ClusterOptions{Addrs: []string{"localhost:7000"}}, cluster.Config{Retry: policy.Retry{Retries: -7}}, "goredis: cluster: Retry: policy: Retries is -7; allowed: Unlimited (-1), 0 or more"},
	} {
		c, err := goredis.NewClusterClient(tt.options, tt.config)
		require.EqualError(t, err, tt.want)
		require.Nil(t, c)
	}
}

// TestSeedsAreNamedAsInTheMap: a node must not be two, of which one is never demoted.
func TestSeedsAreNamedAsInTheMap(t *testing.T) {
	events := make(chan cluster.RefreshEvent, 10)
	seeds := []string{"127.0.0.1:1", "[::1]:2", "localhost:3", "192.0.2.1:4"}
	c, err := goredis.NewClusterClient(
		&redis.ClusterOptions{Addrs: seeds, Dialer: func(context.Context, string, string) (net.Conn, error) { return nil, io.EOF }},
		cluster.Config{ErrorRetries: cluster.None, Observe: func(e cluster.RefreshEvent) { events <- e }})
	require.NoError(t, err)
	require.Error(t, c.Ping(t.Context()).Err())
	require.ElementsMatch(t, []string{"localhost:1", "localhost:2", "localhost:3", "192.0.2.1:4"}, (<-events).Seeds)
	require.Equal(t, "127.0.0.1:1", seeds[0], "the caller's own")
	require.NoError(t, c.Close())
}

// openCluster returns the client of a cluster, and reports how often the map was read and nodes were dialled in vain.
func openCluster(t *testing.T, addrs []string) failover.Client {
	t.Helper()
	return openWithin(t, addrs, 0)
}

// openWithin is openCluster with a timeout for reads.
func openWithin(t *testing.T, addrs []string, timeout time.Duration) failover.Client {
	t.Helper()
	var w failover.Watch
	c, err := goredis.NewClusterClient(&redis.ClusterOptions{Addrs: addrs, Dialer: w.Dial, ReadTimeout: timeout}, w.Config())
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, c.Close())
		w.Check(t, c.Options().PoolSize)
	})
	return clusterClient{failoverClient{c}}
}

// TestClusterFailover loses a master under load: see the package failover.
func TestClusterFailover(t *testing.T) {
	failover.CheckCluster(t, 500*time.Millisecond, func(t *testing.T, addrs []string) failover.Client {
		t.Helper()
		return openWithin(t, addrs, 150*time.Millisecond) // a frozen server says nothing at all
	})
}

// TestPlannedClusterFailover: nobody notices.
func TestPlannedClusterFailover(t *testing.T) { failover.CheckPlannedFailover(t, openCluster) }

// TestResharding: slots move under the load, with ASK, TRYAGAIN and MOVED.
func TestResharding(t *testing.T) { failover.CheckResharding(t, openCluster) }

// TestLastSeed: of the addresses only the last is anybody's.
func TestLastSeed(t *testing.T) { failover.CheckSeeds(t, openCluster) }

// TestNoSeed: the error names those that were asked.
func TestNoSeed(t *testing.T) {
	c, err := goredis.NewClusterClient(&redis.ClusterOptions{Addrs: []string{"127.0.0.1:1", "127.0.0.1:2"}}, cluster.Config{
		ErrorRetries: 1, Backoff: backoff.NoBackoff{}, Refresh: cluster.Refresh{Retries: cluster.None},
	})
	require.NoError(t, err)
	defer func() { require.NoError(t, c.Close()) }()
	err = c.Get(t.Context(), "k").Err()
	require.ErrorContains(t, err, "localhost:1")
	require.ErrorContains(t, err, "localhost:2")
	require.ErrorContains(t, err, "connection refused")
}

// clusterClient leaves WAIT out, which might ask another node.
type clusterClient struct{ failoverClient }

func (s clusterClient) IncrWait(ctx context.Context, key string) (replicas int64, err error) {
	p := s.c.Pipeline()
	incr := p.Incr(ctx, key)
	p.Get(ctx, "other")
	_, _ = p.Exec(ctx) // each has its own error
	return 0, incr.Err()
}

// TestRestartOfAll: as after a loss of power.
func TestRestartOfAll(t *testing.T) { failover.CheckRestart(t, openCluster) }

// TestNodeElsewhere: a node comes back at another address, and is the master there.
func TestNodeElsewhere(t *testing.T) { failover.CheckElsewhere(t, openCluster) }
