package redispy

import (
	"net"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/cluster"
	"github.com/reprise-go/reprise/internal/faultproxy"
	"github.com/reprise-go/reprise/internal/redistest"
)

// always returns a plan that does the same to every command of a name.
func always(name string, a faultproxy.Action) func() faultproxy.Plan {
	named := faultproxy.Named(name)
	return func() faultproxy.Plan {
		return func(q faultproxy.Request) faultproxy.Action {
			if named(q) {
				return a
			}
			return faultproxy.Action{}
		}
	}
}

var clusterDown = faultproxy.Refuse("CLUSTERDOWN The cluster is down")

// impatient is as short as a busy machine allows.
func impatient(o *Options) { o.ReadTimeout = 250 * time.Millisecond }

func retries(n int) func(*Options) { return func(o *Options) { o.Config.ErrorRetries = n } }

// failures are those of nodes, for single commands.
var failures = []testCase{
	{"test_cluster.py:628", "CLUSTERDOWN, and the map has another node: one failed attempt, one that succeeds", func(t *testing.T, r *Rig) {
		c := r.Open(t)
		key, slot, owner, other := r.Key(t)
		require.NoError(t, r.Migrate(t.Context(), slot, other, nil))
		r.Proxy(owner).SetPlan(always("get", clusterDown)())
		_, err := c.Do(t.Context(), "GET", key)
		require.NoError(t, err)
		require.Equal(t, 1, r.Sent(owner, "GET"))
		require.Equal(t, 1, r.Sent(other, "GET"))
	}},
	{"test_cluster.py:555", "the master is not there, and a replica has taken its place: the read succeeds there", func(t *testing.T, r *Rig) {
		c := r.Open(t)
		key, _, owner, _ := r.Key(t)
		heir := r.promote(t, owner)
		r.Proxy(owner).SetPlan(always("get", faultproxy.Action{Fault: faultproxy.CutBefore})())
		require.NoError(t, r.Proxy(owner).Refuse())
		_, err := c.Do(t.Context(), "GET", key)
		require.NoError(t, err)
		require.Equal(t, 1, r.Sent(heir, "GET"))
	}},
	{"test_cluster.py:878 (async :985)", "each error that is retried, forever: it comes back after 1 + retries attempts", func(t *testing.T, r *Rig) {
		for name, tt := range map[string]struct {
			action faultproxy.Action
			kind   classify.Kind
		}{
			"ConnectionError":  {faultproxy.Action{Fault: faultproxy.CutBefore}, classify.Connection},
			"TimeoutError":     {faultproxy.Action{Fault: faultproxy.StallBefore}, classify.Timeout},
			"ClusterDownError": {clusterDown, classify.ClusterDown},
		} {
			t.Run(name, func(t *testing.T) {
				r.heal(t)
				c := r.Open(t, impatient, retries(2))
				r.Plan(always("get", tt.action))
				key, _, _, _ := r.Key(t)
				_, err := c.Do(t.Context(), "GET", key)
				require.Equal(t, tt.kind, c.Classify(err).Kind, "%v", err)
				require.Equal(t, 3, r.SentAll("GET"))
			})
		}
	}},
	{"test_cluster.py:995", "five timeouts, then a reply: the other nodes' connections stay", func(t *testing.T, r *Rig) {
		c := r.Open(t, impatient, retries(5))
		key, _, owner, other := r.Key(t)
		otherKey := ""
		for otherKey == "" {
			if k, _, s, _ := r.Key(t); s == other {
				otherKey = k
			}
		}
		_, err := c.Do(t.Context(), "GET", otherKey)
		require.NoError(t, err)
		var stalls []faultproxy.Fault
		for range 5 {
			stalls = append(stalls, faultproxy.StallBefore)
		}
		r.Proxy(owner).SetPlan(faultproxy.On("get", stalls...))
		_, err = c.Do(t.Context(), "GET", key)
		require.NoError(t, err)
		require.Equal(t, 6, r.Sent(owner, "GET"))
		c.Refreshed(t)
		clients := r.clients(t, other)
		_, err = c.Do(t.Context(), "GET", otherKey)
		require.NoError(t, err)
		require.Equal(t, clients, r.clients(t, other), "on the connection that it had")
	}},
	{"test_cluster.py:1088", "a command without a key, and a node that is away: it succeeds elsewhere", func(t *testing.T, r *Rig) {
		c := r.Open(t)
		for _, away := range r.Servers[:3] {
			r.heal(t)
			r.Proxy(away).SetPlan(always("ping", faultproxy.Action{Fault: faultproxy.CutBefore})())
			for range 20 {
				_, err := c.Do(t.Context(), "PING")
				require.NoError(t, err)
			}
		}
	}},
	{"test_cluster.py:967 (async :1052)", "a slot that nobody serves: CLUSTERDOWN after the retries, and no more when it is served again", func(t *testing.T, r *Rig) {
		c := r.Open(t, retries(2))
		key, slot, owner, _ := r.Key(t)
		for _, s := range r.Servers {
			r.Direct(t, s, "CLUSTER", "DELSLOTS", strconv.Itoa(slot))
		}
		_, err := c.Do(t.Context(), "GET", key)
		require.Equal(t, classify.ClusterDown, c.Classify(err).Kind, "%v", err)
		r.Direct(t, owner, "CLUSTER", "ADDSLOTS", strconv.Itoa(slot))
		require.NoError(t, r.WaitComplete(t.Context()))
		_, err = c.Do(t.Context(), "GET", key)
		require.NoError(t, err)
	}},
	{"test_cluster.py:3064", "a server that is no cluster: told at once", func(t *testing.T, r *Rig) {
		alone := redistest.Start(t)
		o := Options{Addrs: []string{alone.Addr()}, Dial: r.Dial, Config: cluster.Config{}}
		begun := time.Now()
		_, err := r.open(t, o).Do(t.Context(), "GET", "k")
		require.ErrorContains(t, err, "cluster support disabled")
		require.Less(t, time.Since(begun), time.Second, "no cycles")
	}},
	{"test_max_connections_error.py:74, test_cluster.py async :522", "no connection left: waited for, then raised; the map is not read for that", func(t *testing.T, r *Rig) {
		// redis-py raises it at once. Here it was not sent, and one may be free by the next cycle.
		c := r.Open(t, func(o *Options) { o.PoolSize = 2 })
		key, _, owner, _ := r.Key(t)
		r.Proxy(owner).SetPlan(always("get", faultproxy.Action{Before: 600 * time.Millisecond})())
		c.Refreshes()
		var all sync.WaitGroup
		kinds := make(chan classify.Kind, 3)
		for range 3 {
			all.Go(func() {
				if _, err := c.Do(t.Context(), "GET", key); err != nil {
					kinds <- c.Classify(err).Kind
				}
			})
		}
		all.Wait()
		close(kinds)
		require.Equal(t, classify.Pool, <-kinds)
		require.Zero(t, c.Refreshes())
	}},
	{"test_max_connections_error.py:74", "and a node that is not there: raised, and the map is read once", func(t *testing.T, r *Rig) {
		c := r.Open(t, retries(cluster.None))
		key, _, owner, _ := r.Key(t)
		r.Proxy(owner).SetPlan(always("get", faultproxy.Action{Fault: faultproxy.CutBefore})())
		c.Refreshes()
		_, err := c.Do(t.Context(), "GET", key)
		require.Equal(t, classify.Connection, c.Classify(err).Kind, "%v", err)
		require.Equal(t, 1, r.Sent(owner, "GET"))
		c.Refreshed(t)
		require.Zero(t, c.Refreshes())
	}},
	{"test_cluster.py async :3793", "a node that has dropped its connections: no command is given one of them", func(t *testing.T, r *Rig) {
		// redis-py drops the idle ones after a failure. Here each is looked at before it is used.
		// Past the proxies, which take a moment to pass an end on.
		c := r.Open(t, retries(cluster.None), func(o *Options) { o.Dial = new(net.Dialer).DialContext })
		key, _, owner, _ := r.Key(t)
		var all sync.WaitGroup
		for range 5 { // five connections
			all.Go(func() { _, _ = c.Do(t.Context(), "BLPOP", key+"list", "0.1") })
		}
		all.Wait()
		before := r.clients(t, owner)
		r.Direct(t, owner, "CLIENT", "KILL", "TYPE", "normal")
		require.Eventually(t, func() bool { return r.clients(t, owner) < before }, 5*time.Second, time.Millisecond)
		for range 5 {
			_, err := c.Do(t.Context(), "INCR", key)
			require.NoError(t, err)
		}
		require.Equal(t, "5", r.Direct(t, owner, "GET", key))
	}},
}

// clients returns how many connections a node has.
func (r *Rig) clients(t *testing.T, s *redistest.Server) int {
	t.Helper()
	text, _ := r.Direct(t, s, "CLIENT", "LIST", "TYPE", "normal").(string)
	n := 0
	for _, c := range text {
		if c == '\n' {
			n++
		}
	}
	return n
}
