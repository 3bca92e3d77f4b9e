package rueidis

import (
	"strconv"

	"github.com/redis/rueidis"

	"github.com/reprise-go/reprise/cluster"
)

// rebuilt returns what another attempt sends for a command. One without a key, which rueidis sends to any node at all, or in
// a batch always to the first, goes to a master that is well: a node that is away may be chosen again and again.
func (c *client) rebuilt(words []string, like rueidis.Completed) rueidis.Completed {
	return c.rebuiltFor(c.wellKey, words, like)
}

// rebuiltFor is rebuilt, with a key of a master that is well.
func (c *client) rebuiltFor(wellKey func() string, words []string, like rueidis.Completed) rueidis.Completed {
	next := rebuild(c.B(), words, like)
	if c.cluster == nil || like.Slot() != noKey {
		return next
	}
	if key := wellKey(); key != "" {
		return next.SetSlot(key)
	}
	return next
}

func (c *client) wellKey() string { return c.cluster.topology.wellKey(c.cluster.Demoted) }

// wellKey returns a key of a master that is not demoted, "" if there is none. As long as the same ones are well it is
// the same key, so that the commands of a batch stay together.
func (t *topology) wellKey(demoted func(string) bool) string {
	m := t.now.Load()
	if m == nil {
		return ""
	}
	well := map[uint16]bool{}
	for i, addr := range m.nodes {
		well[uint16(i+1)] = !demoted(addr) //nolint:gosec // a cluster has at most 16384 masters
	}
	// The slots of small numbers are spread over all nodes, so that one of the first few will do.
	for n := range cluster.Slots {
		if key := strconv.Itoa(n); well[m.owners[cluster.Slot(key)]] {
			return key
		}
	}
	return ""
}
