package faultproxy

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"time"
)

// Config says how a proxy behaves. The zero value listens on a free port of
// 127.0.0.1 and passes everything on.
type Config struct {
	// Plan decides about each dial and command; nil means no faults.
	Plan Plan
	// Exempt selects commands that the plan is not asked about, [Handshake] for
	// example; nil means none.
	Exempt Match
	// Record keeps every command and its reply for [Proxy.Record].
	Record bool
	// Serial carries one command at a time to the server, whatever its connection, so
	// that the record is in the order of execution. Not for commands that block.
	Serial bool
	// Addr is the address to listen on; "" means "127.0.0.1:0".
	Addr string
}

// Proxy is a running proxy. Its methods may be called from any goroutine.
type Proxy struct {
	target string
	exempt Match
	keep   bool
	serial bool
	addr   string

	ctx   context.Context
	stop  context.CancelFunc
	tasks sync.WaitGroup

	turn sync.Mutex // whose command is with the server, if serial

	mu       sync.Mutex
	listener *net.TCPListener // nil while dials are refused
	plan     Plan
	seq      int
	open     int
	counts   Counts
	record   []Exchange
}

// Start returns a running proxy in front of the server at target, a host:port. The
// server need not be there yet: it is dialed once for each connection.
func Start(target string, c Config) (*Proxy, error) {
	if _, _, err := net.SplitHostPort(target); err != nil {
		return nil, fmt.Errorf("faultproxy: target %q: %w; allowed: host:port", target, err)
	}
	p := &Proxy{target: target, exempt: c.Exempt, keep: c.Record, serial: c.Serial, addr: c.Addr, plan: c.Plan}
	if p.addr == "" {
		p.addr = "127.0.0.1:0"
	}
	p.ctx, p.stop = context.WithCancel(context.Background())
	if err := p.Listen(); err != nil {
		p.stop()
		return nil, err
	}
	return p, nil
}

// Addr returns the address that clients dial. It stays the same across Refuse and
// Listen.
func (p *Proxy) Addr() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.addr
}

// Refuse closes the listening socket: from now on connect fails with ECONNREFUSED
// and the proxy does not notice the dials. Open connections live on.
func (p *Proxy) Refuse() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.listener == nil {
		return nil
	}
	err := p.listener.Close()
	p.listener = nil
	return err
}

// Listen opens the listening socket again after Refuse, at the same address. It
// returns an error if somebody else has taken the port, or after Close.
func (p *Proxy) Listen() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ctx.Err() != nil {
		return fmt.Errorf("faultproxy: listen on %s: %w", p.addr, net.ErrClosed)
	}
	if p.listener != nil {
		return nil
	}
	l, err := net.Listen("tcp", p.addr)
	if err != nil {
		return fmt.Errorf("faultproxy: %w", err)
	}
	p.listener = l.(*net.TCPListener)
	p.addr = l.Addr().String()
	p.tasks.Go(func() { p.accept(p.ctx, l.(*net.TCPListener)) })
	return nil
}

// Close stops listening, closes every connection and returns when every goroutine
// that the proxy started has ended. A second call does nothing.
func (p *Proxy) Close() error {
	p.stop()
	err := p.Refuse()
	p.tasks.Wait()
	return err
}

// SetPlan replaces the plan for the requests to come; nil means no faults.
func (p *Proxy) SetPlan(plan Plan) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.plan = plan
}

// Counts returns what the proxy has done so far.
func (p *Proxy) Counts() Counts {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.counts
}

// Open returns how many connections may yet carry a command to the server. When it is 0, whatever
// clients have sent has been dealt with. A connection that was cut is not open, though its client may
// not have closed it.
func (p *Proxy) Open() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.open
}

// Record returns the commands in the order in which they reached the proxy. It is
// empty unless Config.Record is set.
func (p *Proxy) Record() []Exchange {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.record)
}

// Received returns how many commands of a name have reached the proxy, in any case of letters, if it records.
func (p *Proxy) Received(name string) int {
	n := 0
	for _, x := range p.Record() {
		if strings.EqualFold(x.Name(), name) {
			n++
		}
	}
	return n
}

func (p *Proxy) accept(ctx context.Context, l *net.TCPListener) {
	for {
		conn, err := l.AcceptTCP()
		switch {
		case err == nil:
			// Decided here, where dials come one by one: their order is the plan's.
			id, action := p.dial()
			p.tasks.Go(func() { newSession(p, id, conn).run(action) })
		case errors.Is(err, net.ErrClosed):
			return
		default:
			// Out of descriptors, most likely. Others may be closing theirs.
			select {
			case <-time.After(10 * time.Millisecond):
			case <-ctx.Done():
			}
		}
	}
}
