package backoff

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// Strategy says how long to wait after a failure. Implementations are pure: the
// same arguments give the same delay, and calls from many goroutines are safe.
type Strategy interface {
	// Delay returns the u-quantile of the delay that follows the nth failure in a
	// row, n >= 1. prev is the delay before the attempt that failed, 0 if it was
	// the first. u is in [0, 1], and Delay is nondecreasing in it. The delay is
	// never negative.
	Delay(n int, prev time.Duration, u float64) time.Duration
}

// Uncapped is the Cap of a strategy that shall have none: the longest Duration,
// some 292 years.
const Uncapped time.Duration = math.MaxInt64

// Default is used where a policy names no strategy: [Full] over the zero
// [Exponential]. It is redis-py's FullJitterBackoff with its defaults, 8 ms and
// 512 ms, and keeps its jitter at the cap.
var Default Strategy = Full(Exponential{})

// Func turns a function into a [Strategy]. It must be pure, as Strategy demands.
// A nil Func waits nothing and is refused by [Validate]. Unlike the other
// strategies a Func can neither be compared nor be read back by [Parse].
type Func func(n int, prev time.Duration, u float64) time.Duration

// Delay calls f. It returns 0 if f returns less.
func (f Func) Delay(n int, prev time.Duration, u float64) time.Duration {
	if f == nil {
		return 0
	}
	return max(f(n, prev, u), 0)
}

// Validate refuses a nil f.
func (f Func) Validate() error {
	if f == nil {
		return errors.New("backoff: Func is nil; allowed: a function")
	}
	return nil
}

// String returns "func": a function has no text form.
func (f Func) String() string { return "func" }

// Validate reports what is wrong with the fields of s and of all that it wraps: an
// error that names the field, its value and what is allowed. A strategy without a
// Validate method of its own passes; nil does not.
func Validate(s Strategy) error {
	if s == nil {
		return errors.New("backoff: strategy is nil; allowed: any Strategy")
	}
	if v, ok := s.(interface{ Validate() error }); ok {
		return v.Validate()
	}
	return nil
}

// invalid describes one bad field.
func invalid(field string, value any, allowed string) error {
	return fmt.Errorf("backoff: %s is %v; allowed: %s", field, value, allowed)
}
