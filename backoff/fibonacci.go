package backoff

import "time"

// Fibonacci waits min(Cap, Base·F(n)) after the nth failure, F being 1, 1, 2, 3, 5,
// 8 …: with the zero value 8, 8, 16, 24, 40, 64 … 512, 512 ms. It grows by 1.6 per
// failure, gentler than doubling.
type Fibonacci struct {
	Base time.Duration // first delay; 0 means 8 ms
	Cap  time.Duration // longest delay; 0 means 512 ms, Uncapped none
}

// Delay returns min(Cap, Base·F(n)).
func (f Fibonacci) Delay(n int, _ time.Duration, _ float64) time.Duration {
	return timesInt(or(f.Base, defaultBase), fibonacci(n), or(f.Cap, defaultCap))
}

// fibonacci returns the nth Fibonacci number, or the largest that a uint64 holds,
// which is more nanoseconds than a Duration does.
func fibonacci(n int) uint64 {
	const last = 93 // F(94) overflows
	var a, b uint64 = 0, 1
	for range min(failures(n), last) {
		a, b = b, a+b
	}
	return a
}

// Validate refuses negative durations and a Cap below Base.
func (f Fibonacci) Validate() error { return validateRange("Fibonacci", f.Base, f.Cap) }

// String returns the text form, "fibonacci(8ms,512ms)" for example. Fields left at
// zero are left out.
func (f Fibonacci) String() string { return call("fibonacci", duration(f.Base), duration(f.Cap)) }
