package redistest

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// form makes a cluster of servers that do not know each other yet.
//
// A master does not serve for two seconds after its start, so that an old one which comes back can hear
// of its successor first. A replica does not wait, and if it is promoted it goes on serving. So the
// slots first go to servers that are to be replicas, and those that are to be masters
// take over from them: by the commands that an operator has, and to the state that a failover
// leaves. Without replicas there is nothing to take over from, and the two seconds pass.
func (c *Cluster) form(ctx context.Context) error {
	if err := c.introduce(ctx); err != nil {
		return err
	}
	for i, s := range c.Servers {
		if c.ids[i] == c.holder(c.group(i)) {
			continue
		}
		if _, err := s.Do(ctx, "CLUSTER", "REPLICATE", c.holder(c.group(i))); err != nil {
			return err
		}
	}
	if c.replicas == 0 {
		return nil
	}
	// A replica follows when slots go from its master to another node: it must know that its master has them.
	for g := range c.masters {
		if err := c.known(ctx, g, c.holder(g)); err != nil {
			return err
		}
	}
	for i, s := range c.Servers[:c.masters] {
		if err := c.takeOver(ctx, i, s); err != nil {
			return err
		}
	}
	return nil
}

// known waits until all nodes know who has the group's slots.
func (c *Cluster) known(ctx context.Context, group int, id string) error {
	return c.all(ctx, "not every node knows who has the slots", func(s *Server, nodes []node) error {
		if first := group * slots / c.masters; owner(nodes, first) != id {
			return fmt.Errorf("%s has not heard that slot %d is at %s", s.addr, first, id)
		}
		return nil
	})
}

// introduce gives the slots away, makes the servers known to each other and returns when they are.
func (c *Cluster) introduce(ctx context.Context) error {
	for i, s := range c.Servers {
		id, err := s.Do(ctx, "CLUSTER", "MYID")
		if err != nil {
			return err
		}
		c.ids = append(c.ids, fmt.Sprint(id))
		// Nodes with the same epoch would have to settle first which of them gets another one.
		if _, err := s.Do(ctx, "CLUSTER", "SET-CONFIG-EPOCH", strconv.Itoa(i+1)); err != nil {
			return err
		}
	}
	for g := range c.masters {
		s, err := c.byID(c.holder(g))
		if err != nil {
			return err
		}
		first, last := g*slots/c.masters, (g+1)*slots/c.masters-1
		if _, err := s.Do(ctx, "CLUSTER", "ADDSLOTSRANGE", strconv.Itoa(first), strconv.Itoa(last)); err != nil {
			return err
		}
	}
	for _, s := range c.Servers {
		for _, other := range c.Servers {
			if s == other {
				continue
			}
			// Each meets each, and both ways: by gossip they would hear of one another later.
			if _, err := s.Do(ctx, "CLUSTER", "MEET", "127.0.0.1", strconv.Itoa(other.port)); err != nil {
				return err
			}
		}
	}
	return c.all(ctx, "the nodes have not met", func(s *Server, nodes []node) error {
		for _, n := range nodes {
			if slices.Contains(n.flags, "handshake") {
				return fmt.Errorf("%s is still to be introduced to %s", s.addr, n.addr)
			}
		}
		if len(nodes) != len(c.Servers) {
			return fmt.Errorf("%s knows %d of %d nodes", s.addr, len(nodes), len(c.Servers))
		}
		return nil
	})
}

// holder returns the id of the node that the group's slots go to first.
func (c *Cluster) holder(group int) string {
	if c.replicas == 0 {
		return c.ids[group]
	}
	return c.ids[c.masters+group*c.replicas]
}

// takeOver makes a replica the master of its group, and returns when all nodes know.
func (c *Cluster) takeOver(ctx context.Context, i int, s *Server) error {
	var missing error
	if err := poll(ctx, func() bool { missing = s.serves(ctx); return missing == nil }); err != nil {
		return fmt.Errorf("redistest: a replica does not serve: %w: %w", err, missing)
	}
	if _, err := s.Do(ctx, "CLUSTER", "FAILOVER", "TAKEOVER"); err != nil {
		return err
	}
	// The next one takes the epoch after the highest that it knows of: it must know of this one.
	return c.known(ctx, i, c.ids[i])
}

// all waits until every node says how it sees the cluster and none of that is objected to.
func (c *Cluster) all(ctx context.Context, failure string, object func(*Server, []node) error) error {
	var missing error
	deadline, limited := ctx.Deadline()
	err := poll(ctx, func() bool {
		for _, s := range c.servers() {
			nodes, err := s.nodes(ctx)
			if err == nil {
				err = object(s, nodes)
			}
			if err == nil {
				continue
			}
			// Cut off by the end of the context the last answer says nothing: keep the one before.
			if missing == nil || ctx.Err() == nil && (!limited || time.Now().Before(deadline)) {
				missing = err
			}
			return false // to ask the others as well would keep them from getting there
		}
		return true
	})
	if err != nil {
		return fmt.Errorf("redistest: %s: %w: %w", failure, err, missing)
	}
	return nil
}
