package cluster

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/errtree"
	"github.com/reprise-go/reprise/policy"
)

// Topology is what an [Orchestrator] needs of a driver.
type Topology interface {
	// Refresh reads the slot map anew, asks the seeds in the order given until one answers, has the driver use the map,
	// and returns the nodes in it, host:port. It must return when ctx ends. It is never called twice at the
	// same time. An error that the classifier calls Permanent, a wrong password for one, is not tried again.
	Refresh(ctx context.Context, seeds []string) (nodes []string, err error)
}

// Orchestrator runs operations on a cluster: in cycles of attempts on one node, with a refresh of the slot map between
// them that all share. It may be shared by any number of goroutines.
type Orchestrator struct {
	policies func() *Snapshot // of operations that begin now
	seeds    *seeds
	refresh  *refresher
}

// New returns an orchestrator of the nodes that t knows, or what [Config.Validate] has against c.
func New(t Topology, c Config) (*Orchestrator, error) {
	if t == nil {
		return nil, errors.New("cluster: the Topology is nil; allowed: one of a driver's")
	}
	if err := c.Validate(); err != nil {
		return nil, err
	}
	o := new(Orchestrator)
	o.policies = policy.Follow(c.Retry, func(r policy.Retry) Snapshot { return o.snapshot(&c, r) })
	if err := o.policies().Err; err != nil {
		return nil, fmt.Errorf("cluster: Retry: %w", err)
	}
	o.seeds = newSeeds(c.Seeds, or(c.Refresh.Probation, defaultProbation))
	o.refresh = newRefresher(t, c, o.seeds, func() *policy.Retry { return &o.policies().reading })
	return o, nil
}

// Close ends the refreshes that are under way or planned. Operations go on, without refreshes.
func (o *Orchestrator) Close() { o.refresh.close() }

// Seeds returns the nodes in the order in which the next refresh would ask them.
func (o *Orchestrator) Seeds() []string { return o.seeds.order(time.Now()) }

// Stale tells the orchestrator that the map in use is out of date, and why, if the driver knows: it has seen MOVED,
// or a node that is gone. A refresh follows soon, and Stale does not wait for it.
func (o *Orchestrator) Stale(cause error) { o.refresh.trail(o.refresh.generation(), cause) }

// Demoted reports whether a node has failed, and is not on probation yet: to dial it is likely to be in vain.
func (o *Orchestrator) Demoted(node string) bool { return o.seeds.demoted(node, time.Now()) }

// Restore tells the orchestrator that a node has answered, so that it is demoted no longer. Attempts tell it too, by the
// node that they return; it is for a driver that looks at demoted nodes by itself, or that does not know who has
// answered.
func (o *Orchestrator) Restore(node string) { o.seeds.restore(node) }

// Do is [Orchestrator.DoOp] for an operation without a name, on the given rung.
func (o *Orchestrator) Do(ctx context.Context, replay classify.Replay, fn func(context.Context) (node string, err error)) error {
	return o.DoOp(ctx, &policy.Op{Replay: replay}, fn)
}

// DoOp runs fn until it succeeds, or the configuration says stop. fn makes one attempt: it goes to the node that
// serves the slot by the driver's present map, or where [RedirectFrom] says, and returns the node's address, "" if it
// came to none. An op that names a Node is for that one alone: there is one cycle, and no redirect.
func (o *Orchestrator) DoOp(ctx context.Context, op *policy.Op, fn func(context.Context) (node string, err error)) error {
	return o.Snapshot().DoOp(ctx, op, fn)
}

// attempts is what makes single attempts. It is passed along beside the run: within, it would have to live on the
// heap.
type attempts = func(context.Context) (node string, err error)

// run is one operation under way.
type run struct {
	s     *Snapshot // that it began with
	named bool

	seen   uint64 // the generation of the map that the last attempt used
	made   int    // attempts, in all cycles
	tried  int    // attempts in this cycle
	cycles int    // that have begun
	failed error  // of the cycle before; nil in the first
	begun  time.Time
}

// attempt is one cycle, in the eyes of the policy over cycles: after a failure it begins with a refresh.
func (r *run) attempt(ctx context.Context, op *policy.Op, fn attempts) error {
	if r.failed != nil && r.s.refreshes(r.failed) {
		if err := r.s.o.refresh.wait(ctx, r.seen, r.failed); err != nil {
			r.failed = err
			return err
		}
	}
	r.failed = r.cycle(ctx, op, fn)
	return r.failed
}

// refreshes reports whether a failure is one after which the map is read anew.
func (s *Snapshot) refreshes(err error) bool {
	_, unread := errtree.As[*RefreshError](err)
	return unread || !mapped(s.classify(err))
}

// mapped reports whether a failure that is waited for says nothing against the map: a slot is in motion, or the client
// has too few connections, which redis-py took for a node's failure once (redis-py#3684).
func mapped(v classify.Verdict) bool { return v.Kind == classify.TryAgain || v.Kind == classify.Pool }

// cycle makes the attempts on one node.
func (r *run) cycle(ctx context.Context, op *policy.Op, fn attempts) error {
	node := &r.s.node
	if r.named {
		node = &r.s.alone
	}
	r.cycles, r.tried = r.cycles+1, 0
	if node.MaxElapsed > 0 || node.MinAttempt > 0 {
		timed := *node
		timed.MaxElapsed = r.share(ctx, node)
		node = &timed
	}
	err := node.DoOp(ctx, op, func(own context.Context) error { return r.timed(ctx, own, op, fn) })
	if err == nil {
		return nil
	}
	if v := r.s.classify(err); op.Node != "" && unreachable(v) {
		r.s.o.seeds.demote(op.Node, time.Now())
	}
	if e, ok := err.(*policy.Error); ok && e.Reason != policy.Canceled { //nolint:errorlint // the loop returns it unwrapped
		err = e.Err // the loop over the cycles says why it ended
	}
	return err
}

// unreachable reports whether a verdict says that nobody was at the node.
func unreachable(v classify.Verdict) bool {
	return v.Kind == classify.Connection || v.Kind == classify.Timeout
}

// timed makes one attempt, whose context is the caller's or has an end of its own.
func (r *run) timed(ctx, own context.Context, op *policy.Op, fn attempts) error {
	err := r.once(own, op, fn)
	if err != nil && own.Err() != nil && ctx.Err() == nil && !r.named {
		err = &timeoutError{err}
	}
	return err
}

// once makes one attempt.
func (r *run) once(ctx context.Context, op *policy.Op, fn attempts) error {
	r.made, r.tried = r.made+1, r.tried+1
	if r.s.Retry.Inform {
		ctx = policy.WithAttempt(ctx, policy.Attempt{Number: r.made, Left: r.left()})
	}
	r.seen = r.s.o.refresh.generation()
	node, err := r.follow(ctx, fn)
	if node == "" {
		return err
	}
	op.Node = node
	if err == nil {
		r.s.o.seeds.restore(node)
	}
	return err
}

// end returns what the caller gets: one error that counts the attempts of all cycles. A failure that would have been
// worth another cycle has a refresh trail behind it, for those who come next.
func (r *run) end(err error) error {
	if err == nil {
		return nil
	}
	switch v := r.s.classify(err).Only(r.s.cycles.On...); {
	case v.Class == classify.Unknown, v.Class == classify.Permanent, mapped(v):
	default:
		r.s.o.refresh.trail(r.seen, err)
	}
	e, ok := err.(*policy.Error) //nolint:errorlint // the loop returns it unwrapped
	if !ok {
		return returned(err)
	}
	e.Attempts, e.Err = r.made, returned(e.Err)
	return e
}
