package speed

import (
	"bytes"
	"context"
	"io"
	"regexp"
	"runtime"
	"slices"
	"testing"
	"time"
)

// BenchmarkCancel is how long a call that waits for its next attempt takes to return when its context is cancelled: the
// median. It is mostly the price of waking a goroutine, and on an idle processor of waking a thread.
func BenchmarkCancel(b *testing.B) {
	for _, c := range Waiting {
		b.Run("lib="+c.Name, func(b *testing.B) {
			do := c.Do(Work{Retries: 3, Delay: 30 * time.Second})
			var took []time.Duration
			for b.Loop() {
				took = append(took, cancelOne(b, do))
			}
			slices.Sort(took)
			// In place of the time for all of it, which is mostly that for seeing that the call waits.
			b.ReportMetric(float64(took[len(took)/2]), "ns/op")
		})
	}
}

// cancelOne runs an operation that fails, and cancels it while it waits.
func cancelOne(b *testing.B, do Do) time.Duration {
	b.Helper()
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	failed, returned := make(chan struct{}), make(chan time.Time, 1)
	go waitingCall(func() {
		_ = do(ctx, func(context.Context) error {
			close(failed) // a second attempt would panic
			return io.EOF
		})
		returned <- time.Now()
	})
	<-failed
	for !waits() {
		select {
		case <-returned:
			b.Fatal("the call has returned, and did not wait for its context")
		default:
			runtime.Gosched()
		}
	}
	start := time.Now()
	cancel()
	return (<-returned).Sub(start)
}

// waitingCall is there to be found by its name.
//
//go:noinline
func waitingCall(f func()) { f() }

var (
	stacks = make([]byte, 1<<20)
	// parked is the first line of a goroutine that waits for its context: they do it in a select, or as the measure for
	// it alone.
	parked = regexp.MustCompile(`^goroutine \d+( gp=\S+ m=\S+ mp=\S+)? \[(select|chan receive)\]`)
)

// waits reports whether the call is parked: whatever it had to do before the delay is done. The scheduler knows, and a
// stack trace says it.
func waits() bool {
	text := stacks[:runtime.Stack(stacks, true)]
	for one := range bytes.SplitSeq(text, []byte("\n\n")) {
		if bytes.Contains(one, []byte("speed.waitingCall(")) && parked.Match(one) {
			return true
		}
	}
	return false
}
