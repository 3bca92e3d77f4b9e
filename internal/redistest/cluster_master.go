package redistest

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// agreed returns what more than half of all nodes say, each of them asked at once.
func (c *Cluster) agreed(ctx context.Context, word func([]node) string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var (
		agreed string
		votes  map[string]int
		last   error
	)
	err := poll(ctx, func() bool {
		servers := c.servers()
		votes = map[string]int{}
		type vote struct {
			nodes []node
			err   error
		}
		all := make(chan vote, len(servers))
		for _, s := range servers {
			go func() {
				nodes, err := s.nodes(ctx)
				all <- vote{nodes, err}
			}()
		}
		for range servers {
			v := <-all
			if v.err != nil {
				if last == nil || ctx.Err() == nil { // not when the end of the context has cut it off
					last = v.err
				}
				continue
			}
			agreed = word(v.nodes)
			votes[agreed]++
			if votes[agreed] > len(servers)/2 {
				return true
			}
		}
		return false
	})
	if err != nil {
		return "", fmt.Errorf("redistest: the nodes do not agree: %w (votes: %v, last error: %w)", err, votes, last)
	}
	return agreed, nil
}

// Master returns the server that owns the slot by the word of more than half of all nodes, dead ones
// counted: it waits while no word has so many, for 30 s at the longest. Right after a promotion they may
// still mean the old one. It is an error if they mean that nobody owns the slot.
func (c *Cluster) Master(ctx context.Context, slot int) (*Server, error) {
	id, err := c.agreed(ctx, func(nodes []node) string { return owner(nodes, slot) })
	if err != nil {
		return nil, err
	}
	if id == "" {
		return nil, fmt.Errorf("redistest: nobody owns slot %d", slot)
	}
	return c.byID(id)
}

// Masters returns the owner of each slot, all by one word of more than half of the nodes: see [Cluster.Master]. Where
// they mean that nobody owns a slot, it is nil.
func (c *Cluster) Masters(ctx context.Context) ([]*Server, error) {
	views := map[string][]node{}
	agreed, err := c.agreed(ctx, func(nodes []node) string {
		var shares []string
		for _, n := range nodes {
			if len(n.slots) > 0 {
				shares = append(shares, fmt.Sprint(n.id, n.slots))
			}
		}
		slices.Sort(shares)
		view := strings.Join(shares, "\n")
		views[view] = nodes
		return view
	})
	if err != nil {
		return nil, err
	}
	masters := make([]*Server, slots)
	for _, n := range views[agreed] {
		for _, span := range n.slots {
			for slot := span.first; slot <= span.last; slot++ {
				if masters[slot], err = c.byID(n.id); err != nil {
					return nil, err
				}
			}
		}
	}
	return masters, nil
}

// ReplicasOf returns the replicas of the server, the dead ones too, by the word of more than half of
// the nodes. There are none if the server is a replica itself, or if the nodes do not agree in time.
func (c *Cluster) ReplicasOf(ctx context.Context, master *Server) []*Server {
	id := c.ID(master)
	ids, err := c.agreed(ctx, func(nodes []node) string {
		var ids []string
		for _, n := range nodes {
			if n.master == id {
				ids = append(ids, n.id)
			}
		}
		slices.Sort(ids)
		return strings.Join(ids, " ")
	})
	if err != nil {
		return nil
	}
	var replicas []*Server
	for i, s := range c.servers() {
		if slices.Contains(strings.Fields(ids), c.ids[i]) {
			replicas = append(replicas, s)
		}
	}
	return replicas
}
