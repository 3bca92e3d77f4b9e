package cluster_test

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/reprise-go/reprise/cluster"
)

// sim is a cluster in virtual time, and the driver of a client of it. It has three shards of two nodes each, and four
// slots, of which each shard has one and the first has two.
type sim struct {
	mu    sync.Mutex
	nodes map[string]*simNode
	slots [simSlots]simSlot
	epoch int // counts what changes the truth

	known    [simSlots]string // the client's map
	knownAt  int              // the epoch of the truth that it was
	inFlight int
	refreshs []simRefresh // how the next ones go

	broken []string // laws
}

const (
	simShards   = 3
	simSlots    = 4
	simElection = 1500 * time.Millisecond // from the death of a master to the promotion
)

// simNode is one server.
type simNode struct {
	shard  int
	dead   bool
	cut    bool // from the client, by the network
	master bool
}

// simSlot is who serves a slot, and whom it is moving to; the same if it stays.
type simSlot struct{ shard, to int }

// simRefresh is how a refresh goes wrong.
type simRefresh uint8

const (
	refreshWell simRefresh = iota
	refreshFails
	refreshLies // tells what the client knew before
	refreshSlow // arrives, but late
	refreshHangs
	refreshes
)

func newSim() *sim {
	s := &sim{nodes: map[string]*simNode{}, slots: [simSlots]simSlot{{0, 0}, {1, 1}, {2, 2}, {0, 0}}}
	for i := range simShards {
		s.nodes[fmt.Sprintf("m%d:1", i)] = &simNode{shard: i, master: true}
		s.nodes[fmt.Sprintf("r%d:1", i)] = &simNode{shard: i}
	}
	for slot := range s.known {
		s.known[slot] = s.masterOf(s.slots[slot].shard)
	}
	return s
}

// masterOf returns a shard's master, dead or not. mu is held, or nobody else there.
func (s *sim) masterOf(shard int) string {
	for _, addr := range slices.Sorted(maps.Keys(s.nodes)) {
		if n := s.nodes[addr]; n.shard == shard && n.master {
			return addr
		}
	}
	return ""
}

// promote makes the shard's other node the master, if it lives.
func (s *sim) promote(shard int, planned bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.masterOf(shard)
	if !planned && !s.nodes[old].dead {
		return // it came back before the election
	}
	for addr, n := range s.nodes {
		if n.shard == shard && addr != old && !n.dead {
			s.nodes[old].master, n.master = false, true
			s.epoch++
			return
		}
	}
}

// run is one attempt: it takes a millisecond, or the time of a dial that nobody answers.
func (s *sim) run(ctx context.Context, op *simOp) (string, error) {
	s.mu.Lock()
	addr := s.known[op.slot]
	r, redirected := cluster.RedirectFrom(ctx)
	if redirected {
		if addr = r.Addr; !r.Ask {
			s.known[op.slot] = addr
		}
	}
	op.attempts++
	n := s.nodes[addr]
	cut := n == nil || n.cut
	s.mu.Unlock()
	if cut {
		if !wait(ctx, 50*time.Millisecond) {
			return addr, ctx.Err()
		}
		return addr, timedOut
	}
	if !wait(ctx, time.Millisecond) {
		return addr, ctx.Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return addr, s.answer(addr, n, op, r.Ask)
}

// answer is what a node says to an operation. mu is held.
func (s *sim) answer(addr string, n *simNode, op *simOp, asking bool) error {
	slot := s.slots[op.slot]
	switch owner := s.masterOf(slot.shard); {
	case n.dead:
		return refused
	case s.nodes[owner].dead:
		return reply("CLUSTERDOWN The cluster is down")
	case asking && n.shard == slot.to && n.master:
		if op.multi {
			return reply("TRYAGAIN Multiple keys request during rehashing of slot")
		}
	case addr != owner:
		return reply(fmt.Sprintf("MOVED %d %s", op.slot, owner))
	case slot.to != slot.shard:
		return reply(fmt.Sprintf("ASK %d %s", op.slot, s.masterOf(slot.to)))
	}
	op.executed++
	if op.losses > 0 {
		op.losses--
		return io.EOF
	}
	op.answered++
	return nil
}

// Refresh reads the map from the first seed that answers.
func (s *sim) Refresh(ctx context.Context, seeds []string) ([]string, error) {
	s.mu.Lock()
	s.inFlight++
	if s.inFlight > 1 {
		s.broken = append(s.broken, "two refreshes at the same time")
	}
	how := refreshWell
	if len(s.refreshs) > 0 {
		how, s.refreshs = s.refreshs[0], s.refreshs[1:]
	}
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.inFlight--
		s.mu.Unlock()
	}()
	if len(seeds) < 2*simShards/2 {
		s.break1("there are %d seeds", len(seeds))
	}
	switch how {
	case refreshFails:
		return nil, errNobody
	case refreshLies:
		return slices.Sorted(maps.Keys(s.nodes)), nil
	case refreshSlow:
		wait(ctx, 300*time.Millisecond)
	case refreshHangs:
		<-ctx.Done()
		return nil, ctx.Err()
	}
	for _, addr := range seeds {
		s.mu.Lock()
		n := s.nodes[addr]
		away := n.cut || n.dead
		s.mu.Unlock()
		if away {
			if !wait(ctx, 5*time.Millisecond) {
				return nil, ctx.Err()
			}
			continue
		}
		wait(ctx, time.Millisecond)
		s.mu.Lock()
		if s.epoch < s.knownAt {
			s.broken = append(s.broken, "an older map replaces a newer one")
		}
		s.knownAt = s.epoch
		for slot, at := range s.slots {
			s.known[slot] = s.masterOf(at.shard)
		}
		s.mu.Unlock()
		return slices.Sorted(maps.Keys(s.nodes)), nil
	}
	return nil, errNobody
}

func (s *sim) break1(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = append(s.broken, fmt.Sprintf(format, args...))
}

// wait reports whether the time has passed before the context ended.
func wait(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}
