package histories

import (
	"slices"
	"sync"

	"github.com/reprise-go/reprise/internal/faultproxy"
)

// script is the proxy's plan for one operation.
type script struct {
	mu     sync.Mutex
	op     Op
	dials  int          // so far
	seen   int          // commands so far
	met    []Fault      // what was done so far
	cut    map[int]bool // connections to be closed within the handshake
	within map[int]bool // connections that have had a command of the operation
}

func newScript(op Op) *script {
	return &script{op: op, cut: map[int]bool{}, within: map[int]bool{}}
}

// tidying selects what clients say by themselves on a connection that is idle, or that they put back.
var tidying = faultproxy.Named("PING", "UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE", "DISCARD")

// rival is the number of the connection that the harness holds itself.
const rival = 1

// plan decides about one dial or command.
func (s *script) plan(r faultproxy.Request) faultproxy.Action {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.fault(r)
	if f != Pass {
		s.met = append(s.met, f)
	}
	return f.action()
}

func (s *script) fault(r faultproxy.Request) Fault {
	switch {
	case r.Conn == rival:
		return Pass
	case r.IsDial():
		f := at(s.op.Dials, s.dials)
		s.dials++
		if f == CutHello {
			s.cut[r.Conn] = true
			return Pass // for the moment
		}
		return f
	case r.Name() == "HELLO" && s.cut[r.Conn]:
		delete(s.cut, r.Conn)
		return CutHello
	case faultproxy.Handshake(r), tidying(r):
		return Pass
	}
	f := at(s.op.Faults, s.seen)
	s.seen++
	if f == Reset && s.within[r.Conn] {
		// A reset may destroy replies that the client has not yet read.
		f = CutAfter
	}
	if name := r.Name(); f.refuses() && (name == "MULTI" || name == "WATCH" || name == "UNWATCH") {
		// A server takes these while it is loading, and refuses what is queued behind them.
		f = Pass
	}
	s.within[r.Conn] = true
	return f
}

// faults returns what was done so far.
func (s *script) faults() []Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.met)
}

// at returns the nth fault, or none.
func at(all []Fault, n int) Fault {
	if n < len(all) {
		return all[n]
	}
	return Pass
}
