package goredis

import (
	"context"
	"net"
	"sync"
	"time"

	"github.com/reprise-go/reprise/backoff"
)

// gates keep dials back from nodes that have just failed one. Else each command that waits for a dead node dials it,
// some thousands of times in an election.
type gates struct {
	mu   sync.Mutex
	shut map[string]*gate
}

// gate is what is known of a node that failed a dial.
type gate struct {
	failures int
	next     time.Time // no dial before
	probing  bool      // one is under way, to see whether it is back
	err      error     // of the last
}

func newGates() *gates { return &gates{shut: map[string]*gate{}} }

// pause is how long a node is not dialled after its nth failed dial in a row. The longest is what a node that
// is back waits at most to be found.
var pause = backoff.Full(backoff.Exponential{Base: 25 * time.Millisecond, Cap: time.Second})

// pass dials, unless the node has just failed a dial: then it returns the error of that. A caller whose context
// ended says nothing about the node.
func (g *gates) pass(ctx context.Context, addr string, dial func() (net.Conn, error)) (net.Conn, error) {
	g.mu.Lock()
	if s := g.shut[addr]; s != nil {
		if s.probing || time.Now().Before(s.next) {
			defer g.mu.Unlock()
			return nil, s.err
		}
		s.probing = true
	}
	g.mu.Unlock()
	conn, err := dial()
	g.mu.Lock()
	defer g.mu.Unlock()
	if err == nil {
		delete(g.shut, addr)
		return conn, nil
	}
	s := g.shut[addr]
	switch {
	case ctx.Err() != nil && s != nil:
		s.probing = false
		return nil, err
	case ctx.Err() != nil:
		return nil, err
	case s == nil:
		s = &gate{}
		g.shut[addr] = s
	}
	s.failures++
	s.next, s.probing, s.err = time.Now().Add(pause.Delay(s.failures, 0, 1)), false, err
	return nil, err
}
