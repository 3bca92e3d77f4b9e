package backoff

import (
	"math"
	"strconv"
	"time"
)

// The bounds of redis-py's backoffs: DEFAULT_BASE and DEFAULT_CAP of its backoff.py.
// 8 ms is some ten round trips within a data centre, 512 ms what a person just
// notices.
const (
	defaultBase = 8 * time.Millisecond
	defaultCap  = 512 * time.Millisecond
)

// Exponential waits min(Cap, Base·Factorⁿ) after the nth failure: with the zero
// value 16, 32, 64, 128, 256, 512, 512 … ms. The first delay is Base·Factor, not
// Base: that is redis-py's numbering, where failures count from 1.
//
// It does not jitter; wrap it in [Full], [Equal] or [Spread] so that clients that
// failed together do not return together.
type Exponential struct {
	Base   time.Duration // 0 means 8 ms
	Cap    time.Duration // longest delay; 0 means 512 ms, Uncapped none
	Factor float64       // growth per failure, 1 or more; 0 means 2
}

// Delay returns min(Cap, Base·Factorⁿ).
func (e Exponential) Delay(n int, _ time.Duration, _ float64) time.Duration {
	base, limit := or(e.Base, defaultBase), or(e.Cap, defaultCap)
	k := failures(n)
	if e.Factor == 0 || e.Factor == 2 {
		// Shift, since powers of two need no rounding.
		if base > limit>>min(k, 63) { // the product is more, or no longer fits
			return max(limit, 0)
		}
		return max(base, 0) << k
	}
	return times(base, math.Pow(e.Factor, float64(k)), limit)
}

// Validate refuses negative durations, a Factor that is no number from 1 up, and a
// Cap below Base, which would make every delay the cap.
func (e Exponential) Validate() error {
	if e.Factor != 0 && (!finite(e.Factor) || e.Factor < 1) {
		return invalid("Exponential.Factor", e.Factor, "0 (meaning 2) or a finite number from 1 up")
	}
	return validateRange("Exponential", e.Base, e.Cap)
}

// String returns the text form, "exponential(8ms,512ms,1.5)" for example. Fields
// left at zero are left out.
func (e Exponential) String() string {
	factor := ""
	if e.Factor != 0 {
		factor = strconv.FormatFloat(e.Factor, 'g', -1, 64)
	}
	return call("exponential", duration(e.Base), duration(e.Cap), factor)
}

// validateRange checks the Base and Cap that most curves have.
func validateRange(name string, base, limit time.Duration) error {
	switch {
	case base < 0:
		return invalid(name+".Base", base, "0 (meaning 8ms) or more")
	case limit < 0:
		return invalid(name+".Cap", limit, "0 (meaning 512ms) or more")
	case or(limit, defaultCap) < or(base, defaultBase):
		return invalid(name+".Cap", or(limit, defaultCap), "Base ("+or(base, defaultBase).String()+") or more; Uncapped for none")
	}
	return nil
}
