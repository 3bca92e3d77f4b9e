package redistest

import (
	"fmt"
	"slices"
)

// Restart runs a node again after Kill, under the node id and at the address that it had, and returns
// when it accepts connections. It is in Servers again, in its place, and lives as long as the cluster. What
// it had in memory is gone, unless it was told to keep it. A master that nobody has replaced serves no
// sooner than 2 s later; [Cluster.WaitComplete] waits for that.
//
// Restart fails the test if the node does not start, or with another id.
func (c *Cluster) Restart(tb TB, s *Server, args ...string) *Server {
	tb.Helper()
	return c.replace(tb, s, func(s *Server) (*Server, error) { return s.rerun(s.port, serverReady, args) })
}

// RestartElsewhere is Restart at an address where no node has been yet. The node tells those that it knows
// where it is, which are those at the addresses that it knows: at least one of them must have stayed.
func (c *Cluster) RestartElsewhere(tb TB, s *Server, args ...string) *Server {
	tb.Helper()
	return c.replace(tb, s, func(s *Server) (*Server, error) {
		return onFreePort(freePort, func(port int) (*Server, error) { return s.rerun(port, serverReady, args) })
	})
}

// RestartAll ends all nodes, as a loss of power would, and then runs them again as Restart does.
func (c *Cluster) RestartAll(tb TB, args ...string) {
	tb.Helper()
	c.kill()
	for _, s := range c.servers() {
		c.Restart(tb, s, args...)
	}
}

// replace puts the server that rerun returns in the place of its predecessor.
func (c *Cluster) replace(tb TB, s *Server, rerun func(*Server) (*Server, error)) *Server {
	tb.Helper()
	before, i, err := c.current(s)
	if err != nil {
		tb.Fatal(err)
	}
	again, err := rerun(before)
	if err != nil {
		tb.Fatal(err)
	}
	c.mu.Lock()
	c.Servers = slices.Clone(c.Servers)
	c.Servers[i] = again
	c.mu.Unlock()
	id, err := do(tb.Context(), again, "CLUSTER", "MYID")
	if err != nil || fmt.Sprint(id) != c.ids[i] {
		tb.Fatalf("redistest: node %s at %s came back as %v: %v", c.ids[i], again.addr, id, err)
	}
	return again
}
