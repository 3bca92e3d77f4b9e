package redispy

import (
	"context"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/cluster"
	"github.com/reprise-go/reprise/internal/faultproxy"
	"github.com/reprise-go/reprise/internal/redistest"
)

// Client is a client of a cluster that retries by itself: what is tested.
type Client interface {
	// Do runs one command and returns its reply, "" for none.
	Do(ctx context.Context, words ...string) (string, error)
	// Pipeline runs commands in one batch and returns what became of each.
	Pipeline(ctx context.Context, cmds ...[]string) (replies []string, errs []error)
	// Tx runs commands between MULTI and EXEC.
	Tx(ctx context.Context, cmds ...[]string) ([]string, error)
	// Watch watches the key, reads it and runs the block that fn makes of it.
	Watch(ctx context.Context, key string, fn func(value string) [][]string) error
	// Changed reports whether an error of Watch says that the key has changed.
	Changed(err error) bool
	// Classify judges an error of the others.
	Classify(err error) classify.Verdict
}

// Quiet is a Client whose driver follows MOVED without a word, and has a map of its own, which it renews by itself.
type Quiet interface {
	Client
	Quiet()
}

// Options are what a client is made of.
type Options struct {
	Addrs []string
	Dial  func(ctx context.Context, network, addr string) (net.Conn, error)
	// ReadTimeout is how long a client waits for a reply, PoolSize how many connections it has to each node.
	ReadTimeout time.Duration
	PoolSize    int
	Config      cluster.Config
}

// Open makes a client, which lives as long as the test.
type Open func(t *testing.T, o Options) Client

// Rig is a real cluster of three masters with a replica each, and a proxy before each node.
type Rig struct {
	*redistest.Cluster
	open    Open
	proxies map[string]*faultproxy.Proxy // by the port of the node
	seen    map[string]int               // of its record, before the client was opened
	keys    int
}

// NewRig starts one.
func NewRig(t *testing.T, open Open) *Rig {
	t.Helper()
	r := &Rig{
		Cluster: redistest.StartCluster(t, 3, 1, "--cluster-require-full-coverage", "no"),
		open:    open, proxies: map[string]*faultproxy.Proxy{}, seen: map[string]int{},
	}
	for _, s := range r.Servers {
		p, err := faultproxy.Start(s.Addr(), faultproxy.Config{Record: true})
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, p.Close()) })
		r.proxies[port(s.Addr())] = p
	}
	return r
}

func port(addr string) string {
	_, p, _ := net.SplitHostPort(addr)
	return p
}

// Dial goes to the proxy before the node.
func (r *Rig) Dial(ctx context.Context, network, addr string) (net.Conn, error) {
	if p := r.proxies[port(addr)]; p != nil {
		addr = p.Addr()
	}
	return new(net.Dialer).DialContext(ctx, network, addr)
}

// Proxy returns the one before a node.
func (r *Rig) Proxy(s *redistest.Server) *faultproxy.Proxy { return r.proxies[port(s.Addr())] }

// Plan has all nodes follow one plan.
func (r *Rig) Plan(plan func() faultproxy.Plan) {
	for _, p := range r.proxies {
		p.SetPlan(plan())
	}
}

// heal ends what a case has planned.
func (r *Rig) heal(t *testing.T) {
	t.Helper()
	for _, p := range r.proxies {
		p.SetPlan(nil)
		require.NoError(t, p.Listen())
	}
}

// Sent returns how often a node was sent a command of that name since the client was opened.
func (r *Rig) Sent(s *redistest.Server, name string) int {
	n := 0
	for _, x := range r.Proxy(s).Record()[r.seen[port(s.Addr())]:] {
		if strings.EqualFold(x.Name(), name) {
			n++
		}
	}
	return n
}

// SentAll is Sent of all nodes together.
func (r *Rig) SentAll(name string) int {
	n := 0
	for _, s := range r.Servers {
		n += r.Sent(s, name)
	}
	return n
}

// Key returns a key that no other case has, with its slot, the master of that, and another master.
func (r *Rig) Key(t *testing.T) (key string, slot int, owner, other *redistest.Server) {
	t.Helper()
	r.keys++
	key = "{" + strconv.Itoa(r.keys) + "}"
	slot = cluster.Slot(key)
	owner, err := r.Master(t.Context(), slot)
	require.NoError(t, err)
	// Half of the slots on: of another, whoever that is.
	other, err = r.Master(t.Context(), (slot+cluster.Slots/2)%cluster.Slots)
	require.NoError(t, err)
	require.NotEqual(t, owner, other)
	return key, slot, owner, other
}

// Direct asks a node past its proxy.
func (r *Rig) Direct(t *testing.T, s *redistest.Server, words ...string) any {
	t.Helper()
	v, err := s.Do(t.Context(), words...)
	require.NoError(t, err)
	return v
}

// Subject is a client with what it has told of its refreshes.
type Subject struct {
	Client
	ended chan cluster.RefreshEvent
}

// Open returns a client that makes its cycles in quick succession, unless the options say otherwise, and that has read the map.
func (r *Rig) Open(t *testing.T, set ...func(*Options)) *Subject {
	t.Helper()
	s := &Subject{ended: make(chan cluster.RefreshEvent, 1000)}
	o := Options{
		Addrs: r.Addrs(), Dial: r.Dial, ReadTimeout: 5 * time.Second, PoolSize: 10,
		Config: cluster.Config{
			Backoff: backoff.Constant(5 * time.Millisecond),
			Refresh: cluster.Refresh{Interval: time.Millisecond, SecondLook: cluster.None},
			Observe: func(e cluster.RefreshEvent) {
				if e.Ended {
					s.ended <- e
				}
			},
		},
	}
	for _, f := range set {
		f(&o)
	}
	s.Client = r.open(t, o)
	_, quiet := s.Client.(Quiet)
	_, err := s.Do(t.Context(), "GET", "k")
	require.NoError(t, err)
	if !quiet {
		s.Refreshed(t) // the first, which go-redis' own load has caused
	}
	for id, p := range r.proxies {
		r.seen[id] = len(p.Record())
	}
	return s
}

// Refreshed waits for a refresh that ends well after the call, but for those that had ended.
func (s *Subject) Refreshed(t *testing.T) {
	t.Helper()
	for {
		select {
		case e := <-s.ended:
			if e.Err == nil {
				return
			}
		case <-time.After(10 * time.Second):
			t.Fatal("no refresh")
		}
	}
}

// Moved waits until the client has a map by which the key is at another node than the former.
func (s *Subject) Moved(t *testing.T, r *Rig, key string, former *redistest.Server) {
	t.Helper()
	if _, quiet := s.Client.(Quiet); !quiet {
		s.Refreshed(t)
		return
	}
	require.Eventually(t, func() bool {
		before := r.Sent(former, "GET")
		_, err := s.Do(t.Context(), "GET", key)
		require.NoError(t, err)
		return r.Sent(former, "GET") == before
	}, 10*time.Second, time.Millisecond)
}

// Refreshes forgets the refreshes that have ended, and returns how many they were.
func (s *Subject) Refreshes() int {
	n := 0
	for {
		select {
		case <-s.ended:
			n++
		default:
			return n
		}
	}
}
