package histories

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/reprise-go/reprise/internal/faultproxy"
	"github.com/reprise-go/reprise/internal/redistest"
	"github.com/reprise-go/reprise/policy"
)

// Harness runs histories on one server.
type Harness struct {
	server *direct
	addr   string
	driver func(Options) Driver
}

// New returns a harness for the driver that open makes. Its real server ends with the test; without
// redis-server the test is skipped.
func New(tb testing.TB, open func(Options) Driver) *Harness {
	tb.Helper()
	h, err := On(redistest.Start(tb).Addr(), open)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(h.Close)
	return h
}

// On returns a harness for the server at an address, which is emptied before each history.
func On(addr string, open func(Options) Driver) (*Harness, error) {
	conn, err := dial(addr)
	if err != nil {
		return nil, err
	}
	return &Harness{server: conn, addr: addr, driver: open}, nil
}

// Close ends the harness, and leaves the server as it is.
func (h *Harness) Close() { _ = h.server.conn.Close() }

// Keys returns how many keys the server holds.
func (h *Harness) Keys() (int64, error) {
	v, err := h.server.do("DBSIZE")
	n, _ := v.(int64)
	return n, err
}

// Empty empties the server.
func (h *Harness) Empty() error {
	_, err := h.server.do("FLUSHALL")
	return err
}

// Run runs a history and returns what was wrong with it. An error means that the harness itself
// has failed.
func (h *Harness) Run(history History) ([]Violation, error) {
	violations, _, err := h.Seen(history)
	return violations, err
}

// Seen is Run, and returns what the proxy has seen too.
func (h *Harness) Seen(history History) ([]Violation, []faultproxy.Exchange, error) {
	t, err := h.trace(history)
	if err != nil {
		return nil, nil, err
	}
	return t.judge(), t.record, nil
}

// trace runs a history and returns what was to be seen of it.
func (h *Harness) trace(history History) (_ *trace, err error) {
	if err := h.Empty(); err != nil {
		return nil, err
	}
	// A proxy per history: its record holds nothing else, and closing it ends everything.
	proxy, err := faultproxy.Start(h.addr, faultproxy.Config{Addr: faultproxy.OwnAddr(), Record: true, Serial: true})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, proxy.Close()) }()
	other, err := dial(proxy.Addr())
	if err != nil {
		return nil, err
	}
	defer func() { _ = other.conn.Close() }()
	if _, err := other.do("PING"); err != nil {
		return nil, err
	}

	t := &trace{history: history}
	var decided decisions
	retry := history.Policy()
	retry.Observe = decided.observe
	driver := h.driver(Options{Addr: proxy.Addr(), Retry: retry, Timeout: history.timeout()})
	hurt, gone := false, false // gone: somebody is still in the driver
	for from, to := 0, history.together(0); from < len(history.Ops); from, to = to, history.together(to) {
		ops := history.Ops[from:to]
		began := time.Now()
		c := call{driver: driver, proxy: proxy, within: history.Within, retries: history.Retries}
		c.between = func(i int) {
			if ops[i].Rival {
				_, err = other.do("SET", ops[i].Commands[0].Keys[0], fmt.Sprint("rival", from+i))
			}
		}
		outcomes, met := c.run(ops)
		if err != nil {
			return nil, err
		}
		slow := time.Since(began) > patient
		hurt = hurt || len(met) > 0 || slow
		decisions, late := decided.take(), false
		for i, op := range ops {
			o := opTrace{
				Op: op, outcome: outcomes[i], met: met, hurt: hurt, slow: slow, decisions: decisions, classify: driver.Classify,
			}
			if !o.ended {
				o.results = failed(len(op.Commands), errNeverEnded)
				gone = true
			}
			if len(o.results) != len(op.Commands) {
				return nil, fmt.Errorf("histories: %d results for %d commands of operation %d", len(o.results), len(op.Commands), from+i+1)
			}
			late = late || o.late
			t.ops = append(t.ops, o)
		}
		if late {
			break
		}
	}
	var closed error
	if !gone {
		closed = driver.Close()
	}
	_ = other.conn.Close()
	if t.record, err = settled(proxy); err != nil {
		return nil, err
	}
	if gone {
		// Or it may dial for ever, and find whoever listens at the address later. Nobody knows whether Close returns.
		go func() { _ = driver.Close() }()
	}
	t.state, err = h.server.state()
	return t, errors.Join(err, closed)
}

// settled returns the proxy's record when every command that was sent has met its end. A client that lost patience
// does not wait for that, and what it had sent before may still be on its way.
func settled(proxy *faultproxy.Proxy) ([]faultproxy.Exchange, error) {
	// A client that does not close its connections is not waited for.
	for end := time.Now().Add(closing); proxy.Open() > 0 && time.Now().Before(end); {
		runtime.Gosched()
	}
	for end := time.Now().Add(settling); time.Now().Before(end); {
		record := proxy.Record()
		if !slices.ContainsFunc(record, func(x faultproxy.Exchange) bool { return x.Forwarded && x.Reply == "" }) {
			return record, nil
		}
		runtime.Gosched()
	}
	return nil, errors.New("histories: the server owes a reply")
}

var errNeverEnded = errors.New("histories: it has never ended")

// patient is how long an operation may take without a suspicion that the machine was busy, and the client ran out of patience
// for no fault of anybody.
const patient = 50 * time.Millisecond

// closing is how long the connections of a client that was closed may live on. It only bounds what a defect costs.
const closing = 2 * time.Second

// settling is how long a server may take to answer what it was sent: a machine may have other things to do.
const settling = 20 * time.Second

// decisions remembers what the driver's loop has decided.
type decisions struct {
	mu   sync.Mutex
	list []decision
}

// decision is one that the loop has reported.
type decision struct {
	attempt int
	why     string
}

func (d *decisions) observe(_ context.Context, e policy.Event) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.list = append(d.list, decision{e.State.Attempt, fmt.Sprintf("%s %d: %v: %v, %v", e.Op, e.State.Attempt, e.Err, e.Decision.Class, e.Decision.Reason)})
}

// take returns the decisions and forgets them.
func (d *decisions) take() []decision {
	d.mu.Lock()
	defer d.mu.Unlock()
	list := d.list
	d.list = nil
	return list
}
