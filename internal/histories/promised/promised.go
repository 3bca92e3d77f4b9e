// Package promised holds the drivers of histories to the laws of package proptest.
package promised

import (
	"context"
	"time"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/histories"
	"github.com/reprise-go/reprise/policy"
	"github.com/reprise-go/reprise/proptest"
)

// Timeout is how long the drivers wait for a reply.
const Timeout = 100 * time.Millisecond

// Within is how long a call may take. It is far more than four attempts need, so that a busy machine breaks no law.
const Within = 10 * time.Second

// Client returns a driver as a client with the promises of a policy.
func Client(open func(histories.Options) histories.Driver, r policy.Retry, addr string) proptest.Client {
	d := open(histories.Options{Addr: addr, Retry: r, Timeout: Timeout})
	c := proptest.Client{
		Do: func(ctx context.Context, args []string) (any, error) {
			r := d.Do(ctx, args)
			return r.Value, r.Err
		},
		Pipeline: func(ctx context.Context, cmds [][]string) []proptest.Result {
			return results(d.Pipeline(ctx, cmds))
		},
		Transaction: func(ctx context.Context, cmds [][]string) []proptest.Result {
			return results(d.Transaction(ctx, cmds))
		},
		Close: d.Close, Replay: r.Replay, Within: Within,
	}
	if r.Replay == 0 {
		c.Replay = classify.Idempotent
	}
	if n := r.Plan().Attempts; n != policy.Unlimited {
		c.Attempts = n
	}
	return c
}

func results(got []histories.Result) []proptest.Result {
	all := make([]proptest.Result, len(got))
	for i, r := range got {
		all[i] = proptest.Result(r)
	}
	return all
}
