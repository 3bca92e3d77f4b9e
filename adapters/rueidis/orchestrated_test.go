package rueidis_test

import (
	"context"
	"crypto/tls"
	"net"
	"testing"
	"time"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"

	retry "github.com/reprise-go/reprise/adapters/rueidis"
	"github.com/reprise-go/reprise/cluster"
	"github.com/reprise-go/reprise/internal/failover"
	"github.com/reprise-go/reprise/policy"
)

// TestNewClusterClientRefuses what it cannot do its work with.
func TestNewClusterClientRefuses(t *testing.T) {
	seeds := []string{"localhost:7000"}
	for _, tt := range []struct {
		options rueidis.ClientOption
		config  cluster.Config
		want    string
	}{
		{rueidis.ClientOption{}, cluster.Config{}, "rueidis: cluster: Seeds is empty; allowed: one address or more"},
		{rueidis.ClientOption{InitAddress: []string{"localhost"}}, cluster.Config{}, `rueidis: cluster: Seeds[0] is "localhost"; allowed: host:port`},
		{rueidis.ClientOption{InitAddress: seeds}, cluster.Config{Retry: policy.Retry{Retries: -7}}, "rueidis: policy: Retries is -7; allowed: Unlimited (-1), 0 or more"},
		{rueidis.ClientOption{InitAddress: seeds}, cluster.Config{Retry: policy.Retry{AttemptTimeout: 1}}, "rueidis: policy: AttemptTimeout is 1ns; allowed with rueidis: 0, since a command is sent even after its context has ended; set ClientOption.ConnWriteTimeout"},
		{rueidis.ClientOption{InitAddress: seeds}, cluster.Config{Retry: policy.Retry{MinAttempt: 1}}, "rueidis: policy: MinAttempt is 1ns; allowed with rueidis: 0, since a command is sent even after its context has ended; set ClientOption.ConnWriteTimeout"},
		{rueidis.ClientOption{InitAddress: seeds, ForceSingleClient: true}, cluster.Config{}, "rueidis: ForceSingleClient is true; allowed: false, of a cluster"},
		{rueidis.ClientOption{InitAddress: seeds, Sentinel: rueidis.SentinelOption{MasterSet: "m"}}, cluster.Config{}, `rueidis: Sentinel.MasterSet is "m"; allowed: none, of a cluster`},
		{
			rueidis.ClientOption{InitAddress: seeds, Standalone: rueidis.StandaloneOption{EnableRedirect: true, ReplicaAddress: seeds}}, cluster.Config{},
			"rueidis: Standalone.EnableRedirect is true; allowed: false, of a cluster\nrueidis: Standalone.ReplicaAddress is [\"localhost:7000\"]; allowed: none, of a cluster",
		},
	} {
		c, err := retry.NewClusterClient(tt.options, tt.config)
		require.EqualError(t, err, tt.want)
		require.Nil(t, c)
	}
}

// openCluster returns the client of a cluster, and reports how often the map was read and nodes were dialled in vain.
func openCluster(t *testing.T, addrs []string) failover.Client {
	t.Helper()
	o := clusterOptions(addrs)
	o.ConnWriteTimeout, o.Dialer = 0, net.Dialer{}
	return openOptions(t, o)
}

func openOptions(t *testing.T, o rueidis.ClientOption) failover.Client {
	t.Helper()
	var w failover.Watch
	o.DialCtxFn = func(ctx context.Context, addr string, _ *net.Dialer, _ *tls.Config) (net.Conn, error) {
		return w.Dial(ctx, "tcp", addr)
	}
	c, err := retry.NewClusterClient(o, w.Config())
	require.NoError(t, err)
	t.Cleanup(func() {
		c.Close()
		w.Check(t, 8) // four for single commands, and for batches
	})
	return clusterClient{sentinelClient{c}}
}

// clusterOptions returns the options of a small client, that notices soon of a frozen server that it says nothing.
func clusterOptions(addrs []string) rueidis.ClientOption {
	o := small("")
	o.InitAddress, o.ForceSingleClient = addrs, false
	o.ConnWriteTimeout, o.Dialer = 200*time.Millisecond, net.Dialer{KeepAlive: 100 * time.Millisecond}
	return o
}

// TestClusterFailover loses a master under load: see the package failover.
func TestClusterFailover(t *testing.T) {
	failover.CheckCluster(t, 500*time.Millisecond, func(t *testing.T, addrs []string) failover.Client {
		t.Helper()
		return openOptions(t, clusterOptions(addrs))
	})
}

// TestPlannedClusterFailover: nobody notices.
func TestPlannedClusterFailover(t *testing.T) { failover.CheckPlannedFailover(t, openCluster) }

// TestResharding: slots move under the load, with ASK, TRYAGAIN and MOVED.
func TestResharding(t *testing.T) { failover.CheckResharding(t, openCluster) }

// TestRestartOfAll: every node has lost power.
func TestRestartOfAll(t *testing.T) { failover.CheckRestart(t, openCluster) }

// TestNodeElsewhere: a node comes back at another address.
func TestNodeElsewhere(t *testing.T) { failover.CheckElsewhere(t, openCluster) }

// TestLastSeed: of the addresses only the last is anybody's.
func TestLastSeed(t *testing.T) { failover.CheckSeeds(t, openCluster) }

// TestNoSeed: the error names those that were asked.
func TestNoSeed(t *testing.T) {
	_, err := retry.NewClusterClient(rueidis.ClientOption{InitAddress: []string{"127.0.0.1:1", "127.0.0.1:2"}}, cluster.Config{})
	require.ErrorContains(t, err, "127.0.0.1:1")
	require.ErrorContains(t, err, "127.0.0.1:2")
	require.ErrorContains(t, err, "connection refused")
	require.NotContains(t, err.Error(), "<nil>")
	refused := (*cluster.RefreshError)(nil)
	require.ErrorAs(t, err, &refused)
}

// clusterClient leaves WAIT out, which might ask another node.
type clusterClient struct{ sentinelClient }

func (s clusterClient) IncrWait(ctx context.Context, key string) (replicas int64, err error) {
	all := s.DoMulti(ctx, s.B().Incr().Key(key).Build(), s.B().Get().Key("other").Build())
	return 0, all[0].Error()
}
