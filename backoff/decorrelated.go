package backoff

import (
	"math"
	"time"
)

// Decorrelated draws each delay from a range that follows from the delay before it:
// uniform on [Base, min(Cap, max(Base, 3·prev))]. The first delay is Base. It is
// AWS's "decorrelated jitter" (Brooker, "Exponential Backoff And Jitter", 2015) with
// one difference: the range is cut at Cap before the draw, where AWS and redis-py
// clamp the drawn delay, so that in the end a third of the delays are exactly Cap.
// redis-py's form is Cap(Decorrelated{Base: b, Cap: Uncapped}, c).
type Decorrelated struct {
	Base time.Duration // shortest delay; 0 means 8 ms
	Cap  time.Duration // longest delay; 0 means 512 ms, Uncapped none
}

// Delay returns the u-quantile of the range that follows prev. n does not matter.
func (d Decorrelated) Delay(_ int, prev time.Duration, u float64) time.Duration {
	base, limit := or(d.Base, defaultBase), or(d.Cap, defaultCap)
	return between(base, min(limit, max(base, timesInt(prev, 3, math.MaxInt64))), u)
}

// Validate refuses negative durations and a Cap below Base.
func (d Decorrelated) Validate() error { return validateRange("Decorrelated", d.Base, d.Cap) }

// String returns the text form, "decorrelated(8ms,512ms)" for example. Fields left
// at zero are left out.
func (d Decorrelated) String() string {
	return call("decorrelated", duration(d.Base), duration(d.Cap))
}
