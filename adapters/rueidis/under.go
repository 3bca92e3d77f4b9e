package rueidis

import (
	"cmp"
	"context"

	"github.com/redis/rueidis"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/cluster"
	"github.com/reprise-go/reprise/policy"
)

// rules are what becomes of a policy.
type rules struct {
	// retry has a classifier that knows what the client knows.
	retry policy.Retry
	// attends means that it has to do with successes too.
	attends bool
	// invalid is what is wrong with the policy: nothing is retried, and failures say so.
	invalid error
}

// follow returns a function that returns the rules of the policy in use.
func follow(r policy.Retry) func() *rules {
	of := func(r policy.Retry) rules {
		retry, invalid := adapt(r)
		return rules{retry, retry.Attends(), invalid}
	}
	if r.Live != nil && r.Validate() != nil {
		none := of(r)
		return func() *rules { return &none }
	}
	return policy.Follow(r, of)
}

// adapt returns a policy with a classifier that knows what the client knows; of one that is not for rueidis what is left
// if nothing is retried, and what is wrong with it.
func adapt(r policy.Retry) (policy.Retry, error) {
	invalid := validate(r)
	if invalid != nil {
		r.Backoff, r.Retries, r.On, r.Replay, r.MaxElapsed = nil, 0, nil, 0, 0
		r.AttemptTimeout, r.MinAttempt, r.Inform, r.Budget, r.Live = 0, 0, false, nil, nil
	}
	of := r.Classify
	if of == nil {
		of = classifyDriver
	}
	r.Classify = func(err error) classify.Verdict { return known(err, of) }
	return r, invalid
}

// under is the client in one operation, with the policy that was in use as that began.
type under struct {
	*client
	retry        *policy.Retry
	attends      bool
	invalid      error
	orchestrator *cluster.Snapshot // nil if the policy alone runs the operation
}

// begin returns the client for an operation that begins.
func (c *client) begin() under {
	if c.cluster == nil {
		r := c.policies()
		return under{c, &r.retry, r.attends, r.invalid, nil}
	}
	s := c.cluster.Snapshot()
	return under{c, &s.Retry, true, cmp.Or(s.Err, c.wrapped), s} // the orchestrator makes the first attempt too
}

// loop runs the operation under the policy, or on a cluster under the orchestrator. The attempt has noted in op at
// which node it failed.
func (u under) loop(ctx context.Context, op *policy.Op, attempt func(context.Context) error) error {
	if u.orchestrator == nil {
		return u.retry.DoOp(ctx, op, attempt)
	}
	op.Node = u.node // by which the orchestrator knows that the operation is for this one alone
	return u.orchestrator.DoOp(ctx, op, func(ctx context.Context) (string, error) {
		release, err := u.stay()
		if err != nil {
			return "", err
		}
		defer release()
		err = attempt(ctx)
		if err == nil {
			return "", nil // rueidis does not say which node has answered
		}
		return op.Node, err
	})
}

// credit names the node of an operation on a cluster that nobody has named yet, for the budget: whose success it is, if it
// is one. That is the owner of the slot, since rueidis does not say who has answered.
func (u under) credit(op *policy.Op, cmd rueidis.Completed) {
	if u.orchestrator != nil && u.retry.Budget != nil && op.Node == "" {
		op.Node = u.cluster.topology.owner(cmd.Slot())
	}
}
