package policy

import (
	"context"

	"github.com/reprise-go/reprise/classify"
)

type replayKey struct{}

// WithReplay returns a context under which the operations of every adapter have the given rung,
// whatever their commands say: classify.ReadOnly declares them safe to run any number of times,
// classify.Never that none is run again after an Ambiguous failure. It says nothing about failures
// before or without an execution, after which any operation is retried.
func WithReplay(ctx context.Context, rung classify.Replay) context.Context {
	return context.WithValue(ctx, replayKey{}, rung)
}

// ReplayFrom returns the rung that [WithReplay] put into the context, or 0 if none did. Adapters ask
// after a failure only.
func ReplayFrom(ctx context.Context) classify.Replay {
	rung, _ := ctx.Value(replayKey{}).(classify.Replay)
	return rung
}
