package rueidis

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/redis/rueidis"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/batch"
	"github.com/reprise-go/reprise/internal/errtree"
	"github.com/reprise-go/reprise/policy"
)

// Receive subscribes, and subscribes again when the connection is lost. A subscription that the server has
// confirmed is a success, whose end begins a new operation: the policy's retries, time and delays count from there. What
// was published in between is not received.
func (c *client) Receive(ctx context.Context, subscribe rueidis.Completed, fn func(rueidis.PubSubMessage)) error {
	w := batch.Command(slices.Clone(subscribe.Commands()))
	op := policy.Op{Name: strings.ToLower(w[0]), Node: c.node, Replay: policy.ReplayFrom(ctx)}
	if op.Replay == 0 {
		op.Replay = classify.ReadOnly // to subscribe once more is what the caller wants
	}
	heard := &confirmed{Context: ctx}
	next, lost := subscribe, error(nil)
	for {
		stood, u := false, c.begin()
		op = policy.Op{Name: op.Name, Node: op.Node, Replay: op.Replay} // a new one, also to the budget
		err := u.loop(ctx, &op, func(ctx context.Context) error {
			if err := lost; err != nil {
				lost = nil
				return err
			}
			if c.closed.Load() {
				return closing()
			}
			before := c.dials.failures.Load()
			_, err := since(c.Client.Receive(heard, next, fn), before)
			if err == nil {
				return nil
			}
			next = resubscribe(c.B(), w)
			op.Node = c.at(err)
			failure := u.estimated(ctx, op.Replay, u.judge(ctx, w, err, false))
			if stood = heard.yes.Swap(false) && ctx.Err() == nil; stood {
				lost = failure
				return nil
			}
			return failure
		})
		switch {
		case stood:
		case err == nil:
			return nil
		case ctx.Err() != nil && errtree.Is(err, context.Cause(ctx)):
			return ctx.Err() // as rueidis has it
		default:
			return u.bare(err)
		}
	}
}

// confirmed is a context that hears of the confirmation of a subscription, besides the caller's own hook
// (rueidis.WithOnSubscriptionHook), which it calls.
type confirmed struct {
	context.Context
	yes atomic.Bool
}

// hookOnly is a context with a hook: the one key of which it knows the value is the hook's, which is not exported.
var hookOnly = rueidis.WithOnSubscriptionHook(context.Background(), func(rueidis.PubSubSubscription) {})

// Value returns the caller's value for the key, and for that of the hook one that hears as well.
func (c *confirmed) Value(key any) any {
	v := c.Context.Value(key)
	if hookOnly.Value(key) == nil {
		return v
	}
	own, _ := v.(func(rueidis.PubSubSubscription))
	return func(s rueidis.PubSubSubscription) {
		if strings.HasSuffix(s.Kind, "subscribe") && !strings.Contains(s.Kind, "unsub") {
			c.yes.Store(true)
		}
		if own != nil {
			own(s)
		}
	}
}
