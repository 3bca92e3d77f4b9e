package backoff_test

import (
	"fmt"
	"time"

	"github.com/reprise-go/reprise/backoff"
)

// redis-py's FullJitterBackoff().
func ExampleFull() {
	schedule(backoff.Full(backoff.Exponential{}), 7)
	// Output:
	// 1 0s 16ms
	// 2 0s 32ms
	// 3 0s 64ms
	// 4 0s 128ms
	// 5 0s 256ms
	// 6 0s 512ms
	// 7 0s 512ms
}

// redis-py's EqualJitterBackoff().
func ExampleEqual() {
	schedule(backoff.Equal(backoff.Exponential{}), 7)
	// Output:
	// 1 8ms 16ms
	// 2 16ms 32ms
	// 3 32ms 64ms
	// 4 64ms 128ms
	// 5 128ms 256ms
	// 6 256ms 512ms
	// 7 256ms 512ms
}

// A quarter to both sides. The longest delay lies above the cap of the curve.
func ExampleSpread() {
	schedule(backoff.Spread(backoff.Exponential{Base: 50 * time.Millisecond, Cap: 400 * time.Millisecond}, 0.25), 4)
	// Output:
	// 1 75ms 125ms
	// 2 150ms 250ms
	// 3 300ms 500ms
	// 4 300ms 500ms
}

// Cap around Spread keeps the longest delay where the cap of the curve is.
func ExampleCap() {
	s := backoff.Spread(backoff.Exponential{Base: 50 * time.Millisecond, Cap: 400 * time.Millisecond}, 0.25)
	schedule(backoff.Cap(s, 400*time.Millisecond), 4)
	// Output:
	// 1 75ms 125ms
	// 2 150ms 250ms
	// 3 300ms 400ms
	// 4 300ms 400ms
}

// The default of redis-py 8, ExponentialWithJitterBackoff(base=0.01, cap=1), clamps
// what it has drawn. The last column is the share of clients that wait exactly the
// cap and return together; with the cap inside, on the right, nobody does.
func ExampleCap_redisPyExponentialWithJitter() {
	clamped := backoff.Cap(backoff.Full(backoff.Exponential{Base: 10 * time.Millisecond, Cap: backoff.Uncapped}), time.Second)
	drawn := backoff.Full(backoff.Exponential{Base: 10 * time.Millisecond, Cap: time.Second})

	fmt.Println("n  min max    at the cap  drawn below it")
	for n := 5; n <= 12; n++ {
		fmt.Printf("%-2d %v  %-6v %.2f        %.2f\n", n, clamped.Delay(n, 0, 0), clamped.Delay(n, 0, 1),
			shareAt(time.Second, clamped, n), shareAt(time.Second, drawn, n))
	}
	// Output:
	// n  min max    at the cap  drawn below it
	// 5  0s  320ms  0.00        0.00
	// 6  0s  640ms  0.00        0.00
	// 7  0s  1s     0.22        0.00
	// 8  0s  1s     0.61        0.00
	// 9  0s  1s     0.80        0.00
	// 10 0s  1s     0.90        0.00
	// 11 0s  1s     0.95        0.00
	// 12 0s  1s     0.98        0.00
}

// redis-py's DecorrelatedJitterBackoff() clamps what it has drawn. The last columns
// are the shares of clients that wait exactly the cap: its own, and those of
// Decorrelated{}, which cuts the range at the cap before it draws.
func ExampleCap_redisPyDecorrelatedJitter() {
	clamped := backoff.Cap(backoff.Decorrelated{Cap: backoff.Uncapped}, 512*time.Millisecond)
	atCap := sharesInARow(512*time.Millisecond, clamped, 30)
	cut := sharesInARow(512*time.Millisecond, backoff.Decorrelated{}, 30)

	fmt.Println("n  min max    at the cap  cut below it")
	var longest time.Duration
	for n := 1; n <= 30; n++ {
		shortest := clamped.Delay(n, longest, 0)
		longest = clamped.Delay(n, longest, 1)
		if n <= 6 || n%10 == 0 {
			fmt.Printf("%-2d %v %-6v %.2f        %.2f\n", n, shortest, longest, atCap[n-1], cut[n-1])
		}
	}
	// Output:
	// n  min max    at the cap  cut below it
	// 1  8ms 8ms    0.00        0.00
	// 2  8ms 24ms   0.00        0.00
	// 3  8ms 72ms   0.00        0.00
	// 4  8ms 216ms  0.00        0.00
	// 5  8ms 512ms  0.00        0.00
	// 6  8ms 512ms  0.02        0.00
	// 10 8ms 512ms  0.22        0.00
	// 20 8ms 512ms  0.33        0.00
	// 30 8ms 512ms  0.34        0.00
}
