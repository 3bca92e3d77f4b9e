package goredis

import (
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

// do runs the operation under the policy, or in a cluster under the orchestrator.
func (u under) do(ctx context.Context, op *policy.Op, fn func(context.Context) error) error {
	if u.run != nil {
		return u.run.DoOp(ctx, op, func(ctx context.Context) (string, error) {
			err := fn(ctx)
			return nodeOf(err), err
		})
	}
	err := u.retry.DoOp(ctx, op, fn)
	if err != nil && u.invalid != nil {
		err = errors.Join(err, u.invalid)
	}
	return err
}
