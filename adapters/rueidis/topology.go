package rueidis

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/rueidis"

	"github.com/reprise-go/reprise/cluster"
)

// topology reads the slot map for the orchestrator, and has dials go by it. rueidis has a map of its own, and no call
// that would renew it: it does so up to a second after something has failed.
type topology struct {
	option       rueidis.ClientOption // to ask a node with
	orchestrator *cluster.Orchestrator
	ways         *ways
	ctx          context.Context // of the client
	end          context.CancelFunc

	now  atomic.Pointer[slotMap]
	mu   sync.Mutex
	last map[string]sight // of each node, and of some that are away
	look *time.Timer      // for those that are away
}

var _ cluster.Topology = (*topology)(nil)

// sight is the last map that a node was in.
type sight struct {
	in *slotMap
	at time.Time
}

const (
	// awayTime is how long a node that is in no map any more is remembered. rueidis has a new map by then.
	awayTime = time.Minute
	// lookTime is how often one that is away, or demoted, is looked for.
	lookTime = 2 * time.Second
	// signTime is how long a node that failed has to give a sign of life.
	signTime = 500 * time.Millisecond
)

// newTopology returns the topology of a client with these options, for [topology.serve].
func newTopology(o rueidis.ClientOption) *topology {
	t := &topology{option: o, last: map[string]sight{}}
	t.ways = newWays(dialer(&o))
	t.ctx, t.end = context.WithCancel(context.Background())
	return t
}

// serve tells the topology for whom it reads the map.
func (t *topology) serve(o *cluster.Orchestrator) {
	t.orchestrator = o
	t.ways.demoted, t.ways.answered, t.ways.unknown = o.Demoted, o.Restore, func() { o.Stale(nil) }
}

// Refresh asks the seeds for the map, each on a connection of its own: those of the client may be in the hands of
// what is hanging.
func (t *topology) Refresh(ctx context.Context, seeds []string) ([]string, error) {
	m, err := cluster.AskSeeds(ctx, seeds, t.ask)
	if err != nil {
		return nil, err
	}
	t.learn(m)
	return m.nodes, nil
}

// ask asks one seed.
func (t *topology) ask(ctx context.Context, addr string) (*slotMap, error) {
	c, err := t.single(ctx, addr)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	reply, err := c.Do(ctx, c.B().ClusterSlots().Build()).ToMessage()
	if err != nil {
		return nil, err
	}
	m := parseSlots(reply, addr)
	if len(m.nodes) == 0 {
		return nil, fmt.Errorf("rueidis: %s knows of no slots", addr)
	}
	return m, nil
}

// single makes a small client of one node, whose connections end with the context.
func (t *topology) single(ctx context.Context, addr string) (rueidis.Client, error) {
	o := t.option
	o.InitAddress, o.ForceSingleClient, o.DisableCache = []string{addr}, true, true
	o.PipelineMultiplex, o.RingScaleEachConn = -1, 1
	o.ReadBufferEachConn, o.WriteBufferEachConn = 1<<14, 1<<10
	if at, ok := ctx.Deadline(); ok {
		o.Dialer.Timeout = max(time.Until(at), 1)
	}
	dial := t.ways.dial
	o.DialCtxFn = func(_ context.Context, addr string, d *net.Dialer, c *tls.Config) (net.Conn, error) {
		conn, err := dial(ctx, addr, d, c)
		if err == nil {
			context.AfterFunc(ctx, func() { _ = conn.Close() }) // rueidis ignores the context of a command that is alone
		}
		return conn, err
	}
	c, err := rueidis.NewClient(o)
	if err != nil && c != nil {
		c.Close()
	}
	return c, err
}

// learn takes a new map.
func (t *topology) learn(m *slotMap) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.now.Store(m)
	now, strays, heirs := time.Now(), t.ways.strays(), map[string]heir{}
	away := strays
	for _, addr := range t.option.InitAddress {
		heirs[addr] = heir{} // known, by a name perhaps that no map has
	}
	for _, addr := range m.nodes {
		t.last[addr] = sight{m, now}
	}
	for addr, s := range t.last {
		h := heir{m.heir(addr, s.in), s.in == m}
		if !h.listed && now.Sub(s.at) > awayTime {
			delete(t.last, addr)
			continue
		}
		heirs[addr] = h
		if !h.listed || t.orchestrator.Demoted(addr) {
			away = true
			go t.probe(addr)
		}
	}
	t.ways.mu.Lock()
	t.ways.heirs = heirs
	t.ways.mu.Unlock()
	if strays {
		go t.ways.goHome(t.ctx)
	}
	if away && t.look == nil && t.ctx.Err() == nil {
		t.look = time.AfterFunc(lookTime, func() {
			t.mu.Lock()
			t.look = nil
			t.mu.Unlock()
			t.orchestrator.Stale(nil)
		})
	}
}

// probe has a node show that it lives.
func (t *topology) probe(addr string) {
	ctx, cancel := context.WithTimeout(t.ctx, signTime)
	defer cancel()
	t.ways.probe(ctx, addr, &t.option.Dialer, t.option.TLSConfig)
}

// owner returns the node that serves a slot, "" if it is not known.
func (t *topology) owner(slot uint16) string {
	m := t.now.Load()
	if m == nil || slot >= cluster.Slots {
		return ""
	}
	return m.owner(int(slot))
}

// close ends what is under way or planned.
func (t *topology) close() {
	t.end()
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.look != nil {
		t.look.Stop()
	}
}
