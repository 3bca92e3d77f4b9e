package rueidis

import (
	"net"
	"slices"
	"strconv"

	"github.com/redis/rueidis"

	"github.com/reprise-go/reprise/cluster"
)

// slotMap is the slot map of a cluster, as one node has told it. It does not change.
type slotMap struct {
	nodes  []string
	shards map[string]string     // node to master, its own for a master
	owners [cluster.Slots]uint16 // of each slot, 1 more than the place in nodes; 0 if nobody serves it
}

// parseSlots reads the reply of CLUSTER SLOTS. A node without a host is at that of the node that was asked.
func parseSlots(reply rueidis.RedisMessage, asked string) *slotMap {
	m := &slotMap{shards: map[string]string{}}
	spans, _ := reply.ToArray()
	for _, span := range spans {
		parts, _ := span.ToArray()
		if len(parts) < 3 {
			continue
		}
		first, _ := parts[0].AsInt64()
		last, _ := parts[1].AsInt64()
		master, number := "", 0
		for i, part := range parts[2:] {
			addr := endpoint(part, asked)
			if addr == "" {
				continue
			}
			if !slices.Contains(m.nodes, addr) {
				m.nodes = append(m.nodes, addr)
			}
			if i == 0 {
				master, number = addr, slices.Index(m.nodes, addr)+1
			}
			m.shards[addr] = master
		}
		for slot := max(first, 0); slot <= min(last, cluster.Slots-1); slot++ {
			m.owners[slot] = uint16(number) //nolint:gosec // a cluster has at most 16384 masters
		}
	}
	return m
}

// endpoint returns the address of a node in CLUSTER SLOTS, "" if the server does not know it.
func endpoint(node rueidis.RedisMessage, asked string) string {
	parts, _ := node.ToArray()
	if len(parts) < 2 {
		return ""
	}
	host, _ := parts[0].ToString() // which is nil or empty if it is that of whoever tells
	port, err := parts[1].AsInt64()
	if err != nil || host == "?" {
		return ""
	}
	if host == "" {
		host, _, _ = net.SplitHostPort(asked)
	}
	return net.JoinHostPort(host, strconv.FormatInt(port, 10))
}

// owner returns the master that serves the slot, "" if none does.
func (m *slotMap) owner(slot int) string {
	if n := m.owners[slot]; n > 0 {
		return m.nodes[n-1]
	}
	return ""
}

// heir returns who serves by this map most of the slots that a node, or its master, served by an older one; "" if
// nobody serves them, or the node itself does.
func (m *slotMap) heir(addr string, was *slotMap) string {
	of, votes := was.shards[addr], make([]int, len(m.nodes)+1)
	for slot, n := range m.owners {
		if n > 0 && was.owner(slot) == of {
			votes[n]++
		}
	}
	most := slices.Index(votes, slices.Max(votes))
	if votes[most] == 0 || m.nodes[most-1] == addr {
		return ""
	}
	return m.nodes[most-1]
}
