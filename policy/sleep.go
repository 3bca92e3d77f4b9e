package policy

import (
	"context"
	"sync"
	"time"
)

// timers holds stopped timers for the next who sleeps: a new one costs three allocations.
// None of them belongs to a synctest bubble.
var timers sync.Pool

// sleep returns after d or when ctx ends, whichever comes first.
func sleep(ctx context.Context, d time.Duration) {
	if ctx.Done() == nil {
		time.Sleep(d)
		return
	}
	if bubbled() {
		// A timer belongs to the bubble that it was made in; to touch it from outside ends the program.
		t := time.NewTimer(d)
		await(ctx, t)
		return
	}
	t, ok := timers.Get().(*time.Timer)
	if ok {
		t.Reset(d)
	} else {
		t = time.NewTimer(d)
	}
	await(ctx, t)
	timers.Put(t)
}

// await leaves t stopped and, as timers are since Go 1.23, with nothing in its channel.
func await(ctx context.Context, t *time.Timer) {
	select {
	case <-t.C:
	case <-ctx.Done():
		t.Stop()
	}
}

// bubbled reports whether the goroutine is in a testing/synctest bubble: there, and only
// there, the time has no monotonic reading (runtime.time_now says why).
func bubbled() bool {
	now := time.Now()
	return now == now.Round(0) // Round strips the monotonic reading
}
