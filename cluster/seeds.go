package cluster

import (
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// seeds are the nodes that may be asked for the slot map: those that the user gave, and those that refreshes
// found. None is ever deleted. One that has failed is demoted: it is asked last, until it is on probation again.
type seeds struct {
	probation time.Duration
	ill       atomic.Int64 // how many have failed and not been restored: successes need not lock for none

	mu     sync.Mutex
	all    []*seed
	byAddr map[string]*seed
}

// seed is one of them.
type seed struct {
	addr     string
	failures int       // in a row, since it was last of use
	until    time.Time // it is demoted till then; zero if it is not
}

// newSeeds returns the seeds in an order of this process' own, so that not every process of a fleet asks the first.
func newSeeds(addrs []string, probation time.Duration) *seeds {
	s := &seeds{probation: probation, byAddr: map[string]*seed{}}
	for _, addr := range addrs {
		s.add(addr)
	}
	rand.Shuffle(len(s.all), func(i, j int) { s.all[i], s.all[j] = s.all[j], s.all[i] })
	return s
}

func (s *seeds) add(addr string) {
	if s.find(addr) == nil {
		s.byAddr[addr] = &seed{addr: addr}
		s.all = append(s.all, s.byAddr[addr])
	}
}

// find returns the seed at an address; nil if there is none.
func (s *seeds) find(addr string) *seed { return s.byAddr[addr] }

// order returns the seeds as they are to be asked: those that are well, those on probation, those that are demoted,
// the longest demoted first. That a node is the only one, or the last, makes no difference: it is in the list.
func (s *seeds) order(now time.Time) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	sorted := slices.Clone(s.all)
	rank := func(x *seed) int {
		switch {
		case x.failures == 0:
			return 0
		case !now.Before(x.until):
			return 1
		}
		return 2
	}
	slices.SortStableFunc(sorted, func(a, b *seed) int {
		if d := rank(a) - rank(b); d != 0 {
			return d
		}
		return a.until.Compare(b.until)
	})
	addrs := make([]string, len(sorted))
	for i, x := range sorted {
		addrs[i] = x.addr
	}
	return addrs
}

// demote takes note that a node has failed. Failures in a row double its time, up to 32 times the first.
func (s *seeds) demote(addr string, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.add(addr)
	x := s.find(addr)
	if now.Before(x.until) {
		return // this failure is the same
	}
	if x.failures == 0 {
		s.ill.Add(1)
	}
	x.until = now.Add(s.probation << min(x.failures, 5))
	x.failures++
}

// restore takes note that a node is of use.
func (s *seeds) restore(addr string) {
	if s.ill.Load() == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if x := s.find(addr); x != nil {
		s.heal(x)
	}
}

func (s *seeds) heal(x *seed) {
	if x.failures > 0 {
		s.ill.Add(-1)
	}
	x.failures, x.until = 0, time.Time{}
}

// found takes the nodes of a slot map that was asked for at the given time. A demoted one returns if it was on
// probation by then: before, the map may well be one that does not know of its failure.
func (s *seeds) found(nodes []string, asked time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, addr := range nodes {
		s.add(addr)
		if x := s.find(addr); !asked.Before(x.until) {
			s.heal(x)
		}
	}
}

// demoted reports whether a node is demoted now.
func (s *seeds) demoted(addr string, now time.Time) bool {
	if s.ill.Load() == 0 {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.find(addr)
	return x != nil && now.Before(x.until)
}

// unwell returns the nodes that are demoted now, and until when; nil if there are none.
func (s *seeds) unwell(now time.Time) map[string]time.Time {
	if s.ill.Load() == 0 {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var found map[string]time.Time
	for _, x := range s.all {
		if now.Before(x.until) {
			if found == nil {
				found = map[string]time.Time{}
			}
			found[x.addr] = x.until
		}
	}
	return found
}
