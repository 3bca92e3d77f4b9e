package rueidis

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"time"

	"github.com/reprise-go/reprise/internal/errtree"
	"github.com/reprise-go/reprise/internal/gate"
)

// ways are the connections of a cluster client, by the nodes to which they lead. That is not always the node that rueidis
// means: it learns of a failover up to a second after we do, and in that time who dials the lost node is connected to
// the one in its place. What is wrong about that costs a MOVED.
type ways struct {
	dial  dialFunc
	gates gate.Gates
	// These ask and tell the orchestrator.
	demoted  func(addr string) bool
	answered func(addr string)
	unknown  func()

	mu      sync.Mutex
	heirs   map[string]heir // of all nodes that the map has, or had lately
	open    map[*way]struct{}
	probing map[string]bool
	named   map[string]int // attempts under way that are for this node and no other
}

// heir is who stands in for a node that does not answer.
type heir struct {
	addr   string // "" if nobody does
	listed bool   // the node itself is in the map
}

// way is a connection, or a dial under way.
type way struct {
	of    *ways
	meant string
	addr  string // where it leads

	// of.mu guards these.
	conn *conn // once it is made
	cut  func(error)
	over error // it has been cut
}

func newWays(dial dialFunc) *ways {
	return &ways{
		dial: dial, demoted: func(string) bool { return false }, answered: func(string) {}, unknown: func() {},
		open: map[*way]struct{}{}, probing: map[string]bool{}, named: map[string]int{},
	}
}

// setOut registers a dial to a node, and decides where it is to go.
func (w *ways) setOut(meant string, cut func(error)) *way {
	w.mu.Lock()
	y := &way{of: w, meant: meant, addr: meant, cut: cut}
	h, known := w.heirs[meant]
	if h.addr != "" && w.named[meant] == 0 && (!h.listed || w.demoted(meant) || w.gates.Shut(meant)) {
		y.addr = h.addr
	}
	w.open[y] = struct{}{}
	w.mu.Unlock()
	if !known {
		w.unknown()
	}
	return y
}

// connect dials, unless the gate is shut, and returns the connection with its way.
func (w *ways) connect(ctx context.Context, meant string, d *net.Dialer, t *tls.Config) (net.Conn, *way, error) {
	own, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	y := w.setOut(meant, cancel)
	c, err := w.gates.Pass(ctx, y.addr, func() (net.Conn, error) {
		c, err := w.dial(own, y.addr, d, t)
		if cut := context.Cause(own); err != nil && cut != nil && ctx.Err() == nil {
			err = cut
		}
		return c, err
	})
	if err != nil {
		y.end()
	}
	return c, y, err
}

// stay keeps dials that mean a node from going elsewhere, until it is released: for a command that is for this node
// alone. It returns an error while there are connections that have gone elsewhere.
func (w *ways) stay(addr string) (release func(), err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for y := range w.open {
		if y.meant == addr && y.addr != addr {
			return nil, fmt.Errorf("rueidis: %s does not answer, and %s stands in for it", addr, y.addr)
		}
	}
	w.named[addr]++
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.named[addr]--
		if w.named[addr] == 0 {
			delete(w.named, addr)
		}
	}, nil
}

// made gives a way that was a dial its connection.
func (y *way) made(c *conn) {
	if y == nil {
		return
	}
	y.of.mu.Lock()
	over := y.over
	y.conn = c
	y.cut = func(err error) {
		_ = c.fail(err)
		_ = c.Close() // it has failed
	}
	y.of.mu.Unlock()
	if over != nil {
		y.cut(over)
	}
}

// stands takes note that a command is being sent: the handshake is through.
func (y *way) stands() {
	if y != nil {
		y.of.gates.Open(y.addr)
	}
}

// failed takes note that the handshake has failed.
func (y *way) failed(err error) {
	if y != nil {
		y.of.gates.Failed(y.addr, err)
	}
}

// end takes note that the connection is closed.
func (y *way) end() {
	if y == nil {
		return
	}
	y.of.mu.Lock()
	defer y.of.mu.Unlock()
	delete(y.of.open, y)
}

// some returns those for which a condition holds.
func (w *ways) some(is func(*way) bool) []*way {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []*way
	for y := range w.open {
		if is(y) {
			all = append(all, y)
		}
	}
	return all
}

// cutOff ends all ways to a node, and what is under way there.
func (w *ways) cutOff(addr string, err error) {
	all := w.some(func(y *way) bool { return y.addr == addr })
	for _, y := range all {
		w.mu.Lock()
		y.over = err
		cut := y.cut
		w.mu.Unlock()
		cut(err)
	}
}

// probe asks a node that failed for a sign of life. If there is one it counts as well again. If there is none in time, what
// is waiting for the node, each command for a timeout of its own, fails now. Any other failure says nothing about
// connections that stand.
func (w *ways) probe(ctx context.Context, addr string, d *net.Dialer, t *tls.Config) {
	if !w.begin(addr) {
		return
	}
	err := w.ping(ctx, addr, d, t)
	w.mu.Lock()
	delete(w.probing, addr)
	w.mu.Unlock()
	switch {
	case err == nil:
		w.gates.Open(addr)
		w.answered(addr)
	case errtree.Is(err, os.ErrDeadlineExceeded), errtree.Is(err, context.DeadlineExceeded):
		err = fmt.Errorf("rueidis: %s does not answer: %w", addr, os.ErrDeadlineExceeded)
		w.gates.Failed(addr, err)
		w.cutOff(addr, err)
	}
}

// begin reports whether a node is not being probed yet.
func (w *ways) begin(addr string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.probing[addr] {
		return false
	}
	w.probing[addr] = true
	return true
}

// ping reports how a node answers a PING. That it refuses it is an answer.
func (w *ways) ping(ctx context.Context, addr string, d *net.Dialer, t *tls.Config) error {
	c, err := w.dial(ctx, addr, d, t)
	if err != nil {
		return err
	}
	defer c.Close()
	if at, ok := ctx.Deadline(); ok {
		if err := c.SetDeadline(at); err != nil {
			return err
		}
	}
	if _, err := c.Write([]byte("PING\r\n")); err != nil {
		return err
	}
	_, err = c.Read(make([]byte, 1))
	return err
}

const (
	// quiet is how long a connection to a stand-in says nothing before it is closed: less than is between two PINGs of
	// rueidis.
	quiet = 20 * time.Millisecond
	// looks is how often in a row it is waited for.
	looks = 50
)

var errHome = errors.New("rueidis: closed, since the node that was meant is back")

// strays reports whether there are connections to stand-ins.
func (w *ways) strays() bool {
	return len(w.some(func(y *way) bool { return y.addr != y.meant })) > 0
}

// goHome closes the connections to stand-ins for nodes that are back, once nothing is under way on them: the next one
// leads to the node itself. One that is never quiet is left for the next time.
func (w *ways) goHome(ctx context.Context) {
	window := time.NewTicker(quiet)
	defer window.Stop()
	before := map[*way]int{}
	for range looks {
		all := w.some(func(y *way) bool {
			return y.addr != y.meant && y.conn != nil && w.heirs[y.meant].listed && !w.demoted(y.meant) && !w.gates.Shut(y.meant)
		})
		if len(all) == 0 {
			return
		}
		for _, y := range all {
			writes, waiting := y.conn.traffic()
			if last, seen := before[y]; seen && last == writes && !waiting {
				y.cut(errHome)
				continue
			}
			before[y] = writes
		}
		select {
		case <-window.C:
		case <-ctx.Done():
			return
		}
	}
}
