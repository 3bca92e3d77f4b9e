// Package gate keeps dials back from nodes to which no connection can be made. Else each command that waits for a dead
// node dials it, some thousands of times in an election, and a node that hangs holds each of them for a timeout.
package gate

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/reprise-go/reprise/backoff"
)

// Gates are the gates of a client, by the addresses of the nodes. The zero value is ready to use, and may be used by any
// number of goroutines.
type Gates struct {
	many atomic.Int64 // how many gates there are: for none nobody need lock
	mu   sync.Mutex
	shut map[string]*gate
}

// gate is what is known of a node to which no connection could be made.
type gate struct {
	failures int
	next     time.Time // nobody dials before
	err      error     // of the last
	looking  bool      // somebody dials, or shakes hands
}

// pause is how long a node is not dialled after its nth failure in a row. The longest is what a node that is
// back waits at most to be found.
var pause = backoff.Exponential{Base: 25 * time.Millisecond, Cap: time.Second}

// Pass dials, unless the gate is shut: then it returns the error that shut it. Of those who come when it is time to
// look again one dials. A caller whose context ended says nothing about the node.
func (g *Gates) Pass(ctx context.Context, addr string, dial func() (net.Conn, error)) (net.Conn, error) {
	g.mu.Lock()
	if s := g.shut[addr]; s != nil {
		if time.Now().Before(s.next) {
			defer g.mu.Unlock()
			return nil, s.err
		}
		// Shut for the others, until it is known how this one fares, or it takes too long.
		s.next, s.looking = time.Now().Add(pause.Cap), true
	}
	g.mu.Unlock()
	conn, err := dial()
	switch {
	case err != nil && ctx.Err() == nil:
		g.Failed(addr, err)
	case err != nil:
		g.Left(addr)
	}
	return conn, err
}

// Shut reports whether a dial would be kept back now.
func (g *Gates) Shut(addr string) bool { return g.Kept(addr) != nil }

// Kept returns the error with which a dial would be kept back now; nil if it would not.
func (g *Gates) Kept(addr string) error {
	if g.many.Load() == 0 {
		return nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if s := g.shut[addr]; s != nil && time.Now().Before(s.next) {
		return s.err
	}
	return nil
}

// Failed takes note that no connection could be made, or that it did not get through its handshake. Of those who had
// all begun before the gate was shut the first says it for the others: else one blip would look like many failures in
// a row.
func (g *Gates) Failed(addr string, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	s := g.shut[addr]
	switch {
	case s == nil:
		s = &gate{}
		if g.shut == nil {
			g.shut = map[string]*gate{}
		}
		g.shut[addr] = s
		g.many.Store(int64(len(g.shut)))
	case !s.looking && time.Now().Before(s.next):
		return
	}
	s.failures++
	s.next, s.err, s.looking = time.Now().Add(pause.Delay(s.failures, 0, 1)), err, false
}

// Left takes note that the one who looked has left before it was known.
func (g *Gates) Left(addr string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if s := g.shut[addr]; s != nil {
		s.next, s.looking = time.Now(), false
	}
}

// Open takes note that a connection stands.
func (g *Gates) Open(addr string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.shut, addr)
	g.many.Store(int64(len(g.shut)))
}
