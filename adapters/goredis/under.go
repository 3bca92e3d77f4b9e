package goredis

import (
	"cmp"
	"context"
	"errors"

	"github.com/reprise-go/reprise/cluster"
	"github.com/reprise-go/reprise/policy"
)

// under is the hook in one operation, with the policy that was in use as that began.
type under struct {
	*Hook
	retry *policy.Retry
	run   *cluster.Snapshot // of the orchestrator; nil if the policy alone runs the operation
}

// begin returns the hook for an operation that begins.
func (h *Hook) begin() under {
	if h.orchestrator == nil {
		return under{h, h.policies(), nil}
	}
	run := h.orchestrator.Snapshot()
	return under{h, &run.Retry, run}
}

// do runs the operation under the policy, or in a cluster under the orchestrator. An attempt returns the node that it was
// at, "" if it does not know; its error may know better.
func (u under) do(ctx context.Context, op *policy.Op, attempt func(context.Context) (at string, err error)) error {
	if u.run != nil {
		return u.run.DoOp(ctx, op, func(ctx context.Context) (string, error) {
			at, err := attempt(ctx)
			return cmp.Or(nodeOf(err), at), err
		})
	}
	err := u.retry.DoOp(ctx, op, func(ctx context.Context) error {
		at, err := attempt(ctx)
		if u.ring || u.follows {
			op.Node = cmp.Or(at, nodeOf(err)) // a dial may tell of the same shard by a number
		}
		return err
	})
	if err != nil && u.invalid != nil {
		err = errors.Join(err, u.invalid)
	}
	return err
}
