package rueidis_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	retry "github.com/reprise-go/reprise/adapters/rueidis"
	"github.com/reprise-go/reprise/cluster"
	"github.com/reprise-go/reprise/internal/failover"
	"github.com/reprise-go/reprise/internal/redistest"
	"github.com/reprise-go/reprise/policy"
)

// newCluster returns a cluster, and a client that outlasts the election in it.
func newCluster(t *testing.T, c cluster.Config, options ...func(*rueidis.ClientOption)) (*redistest.Cluster, rueidis.Client) {
	t.Helper()
	d := redistest.StartCluster(t, 3, 1)
	return d, clusterOf(t, d, c, options...)
}

// clusterOf returns a client of a cluster.
func clusterOf(t *testing.T, d *redistest.Cluster, c cluster.Config, options ...func(*rueidis.ClientOption)) rueidis.Client {
	t.Helper()
	o := clusterOptions(d.Addrs())
	for _, set := range options {
		set(&o)
	}
	client, err := retry.NewClusterClient(o, c)
	require.NoError(t, err)
	t.Cleanup(client.Close)
	return client
}

// A key with the tag {a} is in a slot of the last of three masters.
const (
	tagged  = "{a}"
	itsNode = 2
)

// TestBlockedOnAHungNode: a command that waits for as long as its context lasts is not left with a node that hangs, once
// another command has noticed.
func TestBlockedOnAHungNode(t *testing.T) {
	d, c := newCluster(t, new(failover.Watch).Config())
	blocked := make(chan error)
	go func() { blocked <- c.Do(t.Context(), c.B().Blpop().Key(tagged).Timeout(0).Build()).Error() }()
	info := func() bool {
		n, err := d.Servers[itsNode].Do(t.Context(), "INFO", "clients")
		return err == nil && strings.Contains(fmt.Sprint(n), "blocked_clients:1")
	}
	require.Eventually(t, info, patience, tick)
	require.NoError(t, d.Servers[itsNode].Freeze())
	require.NoError(t, c.Do(t.Context(), c.B().Set().Key(tagged+"other").Value("v").Build()).Error())
	require.EqualError(t, <-blocked, "rueidis: "+d.Servers[itsNode].Addr()+" does not answer: i/o timeout")
}

// TestNodesAreThemselves: while others stand in for a node, nothing that is sent to it by name reaches them.
func TestNodesAreThemselves(t *testing.T) {
	d, c := newCluster(t, new(failover.Watch).Config(), func(o *rueidis.ClientOption) { o.ClusterOption.ShardsRefreshInterval = 100 * time.Millisecond })
	old := d.Servers[itsNode]
	id := func() (string, error) {
		node := c.Nodes()[old.Addr()]
		if node == nil {
			return "", context.Canceled // it is in no map
		}
		return node.Do(t.Context(), node.B().Arbitrary("CLUSTER", "MYID").Build()).ToString()
	}
	ctx, stop := context.WithCancel(t.Context())
	var asking sync.WaitGroup
	for range 4 {
		asking.Go(func() {
			for ctx.Err() == nil {
				if got, err := id(); err == nil && got != d.ID(old) {
					t.Errorf("asked for its name, %s gave that of %s", old.Addr(), got)
				}
			}
		})
	}
	set := func() error { return c.Do(t.Context(), c.B().Set().Key(tagged).Value("v").Build()).Error() }
	require.NoError(t, set())
	old.Kill()
	require.NoError(t, set(), "its replica takes it")
	stop()
	asking.Wait()
	_, err := id()
	require.Error(t, err)

	again := d.Restart(t, old)
	require.NoError(t, d.WaitComplete(t.Context()))
	require.Equal(t, old.Addr(), again.Addr())
	require.Eventually(t, func() bool {
		got, err := id()
		require.True(t, err != nil || got == d.ID(old), got)
		return err == nil
	}, patience, tick, "it is back")
}

