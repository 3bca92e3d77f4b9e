package demo

import (
	"context"
	"errors"

	"golang.org/x/sync/errgroup"
)

// Run runs the demo. However it ends, it leaves no key of its own behind, or else
// the error says which. If ctx ends, the error is its cause.
func Run(ctx context.Context, c Config) (report Report, err error) {
	s, err := openStore(ctx, c)
	if err != nil {
		return Report{}, err
	}
	defer func() { err = errors.Join(err, s.close(ctx)) }()

	var lanes []*lane
	// Before the keys are removed: nothing may be on its way to the server then.
	defer func() {
		for _, l := range lanes {
			l.close()
		}
	}()
	for i := range contenders {
		l, err := newLane(c, s, i)
		if err != nil {
			return Report{}, err
		}
		lanes = append(lanes, l)
	}

	outcomes := make([][]outcome, len(lanes))
	group, running := errgroup.WithContext(ctx)
	for i, l := range lanes {
		group.Go(func() (err error) {
			outcomes[i], err = l.run(running, c)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return Report{}, err
	}
	// Nothing is counted while a command may still be on its way.
	for _, l := range lanes {
		l.close()
	}

	report = Report{Seed: c.Seed, Server: c.Addr, Rates: c.Rates}
	for i, l := range lanes {
		row, err := l.row(ctx, outcomes[i])
		if err != nil {
			return Report{}, err
		}
		report.Rows = append(report.Rows, row)
	}
	return report, nil
}
