package policy

import (
	"sync/atomic"
	"time"
)

// bucket holds what one node, or one client, has spent. All is counted in thousandths of a token, and time in
// milliseconds, so that a floor is exact: a token a second is a thousandth in each millisecond. It is full when zero.
//
// The level is on a scale that rises with time, as a floor pays in: at time t the tokens spent are level - rate*t, or
// none where that is negative. So a clock is read only where somebody takes.
type bucket struct {
	level atomic.Int64
	risen atomic.Int64 // rate*t when somebody last took: at most what it is now
}

// thousandths are what a token is counted in.
const thousandths = 1000

// take takes n of capacity, at a time at which the scale has risen to now, or reports that there is not as much.
func (b *bucket) take(n, capacity, now int64) bool {
	for {
		level := b.level.Load()
		spent := max(level-now, 0)
		if spent > capacity-n { // not spent+n, which may overflow
			return false
		}
		if b.level.CompareAndSwap(level, now+spent+n) {
			b.risen.Store(now)
			return true
		}
	}
}

// give puts n back. A bucket that is full is only read, so that successes do not fight over it; one that is fuller than
// full, by what a floor has paid in since somebody last took, is full to the next who takes.
func (b *bucket) give(n int64) {
	if b.level.Load() > b.risen.Load() {
		b.level.Add(-n)
	}
}

// spent returns what is spent when the scale has risen to now.
func (b *bucket) spent(now int64) int64 { return max(b.level.Load()-now, 0) }

// milliseconds is the time since a budget was first asked.
func milliseconds(began time.Time) int64 { return max(time.Since(began).Milliseconds(), 0) }
