package backoff

import "time"

// Linear waits min(Cap, Base·n) after the nth failure: with the zero value 8, 16,
// 24, 32 … 512, 512 ms.
type Linear struct {
	Base time.Duration // first delay, and what each failure adds; 0 means 8 ms
	Cap  time.Duration // longest delay; 0 means 512 ms, Uncapped none
}

// Delay returns min(Cap, Base·n).
func (l Linear) Delay(n int, _ time.Duration, _ float64) time.Duration {
	return timesInt(or(l.Base, defaultBase), failures(n), or(l.Cap, defaultCap))
}

// Validate refuses negative durations and a Cap below Base.
func (l Linear) Validate() error { return validateRange("Linear", l.Base, l.Cap) }

// String returns the text form, "linear(8ms,512ms)" for example. Fields left at
// zero are left out.
func (l Linear) String() string { return call("linear", duration(l.Base), duration(l.Cap)) }
