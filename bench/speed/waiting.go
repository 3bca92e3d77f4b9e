package speed

import (
	"context"
	"slices"
	"time"
)

// Waiting are the columns for what happens during a delay. The measures are others than those of Columns, of which bare
// does not wait and loop cannot be woken: a goroutine that is parked until its context ends, one that has a timer as well,
// and a loop that selects between the two. A library that has one context for all operations cannot have one cancelled.
var Waiting = slices.Concat([]Column{
	{Name: "goroutine", Do: parkedDo, Shared: true, Measure: true},
	{Name: "goroutine-timer", Do: timedDo, Shared: true, Measure: true},
	{Name: "loop-timer", Do: loopTimerDo, Shared: true, Measure: true},
}, slices.DeleteFunc(slices.Clone(Columns), func(c Column) bool {
	return c.Measure || c.Name == "avast-v5-one-context"
}))

func parkedDo(Work) Do {
	return func(ctx context.Context, fn func(context.Context) error) error {
		err := fn(ctx)
		<-ctx.Done()
		return err
	}
}

func timedDo(w Work) Do {
	return func(ctx context.Context, fn func(context.Context) error) error {
		err := fn(ctx)
		t := time.NewTimer(w.Delay)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
		}
		return err
	}
}

// loopTimerDo is loopDo with a delay that ends with the context.
func loopTimerDo(w Work) Do {
	return func(ctx context.Context, fn func(context.Context) error) (err error) {
		for n := 0; n <= w.Retries; n++ {
			if n > 0 {
				t := time.NewTimer(w.Delay)
				select {
				case <-t.C:
				case <-ctx.Done():
					t.Stop()
					return ctx.Err()
				}
			}
			if err = fn(ctx); err == nil {
				return nil
			}
		}
		return err
	}
}
