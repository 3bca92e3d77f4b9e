package redistest

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// WaitComplete returns when every node serves, sees all others as connected and well, and says the
// same of them as the others do, and every replica follows its master and has all that was written before:
// StartCluster ends with it, and a test that has broken something and mended it may, under load too. It
// waits for 30 s at the longest; the error names what is missing.
func (c *Cluster) WaitComplete(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	first, due := "", offsets{}
	return c.all(ctx, "the cluster is not complete", func(s *Server, nodes []node) error {
		if err := c.well(s, nodes); err != nil {
			return err
		}
		if err := s.serves(ctx); err != nil {
			return err
		}
		own := describe(nodes)
		if s == c.servers()[0] {
			first = own
		}
		if own != first {
			return fmt.Errorf("%s says\n%s\nand %s says\n%s", c.servers()[0].addr, first, s.addr, own)
		}
		for _, n := range nodes {
			if n.is("myself") && n.is("slave") {
				return c.inSync(ctx, s, n.master, due)
			}
		}
		return nil
	})
}

// well returns nil if nothing is wrong with a node in the server's view.
func (c *Cluster) well(s *Server, nodes []node) error {
	if len(nodes) != len(c.ids) {
		return fmt.Errorf("%s knows %d of %d nodes", s.addr, len(nodes), len(c.ids))
	}
	var masters []string
	for _, n := range nodes {
		if n.is("master") {
			masters = append(masters, n.id)
		}
	}
	if len(masters) != c.masters {
		return fmt.Errorf("%s sees %d masters, not %d", s.addr, len(masters), c.masters)
	}
	for _, n := range nodes {
		server, err := c.byID(n.id)
		if err != nil {
			return err
		}
		if n.addr != server.addr {
			return fmt.Errorf("%s looks for %s at %s", s.addr, server.addr, n.addr)
		}
		for _, flag := range n.flags {
			if slices.Contains([]string{"fail?", "fail", "handshake", "noaddr"}, flag) {
				return fmt.Errorf("%s sees %s as %s", s.addr, n.addr, flag)
			}
		}
		if !n.linked && !n.is("myself") {
			return fmt.Errorf("%s is not connected to %s", s.addr, n.addr)
		}
		if n.is("slave") && !slices.Contains(masters, n.master) {
			return fmt.Errorf("%s sees %s as a replica of a replica", s.addr, n.addr)
		}
	}
	return nil
}

// describe returns what nodes that agree say alike, a line for each node.
func describe(nodes []node) string {
	lines := make([]string, len(nodes))
	for i, n := range nodes {
		lines[i] = fmt.Sprint(n.addr, " of ", n.master, ", epoch ", n.epoch, ", slots ", n.slots)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// offsets are how far the masters' streams of writes had come when they were first asked for, by the replica and the
// master. While clients write, a replica never has for long what its master has.
type offsets map[[2]string]int64

// due returns the offset that the replica is to have, of a master that is at the given one now: less than it was, if
// it has begun another stream.
func (o offsets) due(replica, master *Server, now int64) int64 {
	pair := [2]string{replica.addr, master.addr}
	if first, asked := o[pair]; !asked || now < first {
		o[pair] = now
	}
	return o[pair]
}

// inSync returns nil if the replica has all that is due, by the word of both.
func (c *Cluster) inSync(ctx context.Context, replica *Server, id string, due offsets) error {
	master, err := c.byID(id)
	if err != nil {
		return err
	}
	reply, err := master.soon(ctx, "INFO", "replication")
	if err != nil {
		return err
	}
	masters := fields(reply)
	if reply, err = replica.soon(ctx, "INFO", "replication"); err != nil {
		return err
	}
	its := fields(reply)
	listed := ""
	for _, value := range masters {
		if strings.HasPrefix(value, fmt.Sprintf("ip=127.0.0.1,port=%d,", replica.port)) {
			listed = value
		}
	}
	now, err := strconv.ParseInt(masters["master_repl_offset"], 10, 64)
	if err != nil {
		return fmt.Errorf("%s says master_repl_offset:%s", master.addr, masters["master_repl_offset"])
	}
	want := due.due(replica, master, now)
	has, err := strconv.ParseInt(its["slave_repl_offset"], 10, 64)
	if err != nil || has < want || its["master_link_status"] != "up" || !strings.Contains(listed, "state=online") {
		return fmt.Errorf("%s has its link to %s %s and offset %q, not %d; there it is listed as %q",
			replica.addr, master.addr, its["master_link_status"], its["slave_repl_offset"], want, listed)
	}
	return nil
}
