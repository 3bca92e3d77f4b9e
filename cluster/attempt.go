package cluster

import (
	"context"
	"math"
	"time"

	"github.com/reprise-go/reprise/policy"
)

// further returns how many cycles may follow the one under way.
func (r *run) further() int {
	if r.named {
		return 0
	}
	return max(r.s.cycles.Retries-(r.cycles-1), 0)
}

// share returns what is MaxElapsed for the cycle that begins, 0 if it has no limit: the policy counts from its begin. It is
// what is left of the whole operation's. With MinAttempt it is an even share of that, or of the time until the deadline, for
// each cycle that may follow, so that a node that hangs leaves some for the next.
func (r *run) share(ctx context.Context, node *policy.Retry) time.Duration {
	left := time.Duration(math.MaxInt64)
	if node.MaxElapsed > 0 {
		if r.begun.IsZero() {
			r.begun = time.Now()
		}
		left = node.MaxElapsed - time.Since(r.begun)
	}
	if further := r.further(); node.MinAttempt > 0 && further > 0 {
		if deadline, ok := ctx.Deadline(); ok {
			left = min(left, time.Until(deadline))
		}
		if left < math.MaxInt64 {
			left /= time.Duration(further + 1)
		}
	}
	if left == math.MaxInt64 {
		return 0
	}
	return max(left, 1)
}

// left returns how many attempts may follow the one under way, in all cycles together.
func (r *run) left() int {
	retries := r.s.node.Retries
	if retries == policy.Unlimited {
		return policy.Unlimited
	}
	left := max(retries-(r.tried-1), 0)
	if further := r.further(); further > 0 {
		if retries+1 > (math.MaxInt-left)/further {
			return math.MaxInt
		}
		left += further * (retries + 1)
	}
	return left
}
