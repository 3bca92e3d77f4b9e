package redistest

import (
	"context"
	"fmt"
	"slices"
	"strconv"
)

const (
	// moveBatch is how many keys one MIGRATE moves, but for the first one.
	moveBatch = 100
	// moveTime is how long a master may take to give keys to another one. It serves nobody meanwhile.
	moveTime = "5000" // milliseconds
)

// Migrate moves a slot with its keys to another master, as redis-cli does, and calls step, if that is
// not nil, whenever clients see another state of it: when the slot is on its way and all keys are still at
// the old master; when the first key is at the new one; after each further batch of keys; and so last
// when all are there but the slot still belongs to the old one. In between a key is refused with ASK, and
// several of them with TRYAGAIN if they are not all at the same place.
//
// It returns when all nodes that answer know who owns the slot now. If step or a command fails, it
// returns the error and leaves the slot on its way: Migrate again takes it from there.
func (c *Cluster) Migrate(ctx context.Context, slot int, to *Server, step func() error) error {
	from, err := c.Master(ctx, slot)
	if err != nil {
		return err
	}
	if to, _, err = c.current(to); err != nil {
		return err
	}
	number, fromID, toID := strconv.Itoa(slot), c.ID(from), c.ID(to)
	if _, err := do(ctx, to, "CLUSTER", "SETSLOT", number, "IMPORTING", fromID); err != nil {
		return err
	}
	if _, err := do(ctx, from, "CLUSTER", "SETSLOT", number, "MIGRATING", toID); err != nil {
		return err
	}
	for batch := 1; ; batch = moveBatch {
		if step != nil {
			if err := step(); err != nil {
				return err
			}
		}
		left, err := moveKeys(ctx, number, batch, from, to)
		if err != nil {
			return err
		}
		if left == 0 {
			break
		}
	}
	return c.assign(ctx, slot, from, to)
}

// moveKeys moves so many keys of the slot and returns how many it found to move.
func moveKeys(ctx context.Context, slot string, batch int, from, to *Server) (int, error) {
	reply, err := do(ctx, from, "CLUSTER", "GETKEYSINSLOT", slot, strconv.Itoa(batch))
	if err != nil {
		return 0, err
	}
	keys, _ := reply.([]any)
	if len(keys) == 0 {
		return 0, nil
	}
	words := []string{"MIGRATE", "127.0.0.1", strconv.Itoa(to.port), "", "0", moveTime, "KEYS"}
	for _, key := range keys {
		words = append(words, fmt.Sprint(key))
	}
	_, err = do(ctx, from, words...)
	return len(keys), err
}

// assign ends a slot's move: the new master must know first, or the old one would send clients to
// a node that sends them back.
func (c *Cluster) assign(ctx context.Context, slot int, from, to *Server) error {
	words := []string{"CLUSTER", "SETSLOT", strconv.Itoa(slot), "NODE", c.ID(to)}
	for _, s := range []*Server{to, from} {
		if _, err := do(ctx, s, words...); err != nil {
			return err
		}
	}
	for _, s := range c.servers() {
		if n, err := s.itself(ctx); err == nil && n.is("master") && s != to && s != from {
			_, _ = s.soon(ctx, words...) // the news reaches it anyway, later
		}
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	unaware := ""
	err := poll(ctx, func() bool {
		i := slices.IndexFunc(c.servers(), func(s *Server) bool {
			nodes, err := s.nodes(ctx)
			return err == nil && owner(nodes, slot) != c.ID(to)
		})
		if i < 0 {
			return true
		}
		unaware = c.servers()[i].addr
		return false
	})
	if err != nil {
		return fmt.Errorf("redistest: %s does not know that slot %d is at %s: %w", unaware, slot, to.addr, err)
	}
	return nil
}

// do is Do with a limit of its own.
func do(ctx context.Context, s *Server, args ...string) (any, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return s.Do(ctx, args...)
}
