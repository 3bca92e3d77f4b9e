package backoff

import (
	"math"
	"math/bits"
	"time"
)

// between returns the u-quantile of the uniform distribution on [lo, hi], to the
// nearest nanosecond. It is exact at both ends, nondecreasing in each argument, and
// takes any input: u is clamped to [0, 1], NaN counting as 0, and the bounds to
// 0 <= lo <= hi.
func between(lo, hi time.Duration, u float64) time.Duration {
	hi = max(hi, 0)
	lo = min(max(lo, 0), hi)
	switch {
	case u >= 1:
		return hi
	case u > 0:
		// In whole numbers, u being bits after the point: above 2^53 ns (104 days) a
		// float product is rounded, and the quantiles of a wrapper around another random
		// strategy would go back by some nanoseconds here and there. 63 bits, since to make a
		// uint64 of a float takes a branch that no processor foresees: a third of the time.
		whole, rest := bits.Mul64(uint64(hi-lo), uint64(int64(u*(1<<63)))<<1)
		return lo + time.Duration(whole+rest>>63)
	}
	return lo
}

// times returns d·x, never below 0 and never above limit.
func times(d time.Duration, x float64, limit time.Duration) time.Duration {
	if x == 1 {
		return max(min(d, limit), 0) // float64(d) is not d where it has more than 53 bits
	}
	p := float64(d) * x
	// Compare as floats: beyond the limit the product may no longer fit a Duration.
	// Written so that NaN, infinity times nothing, is the limit.
	if !(p < float64(limit)) {
		return max(limit, 0)
	}
	return time.Duration(max(p, 0))
}

// timesInt is [times] for a whole number, without rounding.
func timesInt(d time.Duration, k uint64, limit time.Duration) time.Duration {
	if d <= 0 || limit <= 0 || k == 0 {
		return 0
	}
	if k > uint64(limit/d) {
		return limit
	}
	return d * time.Duration(k)
}

// failures counts n from 0 up: Delay is asked for n >= 1, and 0 is the step before.
func failures(n int) uint64 { return uint64(max(n, 0)) }

// or returns d, or the default where d is 0.
func or(d, def time.Duration) time.Duration {
	if d == 0 {
		return def
	}
	return d
}

// finite reports whether x is a number that arithmetic can use.
func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