// TestEverythingElseSurvives the loss of a master: subscriptions, cached reads, transactions, dedicated connections.
func TestEverythingElseSurvives(t *testing.T) {
	d, c := newCluster(t, new(failover.Watch).Config(), func(o *rueidis.ClientOption) { o.DisableCache = false })
	ctx := t.Context()
	heard := make(chan string, 100)
	ended := make(chan error, 1)
	listening, hush := context.WithCancel(ctx)
	go func() {
		ended <- c.Receive(listening, c.B().Ssubscribe().Channel(tagged).Build(), func(m rueidis.PubSubMessage) { heard <- m.Message })
	}()
	publish := func(text string) bool {
		_ = c.Do(ctx, c.B().Spublish().Channel(tagged).Message(text).Build())
		select {
		case got := <-heard:
			return got == text
		default:
			return false
		}
	}
	cached := func() (string, error) {
		return c.DoCache(ctx, c.B().Get().Key(tagged).Cache(), time.Minute).ToString()
	}
	require.NoError(t, c.Do(ctx, c.B().Set().Key(tagged).Value("before").Build()).Error())
	_, err := d.Servers[itsNode].Do(ctx, "WAIT", "1", "1000")
	require.NoError(t, err)
	got, err := cached()
	require.NoError(t, err)
	require.Equal(t, "before", got)
	require.Eventually(t, func() bool { return publish("before") }, patience, tick)

	old := d.Servers[itsNode]
	old.Kill()
	got, err = cached()
	require.NoError(t, err)
	require.Equal(t, "before", got, "from the replica, or the cache")
	for _, r := range c.DoMulti(ctx, c.B().Multi().Build(), c.B().Set().Key(tagged).Value("after").Build(), c.B().Exec().Build()) {
		require.NoError(t, r.Error())
	}
	require.Eventually(t, func() bool { got, err = cached(); return err == nil && got == "after" }, patience, tick)
	require.NoError(t, c.Dedicated(func(own rueidis.DedicatedClient) error {
		own.Do(ctx, own.B().Watch().Key(tagged).Build())
		for _, r := range own.DoMulti(ctx, own.B().Multi().Build(), own.B().Get().Key(tagged).Build(), own.B().Exec().Build()) {
			if err := r.Error(); err != nil {
				return err
			}
		}
		return nil
	}))
	require.Eventually(t, func() bool { return publish("after") }, patience, tick)
	hush()
	require.ErrorIs(t, <-ended, context.Canceled)
}

// TestClosedCluster: nothing is left of a client that is closed, and its calls say so.
func TestClosedCluster(t *testing.T) {
	d := redistest.StartCluster(t, 1, 0)
	before := goleak.IgnoreCurrent()
	c := clusterOf(t, d, new(failover.Watch).Config())
	require.NoError(t, c.Do(t.Context(), c.B().Set().Key(tagged).Value("v").Build()).Error())
	waiting := make(chan error, 1)
	go func() { waiting <- c.Do(t.Context(), c.B().Blpop().Key("nothing").Timeout(0).Build()).Error() }()
	c.Close()
	require.ErrorIs(t, c.Do(t.Context(), c.B().Get().Key(tagged).Build()).Error(), rueidis.ErrClosing)
	require.Error(t, <-waiting)
	goleak.VerifyNone(t, before)
}

// TestWrappedCluster: what its client does is not changed without a word.
func TestWrappedCluster(t *testing.T) {
	d := redistest.StartCluster(t, 1, 0)
	c := retry.Wrap(clusterOf(t, d, cluster.Config{}), policy.Retry{})
	require.NoError(t, c.Do(t.Context(), c.B().Set().Key(tagged).Value("v").Build()).Error())
	err := c.Do(t.Context(), c.B().Incr().Key(tagged).Build()).Error()
	require.ErrorContains(t, err, "value is not an integer")
	require.ErrorContains(t, err, "rueidis: Wrap was given the client of a cluster")
}
