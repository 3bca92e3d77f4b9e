package histories

import (
	"context"
	"slices"
	"time"

	"github.com/reprise-go/reprise/internal/faultproxy"
)

// call is one operation under way.
type call struct {
	driver  Driver
	proxy   *faultproxy.Proxy
	within  time.Duration
	retries int
}

// run runs one operation. It is late if it had not ended in time. No results are those of one that has never ended.
func (c call) run(op Op, between func()) (results []Result, met []Fault, late bool) {
	ctx, cancel := context.Background(), func() {}
	if slices.Contains(op.Faults, Cancel) {
		// No other operation has a context that may end: to some clients that makes a difference.
		ctx, cancel = context.WithCancel(ctx)
		defer cancel()
	}
	s := newScript(op, c.retries, cancel)
	c.proxy.SetPlan(s.plan)
	defer func() { s.let(); met = s.faults() }()
	if c.within == 0 {
		return perform(ctx, c.driver, op, between), nil, false
	}
	done := make(chan outcome, 1)
	go func() {
		var o outcome
		defer func() {
			if !o.done {
				o.panicked = recover()
			}
			done <- o
		}()
		o.results = perform(ctx, c.driver, op, between)
		o.done = true
	}()
	timer := time.NewTimer(c.within)
	defer timer.Stop()
	select {
	case o := <-done:
		return o.must(), nil, false
	case <-timer.C:
	}
	// Nothing is in its way any more: who waits for that now ends, and may be closed.
	c.proxy.SetPlan(nil)
	s.let()
	timer.Reset(closing)
	select {
	case o := <-done:
		return o.must(), nil, true
	case <-timer.C:
		return nil, nil, true
	}
}

// outcome is how an operation has ended.
type outcome struct {
	results  []Result
	done     bool
	panicked any
}

// must returns the results, or panics as the operation has.
func (o outcome) must() []Result {
	if !o.done {
		panic(o.panicked)
	}
	return o.results
}

// perform has the driver do it.
func perform(ctx context.Context, driver Driver, op Op, between func()) []Result {
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

// failed returns n results that are an error.
func failed(n int, err error) []Result {
	return slices.Repeat([]Result{{Err: err}}, n)
}
