package histories

import (
	"slices"
	"strings"
	"sync"
	"time"

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

	most   int // how often a command may be sent, 0 if nothing was said; then Ever ends
	sent   map[string]int
	cancel func()        // the operation's context
	held   chan struct{} // replies, until it is closed
	let    func()        // closes held
}

func newScript(op Op, retries int, cancel func()) *script {
	s := &script{
		op: op, cut: map[int]bool{}, within: map[int]bool{},
		most: retries + 1, sent: map[string]int{}, cancel: cancel, held: make(chan struct{}),
	}
	s.let = sync.OnceFunc(func() { close(s.held) })
	return s
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
	a := f.action()
	if f == Cancel {
		s.cancel()
		a.Hold = s.held
		time.AfterFunc(deaf, s.let)
	}
	return a
}

// deaf is how long a client may take to notice that its context has ended: then the reply is let
// through all the same. One that notices needs a few microseconds; go-redis never does.
const deaf = 20 * time.Millisecond

func (s *script) fault(r faultproxy.Request) Fault {
	switch {
	case r.Conn == rival:
		return Pass
	case r.IsDial():
		f := at(s.op.Dials, s.dials)
		if s.dials >= len(s.op.Dials) && s.op.Ever == RefuseDial && !s.enough() {
			f = RefuseDial
		}
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
	s.sent[strings.Join(r.Args, "\x00")]++
	if s.seen >= len(s.op.Faults) && !s.enough() {
		f = s.op.Ever
		if f == RefuseDial {
			f = CutBefore
		}
	}
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

// enough reports whether a command was sent more often than it may be: what goes on for ever has shown
// what it was to show.
func (s *script) enough() bool {
	for _, n := range s.sent {
		if s.most > 0 && n > s.most {
			return true
		}
	}
	return false
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
