package histories

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/reprise-go/reprise/internal/faultproxy"
	"github.com/reprise-go/reprise/internal/redistest"
	"github.com/reprise-go/reprise/policy"
)

// Harness runs histories on one real server.
type Harness struct {
	server *direct
	addr   string
	driver func(Options) Driver
}

// New returns a harness for the driver that open makes. Its server ends with the test; without
// redis-server the test is skipped.
func New(tb testing.TB, open func(Options) Driver) *Harness {
	tb.Helper()
	server := redistest.Start(tb)
	conn, err := dial(server.Addr())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = conn.conn.Close() })
	return &Harness{server: conn, addr: server.Addr(), driver: open}
}

// Run runs a history and returns what was wrong with it. An error means that the harness itself
// has failed.
func (h *Harness) Run(history History) ([]Violation, error) {
	t, err := h.trace(history)
	if err != nil {
		return nil, err
	}
	return t.judge(), nil
}

// trace runs a history and returns what was to be seen of it.
func (h *Harness) trace(history History) (_ *trace, err error) {
	if _, err := h.server.do("FLUSHALL"); err != nil {
		return nil, err
	}
	// A proxy per history: its record holds nothing else, and closing it ends everything.
	proxy, err := faultproxy.Start(h.addr, faultproxy.Config{Record: true})
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
	for i, op := range history.Ops {
		s := newScript(op)
		proxy.SetPlan(s.plan)
		got := run(driver, op, func() {
			if op.Rival {
				_, err = other.do("SET", op.Commands[0].Keys[0], fmt.Sprint("rival", i))
			}
		})
		if err != nil {
			return nil, err
		}
		if len(got) != len(op.Commands) {
			return nil, fmt.Errorf("histories: %d results for %d commands of operation %d", len(got), len(op.Commands), i+1)
		}
		t.ops = append(t.ops, opTrace{Op: op, results: got, met: s.faults(), decisions: decided.take(), classify: driver.Classify})
	}
	closed := driver.Close()
	if t.record, err = settled(proxy); err != nil {
		return nil, err
	}
	t.state, err = h.server.state()
	return t, errors.Join(err, closed)
}

// run runs one operation.
func run(driver Driver, op Op, between func()) []Result {
	ctx := context.Background()
	cmds := make([][]string, len(op.Commands))
	for i, c := range op.Commands {
		cmds[i] = slices.Clone(c.Args)
	}
	switch op.Shape {
	case Pipeline:
		return driver.Pipeline(ctx, cmds)
	case Transaction:
		return driver.Transaction(ctx, cmds)
	case Watch:
		return driver.Watch(ctx, op.Commands[0].Keys[0], between, cmds)
	}
	return []Result{driver.Do(ctx, cmds[0])}
}

// settled returns the proxy's record when every command that went to the server has its reply. A
// client that lost patience does not wait for that.
func settled(proxy *faultproxy.Proxy) ([]faultproxy.Exchange, error) {
	for range 1_000_000 {
		record := proxy.Record()
		if !slices.ContainsFunc(record, func(x faultproxy.Exchange) bool { return x.Forwarded && x.Reply == "" }) {
			return record, nil
		}
		runtime.Gosched()
	}
	return nil, errors.New("histories: the server owes a reply")
}

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
