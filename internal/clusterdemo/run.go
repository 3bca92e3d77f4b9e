package clusterdemo

import (
	"context"
	"sync"
	"time"

	"github.com/reprise-go/reprise/internal/redistest"
)

// victim is the master that is killed.
const victim = 0

// Run runs the demo. However it ends, it leaves no process and no directory behind. If ctx ends, the error is its cause;
// without redis-server it is one that says so, and how to get it.
func Run(ctx context.Context, c Config) (report Report, err error) {
	err = redistest.Run(ctx, func(tb redistest.TB) error {
		servers := redistest.StartCluster(tb, masters, 1)
		report, err = play(tb.Context(), servers, c)
		return err
	})
	return report, err
}

// moments are when what happened happened, since the load began.
type moments struct{ killed, promoted, end time.Duration }

// play puts a cluster under load and kills a master.
func play(ctx context.Context, c *redistest.Cluster, config Config) (Report, error) {
	var keys keyring
	for _, s := range c.Servers[:masters] {
		has, err := s.Slots(ctx)
		if err != nil {
			return Report{}, err
		}
		keys = append(keys, has)
	}
	var lanes []*lane
	defer func() {
		for _, l := range lanes {
			l.close()
		}
	}()
	for i := range contenders {
		l, err := newLane(ctx, i, c.Addrs(), keys)
		if err != nil {
			return Report{}, err
		}
		lanes = append(lanes, l)
	}

	running, stop := context.WithCancel(ctx)
	defer stop()
	start := time.Now()
	var load sync.WaitGroup
	for _, l := range lanes {
		load.Go(func() { l.run(ctx, running, start) })
	}
	load.Go(func() { config.tick(running) })
	heir, m, err := conduct(ctx, c, lanes, start, config.For)
	stop()
	load.Wait()
	if err != nil {
		return Report{}, err
	}
	return sumUp(ctx, heir, lanes, m)
}

// conduct kills the master, and returns its heir when it is time to end.
func conduct(
	ctx context.Context, c *redistest.Cluster, lanes []*lane, start time.Time, length time.Duration,
) (heir *redistest.Server, m moments, err error) {
	if err := wait(ctx, start.Add(lead)); err != nil {
		return nil, m, err
	}
	old := c.Servers[victim]
	for _, l := range lanes {
		l.wire.lose(old.Addr())
	}
	m.killed = time.Since(start)
	old.Kill()
	heir, promoted, err := c.WaitPromoted(ctx, old)
	if err != nil {
		return nil, m, err
	}
	m.promoted = promoted.Sub(start)
	m.end = (max(length, m.promoted+tail) + Step - 1).Truncate(Step)
	return heir, m, wait(ctx, start.Add(m.end))
}

// tick reports progress.
func (c Config) tick(running context.Context) {
	steps := time.NewTicker(Step)
	defer steps.Stop()
	for n := c.For / Step; n > 0 && c.Progress != nil; n-- {
		select {
		case <-steps.C:
			c.Progress()
		case <-running.Done():
			return
		}
	}
}

// wait returns at a moment, or with the cause of the end of ctx.
func wait(ctx context.Context, at time.Time) error {
	t := time.NewTimer(time.Until(at))
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
