package demo

import (
	"context"
	"fmt"

	"github.com/redis/go-redis/v9"

	"github.com/reprise-go/reprise/internal/faultproxy"
)

// lane is one contender on its way through the workload.
type lane struct {
	index  int
	store  *store
	proxy  *faultproxy.Proxy
	client *redis.Client
	rounds rounds
}

// newLane puts a proxy before the store and a contender before the proxy.
func newLane(c Config, s *store, index int) (*lane, error) {
	l := &lane{index: index, store: s}
	draw, err := c.Rates.Plan(c.Seed)
	if err != nil {
		return nil, err
	}
	l.proxy, err = faultproxy.Start(s.addr, faultproxy.Config{
		Exempt: faultproxy.Handshake,
		Plan: func(r faultproxy.Request) faultproxy.Action {
			if !r.IsDial() {
				l.rounds.see(r)
			}
			return draw(r)
		},
	})
	if err != nil {
		return nil, err
	}
	l.client = contenders[index].make(c.options(l.proxy.Addr()))
	return l, nil
}

// run performs the workload, one operation after the other, and returns what came
// of each.
func (l *lane) run(ctx context.Context, c Config) ([]outcome, error) {
	outcomes := make([]outcome, 0, c.Ops)
	for n := range c.Ops {
		l.rounds.begin()
		o := perform(ctx, l.client, l.store.keys, l.index, n)
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		// A failure is what the demo is about, unless there is no server any more.
		if o.failed && l.proxy.Counts().Unreachable > 0 {
			if err := l.store.probe(ctx); err != nil {
				return nil, err
			}
		}
		outcomes = append(outcomes, o)
		if c.Progress != nil {
			c.Progress()
		}
	}
	return outcomes, nil
}

// row asks the server what was executed and sums up.
func (l *lane) row(ctx context.Context, outcomes []outcome) (Row, error) {
	executed, err := l.store.keys.counts(ctx, l.store.direct, l.index)
	if err != nil {
		return Row{}, err
	}
	if len(executed) != len(outcomes) {
		return Row{}, fmt.Errorf("read the counters back: %d of %d", len(executed), len(outcomes))
	}
	return newRow(contenders[l.index].name, outcomes, executed, l.rounds.count(), l.proxy.Counts()), nil
}

// close ends the client, then the proxy. A second call does nothing.
func (l *lane) close() {
	_ = l.client.Close()
	_ = l.proxy.Close()
}
