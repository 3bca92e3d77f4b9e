package proptest

import (
	"slices"
	"strings"
	"sync"

	"github.com/alicebob/miniredis/v2"

	"github.com/reprise-go/reprise/internal/faultproxy"
)

// ServerTB is what [NewServer] needs of a test: a *testing.T, a *testing.B and a *rapid.T are one.
type ServerTB interface {
	Helper()
	Cleanup(func())
	Fatalf(format string, args ...any)
}

// Server is a Redis endpoint that fails as a script says, and remembers what it has executed. It listens on a free
// port of the loopback interface, so that any client in any language reaches it. It speaks RESP2 and RESP3, and takes pipelines and
// transactions apart: each command meets its own fault. Connections that subscribe meet none. Its methods may be called
// from any goroutine.
type Server struct {
	tb    ServerTB
	proxy *faultproxy.Proxy

	mu      sync.Mutex
	scripts map[string][]Fault // by the name of the command
}

// Dial is the name by which [Server.Script] knows dials, and "" that of any command.
const Dial = "DIAL"

// NewServer starts a server that ends with the test. Its memory is a miniredis, which knows most commands, but is not
// Redis in each detail: see [NewServerAt]. It fails the test if it cannot listen.
func NewServer(tb ServerTB) *Server {
	tb.Helper()
	memory := miniredis.NewMiniRedis()
	if err := memory.StartAddr(faultproxy.OwnAddr()); err != nil {
		tb.Fatalf("proptest: %v", err)
	}
	tb.Cleanup(memory.Close)
	return NewServerAt(tb, memory.Addr())
}

// NewServerAt is NewServer in front of a real server at an address, "127.0.0.1:6379" for example. It passes on what
// clients send, and does nothing else there. It fails the test if the address is none.
func NewServerAt(tb ServerTB, addr string) *Server {
	tb.Helper()
	s := &Server{tb: tb, scripts: map[string][]Fault{}}
	proxy, err := faultproxy.Start(addr, faultproxy.Config{
		Addr: faultproxy.OwnAddr(), Plan: s.plan, Exempt: faultproxy.Handshake, Record: true,
	})
	if err != nil {
		tb.Fatalf("proptest: %v", err)
	}
	s.proxy = proxy
	tb.Cleanup(func() { _ = proxy.Close() })
	return s
}

// Addr returns the host and port to dial. It stays the same.
func (s *Server) Addr() string { return s.proxy.Addr() }

// Script says what the next commands of a name meet, in any case of letters, one fault each; those behind meet none.
// The name "" means commands of any name that has no script of its own, and [Dial] means dials. It replaces what was
// left of the name's script. What clients say to set a connection up, as HELLO, AUTH, CLIENT and SELECT, meets no fault.
func (s *Server) Script(name string, faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scripts[strings.ToUpper(name)] = slices.Clone(faults)
}

// Down closes the listening socket: from now on dials fail with ECONNREFUSED, and connections that are there live on.
func (s *Server) Down() {
	s.tb.Helper()
	if err := s.proxy.Refuse(); err != nil {
		s.tb.Fatalf("proptest: %v", err)
	}
}

// Up ends [Server.Down].
func (s *Server) Up() {
	s.tb.Helper()
	if err := s.proxy.Listen(); err != nil {
		s.tb.Fatalf("proptest: %v", err)
	}
}

// plan is the proxy's. It is asked about one request at a time.
func (s *Server) plan(r faultproxy.Request) faultproxy.Action {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := r.Name()
	if r.IsDial() {
		name = Dial
	} else if _, ok := s.scripts[name]; !ok {
		name = ""
	}
	left := s.scripts[name]
	if len(left) == 0 {
		return faultproxy.Action{}
	}
	s.scripts[name] = left[1:]
	return left[0].action
}
