package redistest

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Cluster is a running Redis Cluster: masters that share the slots, and their replicas, each a
// process of its own. Its methods may be called from any goroutine. Where they take a server, one
// that has been restarted may be named by its former Server too.
type Cluster struct {
	// Servers holds the nodes, in an order that stays: the masters to begin with, then the first one's
	// replicas, the second one's and so on. Restarts replace elements (in a copy, so that a range over
	// Servers goes on undisturbed); do not read the field while another goroutine restarts.
	Servers []*Server

	ids               []string // the node ids, in the order of Servers
	masters, replicas int      // so many masters, so many replicas each
	mu                sync.Mutex
}

// The cluster's settings. A real one waits longer before it calls a node down; a test wants to see
// the failover.
const (
	nodeTimeout = time.Second
	// slots is how many slots there are, in every cluster.
	slots = 16384
	// answerTime is how long a node may take to say how it sees the cluster. A frozen one never does.
	answerTime = time.Second
)

// StartCluster runs a cluster with so many masters, each with so many replicas, and returns when every
// node knows all others and serves, and every replica is in sync: from there on each master can fail
// over. The arguments are for all servers and win over the cluster's own: "--cluster-node-timeout",
// "5000", for example, in place of a second. It needs Redis 7.0. Every process is killed, it and no
// other, when the test ends. Skipping is as in [Start].
//
// With replicas it takes about 0.7 s, without them at least 2 s, which is how long a master
// waits after its start before it serves (CLUSTER_WRITABLE_DELAY in Redis). The same holds
// for a master that is restarted. A longer timeout makes it longer: nodes tell each other news twice
// in that time.
func StartCluster(tb TB, masters, replicasEach int, args ...string) *Cluster {
	tb.Helper()
	own := []string{
		"--cluster-enabled", "yes",
		"--cluster-node-timeout", strconv.FormatInt(nodeTimeout.Milliseconds(), 10),
		"--cluster-announce-ip", "127.0.0.1", // a node that has met nobody does not know its address
		"--repl-diskless-sync-delay", "0",
		// A replica may fail over however old its data is.
		"--cluster-replica-validity-factor", "0",
		// A replica stays with its master, or with the one that replaces that.
		"--cluster-migration-barrier", "1000",
	}
	c := &Cluster{masters: masters, replicas: replicasEach}
	for range masters * (1 + replicasEach) {
		c.Servers = append(c.Servers, Start(tb, slices.Concat(own, args)...))
	}
	// After Start has asked for the directories, so that they go when those who have been restarted are gone.
	tb.Cleanup(c.kill)
	ctx, cancel := context.WithTimeout(tb.Context(), patience)
	defer cancel()
	if err := c.form(ctx); err != nil {
		tb.Fatal(err)
	}
	if err := c.WaitComplete(ctx); err != nil {
		tb.Fatal(err)
	}
	return c
}

// Addrs returns the addresses of all nodes, for the options of a client.
func (c *Cluster) Addrs() []string {
	var addrs []string
	for _, s := range c.servers() {
		addrs = append(addrs, s.addr)
	}
	return addrs
}

// ID returns the server's node id, or "" for one that is not of this cluster.
func (c *Cluster) ID(s *Server) string {
	if i := c.index(s); i >= 0 {
		return c.ids[i]
	}
	return ""
}

// servers returns the nodes as they are now.
func (c *Cluster) servers() []*Server {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.Servers
}

// index returns the server's place in Servers, or -1. What makes a server the same after a restart
// is its directory: the node id is in there.
func (c *Cluster) index(s *Server) int {
	return slices.IndexFunc(c.servers(), func(t *Server) bool { return t.dir == s.dir })
}

// current returns the server as it runs now, and its place in Servers.
func (c *Cluster) current(s *Server) (*Server, int, error) {
	i := c.index(s)
	if i < 0 {
		return nil, 0, fmt.Errorf("redistest: %s is not of this cluster", s.addr)
	}
	return c.servers()[i], i, nil
}

// group returns a number that a master has in common with its replicas, whoever of them is
// the master now.
func (c *Cluster) group(i int) int {
	if i < c.masters {
		return i
	}
	return (i - c.masters) / c.replicas
}

// byID returns the server with the node id.
func (c *Cluster) byID(id string) (*Server, error) {
	if i := slices.Index(c.ids, id); i >= 0 {
		return c.servers()[i], nil
	}
	return nil, fmt.Errorf("redistest: node %q is not of this cluster", id)
}

func (c *Cluster) kill() {
	for _, s := range c.servers() {
		s.Kill()
	}
}
