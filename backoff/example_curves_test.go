package backoff_test

import (
	"fmt"
	"time"

	"github.com/reprise-go/reprise/backoff"
)

func ExampleNoBackoff() {
	schedule(backoff.NoBackoff{}, 3)
	// Output:
	// 1 0s 0s
	// 2 0s 0s
	// 3 0s 0s
}

func ExampleConstant() {
	schedule(backoff.Constant(100*time.Millisecond), 3)
	// Output:
	// 1 100ms 100ms
	// 2 100ms 100ms
	// 3 100ms 100ms
}

func ExampleLinear() {
	schedule(backoff.Linear{Base: 100 * time.Millisecond, Cap: 350 * time.Millisecond}, 5)
	// Output:
	// 1 100ms 100ms
	// 2 200ms 200ms
	// 3 300ms 300ms
	// 4 350ms 350ms
	// 5 350ms 350ms
}

func ExampleFibonacci() {
	schedule(backoff.Fibonacci{Base: 10 * time.Millisecond, Cap: 100 * time.Millisecond}, 7)
	// Output:
	// 1 10ms 10ms
	// 2 10ms 10ms
	// 3 20ms 20ms
	// 4 30ms 30ms
	// 5 50ms 50ms
	// 6 80ms 80ms
	// 7 100ms 100ms
}

// The zero value is redis-py's ExponentialBackoff().
func ExampleExponential() {
	schedule(backoff.Exponential{}, 7)
	// Output:
	// 1 16ms 16ms
	// 2 32ms 32ms
	// 3 64ms 64ms
	// 4 128ms 128ms
	// 5 256ms 256ms
	// 6 512ms 512ms
	// 7 512ms 512ms
}

// A gentler growth. The first delay is Base·Factor.
func ExampleExponential_factor() {
	schedule(backoff.Exponential{Base: 100 * time.Millisecond, Cap: 500 * time.Millisecond, Factor: 1.5}, 5)
	// Output:
	// 1 150ms 150ms
	// 2 225ms 225ms
	// 3 337.5ms 337.5ms
	// 4 500ms 500ms
	// 5 500ms 500ms
}

func ExampleSequence() {
	var s backoff.Sequence
	fmt.Println(backoff.Validate(s))
	// Output:
	// backoff: Sequence has no delays; allowed: one or more
}

// The last delay repeats.
func ExampleNewSequence() {
	s := backoff.NewSequence(0, 50*time.Millisecond, time.Second)
	fmt.Println(s)
	schedule(s, 5)
	// Output:
	// sequence(0s,50ms,1s)
	// 1 0s 0s
	// 2 50ms 50ms
	// 3 1s 1s
	// 4 1s 1s
	// 5 1s 1s
}

// The range follows from the delay before. Here every draw was the longest.
func ExampleDecorrelated() {
	s := backoff.Decorrelated{}
	var prev time.Duration
	for n := 1; n <= 6; n++ {
		shortest, longest := s.Delay(n, prev, 0), s.Delay(n, prev, 1)
		fmt.Println(n, shortest, longest)
		prev = longest
	}
	// Output:
	// 1 8ms 8ms
	// 2 8ms 24ms
	// 3 8ms 72ms
	// 4 8ms 216ms
	// 5 8ms 512ms
	// 6 8ms 512ms
}
