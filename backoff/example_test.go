package backoff_test

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/reprise-go/reprise/backoff"
)

// schedule prints the shortest and the longest delay after each of the first failures.
func schedule(s backoff.Strategy, failures int) {
	for n := 1; n <= failures; n++ {
		fmt.Println(n, s.Delay(n, 0, 0), s.Delay(n, 0, 1))
	}
}

// A strategy is asked with a draw; the loop that sleeps also throws the dice. u=0
// and u=1 give the bounds without any dice.
func Example() {
	s := backoff.Full(backoff.Exponential{Base: 10 * time.Millisecond, Cap: time.Second})

	d := s.Delay(3, 0, rand.Float64())
	fmt.Println(d >= s.Delay(3, 0, 0), d <= s.Delay(3, 0, 1))

	var worst time.Duration
	for n := 1; n <= 5; n++ {
		worst += s.Delay(n, 0, 1)
	}
	fmt.Println("five retries wait", worst, "at most")
	// Output:
	// true true
	// five retries wait 620ms at most
}

// Any type with a Delay method is a Strategy. This one waits less at night.
func ExampleStrategy() {
	var s backoff.Strategy = byDay{quiet: true}
	schedule(backoff.Full(s), 3)
	// Output:
	// 1 0s 100ms
	// 2 0s 200ms
	// 3 0s 300ms
}

type byDay struct{ quiet bool }

func (b byDay) Delay(n int, _ time.Duration, _ float64) time.Duration {
	if b.quiet {
		return time.Duration(n) * 100 * time.Millisecond
	}
	return time.Duration(n) * time.Second
}

// Quadratic growth, which has no type here.
func ExampleFunc() {
	s := backoff.Func(func(n int, _ time.Duration, _ float64) time.Duration {
		n = min(n, 1000) // a square overflows as well
		return time.Duration(n*n) * 10 * time.Millisecond
	})
	schedule(backoff.Equal(backoff.Cap(s, 200*time.Millisecond)), 5)
	// Output:
	// 1 5ms 10ms
	// 2 20ms 40ms
	// 3 45ms 90ms
	// 4 80ms 160ms
	// 5 100ms 200ms
}

// What a policy uses that names no strategy.
func ExampleDefault() {
	fmt.Println(backoff.Default)
	schedule(backoff.Default, 7)
	// Output:
	// full(exponential)
	// 1 0s 16ms
	// 2 0s 32ms
	// 3 0s 64ms
	// 4 0s 128ms
	// 5 0s 256ms
	// 6 0s 512ms
	// 7 0s 512ms
}

// Without a cap the delays double until a Duration is full, and stay there.
func ExampleUncapped() {
	s := backoff.Exponential{Base: time.Second, Cap: backoff.Uncapped}
	for _, n := range []int{1, 10, 20, 33, 34, 1_000_000} {
		fmt.Println(n, s.Delay(n, 0, 0))
	}
	// Output:
	// 1 2s
	// 10 17m4s
	// 20 291h16m16s
	// 33 2386092h56m32s
	// 34 2562047h47m16.854775807s
	// 1000000 2562047h47m16.854775807s
}
