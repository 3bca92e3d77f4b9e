package histories

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/reprise-go/reprise/internal/faultproxy"
)

// script is the proxy's plan for the operations that run at the same time; mostly that is one.
type script struct {
	mu     sync.Mutex
	parts  []*part
	owners map[string]*part // by the command
	said   map[int]*part    // whose the last command on a connection was
	met    []Fault          // what was done so far
	cut    map[int]bool     // connections to be closed within the handshake
}

// part is the part of a script that one operation has.
type part struct {
	op     Op
	dials  int // so far
	seen   int // commands so far
	most   int // how often a command may be sent, 0 if nothing was said; then Ever ends
	sent   map[string]int
	ctx    context.Context // the operation's
	cancel func()
	held   chan struct{} // replies, until it is closed
	let    func()        // closes held
}

func newScript(ops []Op, retries int) *script {
	s := &script{owners: map[string]*part{}, said: map[int]*part{}, cut: map[int]bool{}}
	for _, op := range ops {
		p := newPart(op, retries)
		s.parts = append(s.parts, p)
		for _, c := range op.Commands {
			s.owners[c.id()] = p
		}
	}
	return s
}

func newPart(op Op, retries int) *part {
	p := &part{op: op, most: retries + 1, sent: map[string]int{}, held: make(chan struct{})}
	p.ctx, p.cancel = context.Background(), func() {}
	if slices.Contains(op.Faults, Cancel) {
		// No other operation has a context that may end: to some clients that makes a difference.
		p.ctx, p.cancel = context.WithCancel(p.ctx)
	}
	p.let = sync.OnceFunc(func() { close(p.held) })
	return p
}

// tidying selects what clients say by themselves on a connection that is idle, or that they put back.
var tidying = faultproxy.Named("PING", "UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE", "DISCARD")

// rival is the number of the connection that the harness holds itself.
const rival = 1

// gathering is how long the first of several operations is held, so that the others come in the meantime.
const gathering = 200 * time.Microsecond

// plan decides about one dial or command.
func (s *script) plan(r faultproxy.Request) faultproxy.Action {
	s.mu.Lock()
	defer s.mu.Unlock()
	first := len(s.said) == 0
	f, p := s.fault(r)
	if f != Pass {
		s.met = append(s.met, f)
	}
	a := f.action()
	if f == Cancel {
		p.cancel()
		a.Hold = p.held
		time.AfterFunc(deaf, p.let)
	}
	if first && len(s.said) > 0 && len(s.parts) > 1 {
		a.Before = gathering
	}
	return a
}

// deaf is how long a client may take to notice that its context has ended: then the reply is let
// through all the same. One that notices needs a few microseconds; go-redis never does.
const deaf = 20 * time.Millisecond

// fault returns what a dial or command meets, and from which part of the script.
func (s *script) fault(r faultproxy.Request) (Fault, *part) {
	switch {
	case r.Conn == rival:
		return Pass, nil
	case r.IsDial():
		f, p := s.dial()
		if f == CutHello {
			s.cut[r.Conn] = true
			return Pass, p // for the moment
		}
		return f, p
	case r.Name() == "HELLO" && s.cut[r.Conn]:
		delete(s.cut, r.Conn)
		return CutHello, nil
	case faultproxy.Handshake(r), tidying(r):
		return Pass, nil
	}
	p := s.owner(r)
	if p == nil {
		return Pass, nil
	}
	f := p.next(r)
	if f == Reset && s.said[r.Conn] != nil {
		// A reset may destroy replies that the client has not yet read.
		f = CutAfter
	}
	s.said[r.Conn] = p
	return f, p
}

// owner returns whose command it is. MULTI and its kin do not say it, but for others on their connection.
func (s *script) owner(r faultproxy.Request) *part {
	if p := s.owners[idOf(r.Args)]; p != nil {
		return p
	}
	if len(s.parts) == 1 {
		return s.parts[0]
	}
	return s.said[r.Conn]
}

// dial returns what a dial meets: the first that is left.
func (s *script) dial() (Fault, *part) {
	for _, p := range s.parts {
		if p.dials < len(p.op.Dials) {
			p.dials++
			return p.op.Dials[p.dials-1], p
		}
	}
	for _, p := range s.parts {
		if p.op.Ever == RefuseDial && !p.enough() {
			return RefuseDial, p
		}
	}
	return Pass, s.parts[0]
}

// next returns what the next command meets.
func (p *part) next(r faultproxy.Request) Fault {
	f := at(p.op.Faults, p.seen)
	p.sent[idOf(r.Args)]++
	if p.seen >= len(p.op.Faults) && !p.enough() {
		f = p.op.Ever
		if f == RefuseDial {
			f = CutBefore
		}
	}
	p.seen++
	if name := r.Name(); f.refuses() && (name == "MULTI" || name == "WATCH" || name == "UNWATCH") {
		// A server takes these while it is loading, and refuses what is queued behind them.
		f = Pass
	}
	return f
}

// enough reports whether a command was sent more often than it may be: what goes on for ever has shown
// what it was to show.
func (p *part) enough() bool {
	for _, n := range p.sent {
		if p.most > 0 && n > p.most {
			return true
		}
	}
	return false
}

// let lets every reply through that is held.
func (s *script) let() {
	for _, p := range s.parts {
		p.let()
	}
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
