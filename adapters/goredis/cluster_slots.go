package goredis

import (
	"context"
	"errors"
	"net"
	"slices"
	"sync/atomic"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/reprise-go/reprise/cluster"
)

// topology reads the slot map for a cluster client, when the orchestrator says so.
type topology struct {
	options      *redis.ClusterOptions
	client       *redis.ClusterClient
	orchestrator *cluster.Orchestrator
	read         atomic.Bool // the orchestrator has read a map, and go-redis has it
}

var _ cluster.Topology = (*topology)(nil)

// reading is a refresh under way. It goes through go-redis by the context, since only go-redis can install the map.
type reading struct {
	seeds []string
	asked bool
	nodes []string
	err   error
}

type readingKey struct{}

// Refresh has go-redis load the map: it calls slots, below, and installs what that returns.
func (t *topology) Refresh(ctx context.Context, seeds []string) ([]string, error) {
	r := &reading{seeds: seeds}
	// The call that loads at once, and waits. It hides that the loading has failed.
	err := t.client.ForEachMaster(context.WithValue(ctx, readingKey{}, r), func(context.Context, *redis.Client) error { return nil })
	switch {
	case r.err != nil:
		return nil, r.err
	case !r.asked:
		return nil, errors.Join(errors.New("goredis: go-redis did not load the slot map"), err)
	}
	t.read.Store(true)
	return r.nodes, nil
}

// errLater is what go-redis gets where it would load the map by itself. A command that gets it was not sent: it looked for
// the map before there was one, and went to load it when there was.
var errLater = &unsent{err: errors.New("goredis: the slot map is read by the orchestrator")}

// slots is redis.ClusterOptions.ClusterSlots. A load that go-redis has begun by itself becomes a refresh: else its map,
// which may be older, could take the place of one that the orchestrator has read. Before there is such a one, go-redis
// loads it for each command that needs it.
func (t *topology) slots(ctx context.Context) ([]redis.ClusterSlot, error) {
	r, ours := ctx.Value(readingKey{}).(*reading)
	if !ours {
		there := t.read.Load() // before the refresh begins, which may be quick
		t.orchestrator.Stale(nil)
		if there {
			return nil, errLater
		}
		r = &reading{seeds: t.orchestrator.Seeds()}
	}
	r.asked = true
	slots, err := cluster.AskSeeds(ctx, r.seeds, t.ask)
	if r.err = err; err != nil {
		return nil, err
	}
	for i := range slots {
		for j := range slots[i].Nodes {
			n := &slots[i].Nodes[j]
			n.Addr = named(n.Addr)
			if !slices.Contains(r.nodes, n.Addr) {
				r.nodes = append(r.nodes, n.Addr)
			}
		}
	}
	return slots, nil
}

// apart returns the options of a client of one node that has one connection of its own: those of the cluster client may be
// in the hands of what is hanging.
func apart(o *redis.ClusterOptions, addr string) *redis.Options {
	return &redis.Options{
		Addr: addr, Dialer: o.Dialer, TLSConfig: o.TLSConfig, Protocol: o.Protocol,
		Username: o.Username, Password: o.Password, ClientName: o.ClientName,
		CredentialsProvider: o.CredentialsProvider, CredentialsProviderContext: o.CredentialsProviderContext,
		StreamingCredentialsProvider: o.StreamingCredentialsProvider, DisableIdentity: o.DisableIdentity,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
		DialTimeout:              o.DialTimeout, ReadTimeout: o.ReadTimeout, WriteTimeout: o.WriteTimeout,
		ContextTimeoutEnabled: true, MaxRetries: -1, DialerRetries: 1, PoolSize: 1,
	}
}

// ask asks one seed.
func (t *topology) ask(ctx context.Context, addr string) ([]redis.ClusterSlot, error) {
	c := redis.NewClient(apart(t.options, addr))
	defer c.Close()
	slots, err := c.ClusterSlots(ctx).Result() //nolint:staticcheck // as go-redis does: CLUSTER SHARDS needs Redis 7, and is wrong there after a failover
	if err != nil {
		return nil, err
	}
	if len(slots) == 0 {
		return nil, errors.New("goredis: " + addr + " knows of no slots")
	}
	_, port, _ := net.SplitHostPort(addr)
	for i := range slots {
		for j := range slots[i].Nodes {
			n := &slots[i].Nodes[j]
			if host, p, err := net.SplitHostPort(n.Addr); err == nil && p == "0" {
				n.Addr = net.JoinHostPort(host, port) // of a cluster that speaks TLS only
			}
		}
	}
	return slots, nil
}

// named returns an address of this machine by its name: go-redis takes 127.0.0.1 for a server that does not know
// where it is, and leaves the host out.
func named(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsLoopback() {
		return net.JoinHostPort("localhost", port)
	}
	return addr
}
