package backoff

import "time"

// NoBackoff waits nothing: the next attempt follows at once. It is redis-py's
// NoBackoff, which loops run without a timer.
type NoBackoff struct{}

// Delay returns 0.
func (NoBackoff) Delay(int, time.Duration, float64) time.Duration { return 0 }

// String returns "none".
func (NoBackoff) String() string { return "none" }

// Constant waits the same time after each failure. Constant(0) waits as
// [NoBackoff] does.
type Constant time.Duration

// Delay returns c, or 0 if c is negative.
func (c Constant) Delay(int, time.Duration, float64) time.Duration {
	return max(time.Duration(c), 0)
}

// Validate refuses a negative c.
func (c Constant) Validate() error {
	if c < 0 {
		return invalid("Constant", time.Duration(c), "0 or more")
	}
	return nil
}

// String returns the text form, "constant(100ms)" for example.
func (c Constant) String() string { return call("constant", time.Duration(c).String()) }
