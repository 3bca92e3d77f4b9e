package cluster

import (
	"context"

	"github.com/reprise-go/reprise/policy"
)

// observer is told of decisions, as policy.Retry.Observe is.
type observer = func(context.Context, policy.Event)

// within returns the observer of the attempts in a cycle. The failure that ends one it is not told: what becomes of the
// operation is decided between the cycles, and each attempt is to be heard of once.
func within(observe observer) observer {
	if observe == nil {
		return nil
	}
	return func(ctx context.Context, e policy.Event) {
		if e.Decision.Reason == policy.Succeeded || e.Decision.Reason == policy.Retrying {
			observe(ctx, e)
		}
	}
}

// between returns the observer of the decisions between cycles. The success of a cycle is that of its last attempt, which
// was told.
func between(observe observer) observer {
	if observe == nil {
		return nil
	}
	return func(ctx context.Context, e policy.Event) {
		if e.Decision.Reason != policy.Succeeded {
			observe(ctx, e)
		}
	}
}
