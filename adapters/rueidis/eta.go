package rueidis

import (
	"context"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/judged"
	"github.com/reprise-go/reprise/policy"
)

// estimated returns err, of an operation on the given rung, with the server's own estimate of how long it goes on loading, if
// that is what it says and the policy would wait for it. The node that Nodes returns has no policy, so that a question
// that fails is not asked again. Of several nodes nobody knows which one has answered, or will: there is no estimate.
func (u under) estimated(ctx context.Context, rung classify.Replay, err error) error {
	if u.loading == nil || err == nil || u.closed.Load() {
		return err
	}
	v := u.retry.Classify(err)
	if v.Kind != classify.BusyLoading || v.After > 0 || u.retry.Decide(policy.State{Attempt: 1, Replay: rung}, err).Reason != policy.Retrying {
		return err
	}
	nodes := u.Client.Nodes()
	if len(nodes) != 1 {
		return err
	}
	for addr, node := range nodes {
		v.After = u.loading.Left(ctx, addr, func(ctx context.Context) (string, error) {
			// In the queue, if we know that there is one: elsewhere a question that is not answered in time ends its connection.
			return node.Do(u.queued(ctx), node.B().Info().Section("persistence").Build()).ToString()
		})
	}
	if v.After == 0 {
		return err
	}
	return judged.New(err, v)
}
