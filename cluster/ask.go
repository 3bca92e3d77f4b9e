package cluster

import (
	"context"
	"errors"
	"time"
)

// patience is how long AskSeeds gives a seed before it asks the next as well, if its context has no deadline: the
// Connection Attempt Delay of RFC 8305.
const patience = 250 * time.Millisecond

// AskSeeds asks one seed after the other until one answers, and returns the answer: it is what a [Topology] makes of
// the seeds it is given. The next one is asked when one has failed; and one that says nothing holds up the others for a
// moment only: of the time until ctx ends, half is spread over the seeds, so that the last one, too, has half of it to
// answer. Without a deadline the moment is 250 ms.
//
// When one has answered the contexts of the others end. If none does, the error is that of the last to fail, or the
// cause of ctx. ask is called by several goroutines; it must return when its ctx ends.
func AskSeeds[T any](ctx context.Context, seeds []string, ask func(ctx context.Context, addr string) (T, error)) (T, error) {
	var none T
	if len(seeds) == 0 {
		return none, errors.New("cluster: there are no seeds; allowed: one address or more")
	}
	if ctx.Err() != nil {
		return none, context.Cause(ctx)
	}
	pause := patience
	if at, ok := ctx.Deadline(); ok {
		pause = max(time.Until(at)/time.Duration(2*len(seeds)), 1)
	}
	ctx, end := context.WithCancel(ctx)
	defer end()
	type answer struct {
		value T
		err   error
	}
	answers := make(chan answer, len(seeds)) // nobody waits for those that come too late
	next := time.NewTimer(pause)
	defer next.Stop()
	asked := 0
	another := func() {
		if asked == len(seeds) {
			return
		}
		go func(addr string) {
			v, err := ask(ctx, addr)
			answers <- answer{v, err}
		}(seeds[asked])
		asked++
		next.Reset(pause)
	}
	another()
	for failed := 0; ; {
		select {
		case <-next.C:
			another()
		case a := <-answers:
			if a.err == nil || failed == len(seeds)-1 {
				return a.value, a.err
			}
			failed++
			another()
		case <-ctx.Done():
			return none, context.Cause(ctx)
		}
	}
}
