package rueidis

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/rueidis"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/cluster"
	"github.com/reprise-go/reprise/internal/judged"
)

// NewClusterClient returns a client of a cluster as rueidis.NewClient makes it from o, whose operations run under c: in
// cycles of attempts on one node, with a refresh of the slot map between them that all share; see package cluster. By
// itself rueidis fails every write until the server has promoted a replica, and for up to a second more.
//
// rueidis has a slot map of its own, and no call that renews it; it does so up to a second after a failure. So the
// map that the orchestrator reads works on dials: one to a node that the cluster has replaced is connected to the
// one in its place, until rueidis knows it too. To a node that failed nobody dials for a while, 50 ms at first and a
// second at most: who needs it in that time gets the error at once. A node that failed and does not answer a PING
// has its connections cut, so that no command waits there for its own timeout.
//
// Options are owned and refused as [NewClient] says, by c.Retry. Besides, ShardsRefreshInterval is 10 s if o leaves it 0,
// and refused are the options of other deployments: ForceSingleClient, Sentinel and Standalone. A node that hangs is noticed
// by the first command that times out there: set ConnWriteTimeout and Dialer.KeepAlive, which are 10 s and 1 s. Empty
// c.Seeds mean o.InitAddress, and the other way round. MOVED and ASK are followed by rueidis, MaxMovedRedirections times
// within an attempt. The map is read once before NewClusterClient returns: if no seed gives one the error is a
// [cluster.RefreshError], which names them. It is not retried.
//
// What is sent to a client that Nodes returned has one cycle, and never reaches another node: it is refused while the
// connections of that client may lead to the one in its place. Dedicated and Dedicate pass through; what fails there has
// the map read anew.
func NewClusterClient(o rueidis.ClientOption, c cluster.Config) (rueidis.Client, error) {
	if len(o.InitAddress) == 0 {
		o.InitAddress = c.Seeds
	}
	if len(c.Seeds) == 0 {
		c.Seeds = o.InitAddress
	}
	if err := errors.Join(validate(c.Retry), clustered(o)); err != nil {
		return nil, err
	}
	c.Adapt = adapt
	own, d := owned(o, c.Retry), new(dials)
	if own.ClusterOption.ShardsRefreshInterval == 0 {
		own.ClusterOption.ShardsRefreshInterval = shardsRefresh
	}
	t := newTopology(own)
	orchestrator, err := cluster.New(t, c)
	if err != nil {
		return nil, fmt.Errorf("rueidis: %w", err)
	}
	t.serve(orchestrator)
	d.ways = t.ways
	d.mark(&own)
	plain, err := open(own, t, c)
	if err != nil {
		orchestrator.Close()
		t.close()
		return nil, err
	}
	w := wrap(plain, c.Retry)
	w.dials, w.uncached, w.hides = d, o.DisableCache, !o.DisableAutoPipelining
	w.cluster = &orchestrated{orchestrator, t}
	return w, nil
}

// clustered returns what in the options is not for a cluster.
func clustered(o rueidis.ClientOption) error {
	var errs []error
	for _, other := range []struct {
		set  bool
		text string
	}{
		{o.ForceSingleClient, "ForceSingleClient is true; allowed: false, of a cluster"},
		{o.Sentinel.MasterSet != "", fmt.Sprintf("Sentinel.MasterSet is %q; allowed: none, of a cluster", o.Sentinel.MasterSet)},
		{o.Standalone.EnableRedirect, "Standalone.EnableRedirect is true; allowed: false, of a cluster"},
		{len(o.Standalone.ReplicaAddress) > 0, fmt.Sprintf("Standalone.ReplicaAddress is %q; allowed: none, of a cluster", o.Standalone.ReplicaAddress)},
	} {
		if other.set {
			errs = append(errs, errors.New("rueidis: "+other.text))
		}
	}
	return errors.Join(errs...)
}

// open reads the slot map, and makes rueidis' own client.
func open(o rueidis.ClientOption, t *topology, c cluster.Config) (rueidis.Client, error) {
	ctx, cancel := context.WithTimeout(context.Background(), cmp.Or(c.Refresh.Timeout, openTime))
	defer cancel()
	seeds := t.orchestrator.Seeds()
	if _, err := t.Refresh(ctx, seeds); err != nil {
		return nil, &cluster.RefreshError{Seeds: seeds, Err: driver(err)}
	}
	plain, err := rueidis.NewClient(o)
	if err != nil {
		return nil, &cluster.RefreshError{Seeds: o.InitAddress, Err: driver(err)}
	}
	return plain, nil
}

// shardsRefresh is how often rueidis renews its own map. Otherwise it does so after failures only, and does not hear
// of a node that is back.
const shardsRefresh = 10 * time.Second

// openTime is how long the seeds have for the first map, if the configuration does not say: rueidis' own timeout for
// a dial.
const openTime = rueidis.DefaultDialTimeout

// orchestrated is what a client of a cluster has besides rueidis'.
type orchestrated struct {
	*cluster.Orchestrator
	topology *topology
}

func (o *orchestrated) close() {
	o.Close()
	o.topology.close()
}

// stay is for what is sent to a node by its name: until it is released, nothing of it reaches another.
func (c *client) stay() (release func(), err error) {
	if c.cluster == nil || c.node == "" {
		return func() {}, nil
	}
	release, err = c.cluster.topology.ways.stay(c.node)
	if err != nil {
		return func() {}, judged.New(err, classify.Verdict{Class: classify.Transient, Kind: classify.TryAgain})
	}
	return release, nil
}

// where returns the node at which a command failed: that of its slot, if the error does not say.
func (c *client) where(err error, cmd rueidis.Completed) string {
	addr := c.at(err)
	if addr == "" && c.cluster != nil {
		addr = c.cluster.topology.owner(cmd.Slot())
	}
	return addr
}

// heard has the map read anew if an error that no policy has seen says that a node is gone.
func (c *client) heard(err error) {
	if c.cluster == nil || !failed(err) {
		return
	}
	if v := c.begin().retry.Classify(err); v.Kind == classify.Connection || v.Kind == classify.Timeout || v.Kind.Is(classify.ClusterDown) {
		c.cluster.Stale(driver(err))
	}
}
