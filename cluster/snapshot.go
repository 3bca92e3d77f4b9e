package cluster

import (
	"context"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

// Snapshot is an orchestrator with the policy that was in use at one moment. It is for adapters, which look into the
// policy in the middle of an operation: what they ask, and what the operation runs under, is then the same policy.
type Snapshot struct {
	// Retry is the policy, as Config.Adapt has made it. It must not be changed.
	Retry policy.Retry
	// Err is what Config.Adapt has against it: nothing is retried. It is for the adapter to tell.
	Err error

	o        *Orchestrator
	alone    policy.Retry // of an operation that is for one node
	node     policy.Retry // of the attempts on one node, in a cycle
	cycles   policy.Retry // each of which is an attempt to it
	reading  policy.Retry // of a refresh
	classify classify.Func
}

// Snapshot returns the orchestrator with the policy in use now: for one operation.
func (o *Orchestrator) Snapshot() *Snapshot { return o.policies() }

// snapshot returns what becomes of a policy.
func (o *Orchestrator) snapshot(c *Config, r policy.Retry) Snapshot {
	s := Snapshot{o: o}
	if c.Adapt != nil {
		r, s.Err = c.Adapt(r)
	}
	s.Retry = r
	r.Classify = settling(classifier(&r))
	s.alone, s.node, s.cycles, s.reading, s.classify = r, r, c.cycles(r), c.reading(r), r.Classify
	s.node.Observe, s.cycles.Observe = within(r.Observe), between(r.Observe)
	s.alone.Inform, s.node.Inform = false, false // by a count of the attempts in all cycles
	if s.Err != nil {
		s.alone.Retries, s.node.Retries, s.cycles.Retries = 0, 0, 0
	}
	return s
}

// DoOp is [Orchestrator.DoOp], under the policy of the snapshot.
func (s *Snapshot) DoOp(ctx context.Context, op *policy.Op, fn func(context.Context) (node string, err error)) error {
	r := run{s: s, named: op.Node != ""}
	if r.named {
		return r.cycle(ctx, op, fn)
	}
	if s.cycles.Attends() {
		return r.end(s.cycles.DoOp(ctx, op, func(ctx context.Context) error { return r.attempt(ctx, op, fn) }))
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	err := r.attempt(ctx, op, fn)
	if err == nil {
		return nil
	}
	return r.end(s.cycles.Resume(ctx, op, func(ctx context.Context) error { return r.attempt(ctx, op, fn) }, err))
}
