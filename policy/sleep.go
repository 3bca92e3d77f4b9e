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
	t, shared := timer(d)
	select {
	case <-t.C:
	case <-ctx.Done():
		t.Stop()
	}
	if shared { // stopped and, as timers are since Go 1.23, with nothing in its channel
		timers.Put(t)
	}
}

// timer returns a timer that fires after d, and whether others may have it later. One that is made in a bubble belongs there:
// to touch it from outside ends the program.
func timer(d time.Duration) (t *time.Timer, shared bool) {
	if bubbled() {
		return time.NewTimer(d), false
	}
	t, ok := timers.Get().(*time.Timer)
	if !ok {
		return time.NewTimer(d), true
	}
	t.Reset(d)
	return t, true
}

// bubbled reports whether the goroutine is in a testing/synctest bubble: there, and only
// there, the time has no monotonic reading (runtime.time_now says why).
func bubbled() bool {
	now := time.Now()
	return now == now.Round(0) // Round strips the monotonic reading
}
