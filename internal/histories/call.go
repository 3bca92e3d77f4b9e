package histories

import (
	"slices"
	"time"

	"github.com/reprise-go/reprise/internal/faultproxy"
)

// call is some operations under way, at the same time.
type call struct {
	driver  Driver
	proxy   *faultproxy.Proxy
	within  time.Duration // 0: they are waited for
	retries int
	between func(i int) // of a Watch
}

// outcome is how an operation has ended.
type outcome struct {
	results  []Result // none if it has never ended
	late     bool     // it had not ended in time
	until    int      // the end of the proxy's record when it had ended
	ended    bool
	panicked any
}

// run runs operations, and returns how they have ended and what they have met.
func (c call) run(ops []Op) ([]outcome, []Fault) {
	s := newScript(ops, c.retries)
	c.proxy.SetPlan(s.plan)
	defer s.let()
	type done struct {
		i int
		outcome
	}
	all := make(chan done, len(ops))
	for i := range ops {
		go func() {
			var o outcome
			defer func() {
				if !o.ended {
					o.panicked = recover()
				}
				all <- done{i, o}
			}()
			o.results = c.perform(i, s.parts[i])
			o.until, o.ended = len(c.proxy.Record()), true
		}()
	}
	outcomes := make([]outcome, len(ops))
	var over <-chan time.Time
	if c.within > 0 {
		over = time.After(c.within)
	}
	for left := len(ops); left > 0; {
		select {
		case o := <-all:
			if !o.ended {
				panic(o.panicked)
			}
			o.late = outcomes[o.i].late
			outcomes[o.i] = o.outcome
			left--
			continue
		case <-over:
		}
		if slices.ContainsFunc(outcomes, func(o outcome) bool { return o.late }) {
			break // some never end
		}
		for i := range outcomes {
			outcomes[i].late = !outcomes[i].ended
		}
		// Nothing is in its way any more: who waits for that now ends, and may be closed.
		c.proxy.SetPlan(nil)
		s.let()
		over = time.After(closing)
	}
	return outcomes, s.faults()
}

// perform has the driver do one of the operations.
func (c call) perform(i int, p *part) []Result {
	op, ctx := p.op, p.ctx
	defer p.cancel()
	defer p.let() // nobody waits any more
	cmds := make([][]string, len(op.Commands))
	for i, c := range op.Commands {
		cmds[i] = slices.Clone(c.Args)
	}
	switch op.Shape {
	case Pipeline:
		return c.driver.Pipeline(ctx, cmds)
	case Transaction:
		return c.driver.Transaction(ctx, cmds)
	case Watch:
		return c.driver.Watch(ctx, op.Commands[0].Keys[0], func() { c.between(i) }, cmds)
	}
	return []Result{c.driver.Do(ctx, cmds[0])}
}

// failed returns n results that are an error.
func failed(n int, err error) []Result {
	return slices.Repeat([]Result{{Err: err}}, n)
}
