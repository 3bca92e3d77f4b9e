package redistest

import (
	"context"
	"fmt"
	"time"
)

// Failover tells a replica to take over from its master although that is well, without loss
// (CLUSTER FAILOVER), and returns before it has.
func (c *Cluster) Failover(ctx context.Context, replica *Server) error {
	s, _, err := c.current(replica)
	if err != nil {
		return err
	}
	_, err = do(ctx, s, "CLUSTER", "FAILOVER")
	return err
}

// WaitPromoted returns the server that has replaced old, which was the master until now: the one of
// its replicas that takes itself for the master of its slots; and since when it does, as
// [Server.WaitPromoted]. It waits for 30 s at the longest.
func (c *Cluster) WaitPromoted(ctx context.Context, old *Server) (*Server, time.Time, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, former, err := c.current(old)
	if err != nil {
		return nil, time.Time{}, err
	}
	var heirs []*Server
	for i, s := range c.servers() {
		if i != former && c.group(i) == c.group(former) {
			heirs = append(heirs, s)
		}
	}
	// Not by ROLE: a replica that has just been restarted calls itself a master there, for a moment.
	heir, at, err := firstOf(ctx, heirs, func(ctx context.Context, s *Server) bool {
		n, err := s.itself(ctx)
		return err == nil && n.is("master") && len(n.slots) > 0
	})
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("redistest: none of %d replicas of %s was promoted: %w", len(heirs), old.addr, err)
	}
	return heir, at, nil
}

// WaitServed returns when a server takes itself for the slot's master and says that the cluster's state
// is ok, so that clients which find it are served; and since when, as [Server.WaitPromoted]. It waits
// for 30 s at the longest. After a crash call it when the server is dead, after a freeze when another one
// was promoted: a frozen server goes on saying the same when it is thawed, until it hears more.
func (c *Cluster) WaitServed(ctx context.Context, slot int) (time.Time, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, at, err := firstOf(ctx, c.servers(), func(ctx context.Context, s *Server) bool {
		n, err := s.itself(ctx)
		return err == nil && n.owns(slot) && s.serves(ctx) == nil
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("redistest: nobody serves slot %d: %w", slot, err)
	}
	return at, nil
}
