package growth

import (
	"context"
	"fmt"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

func transient(err error) classify.Verdict {
	if err == nil {
		return classify.Verdict{}
	}
	return classify.Verdict{Class: classify.Transient}
}

func fail(context.Context) error { return io.EOF }

// BenchmarkWait is the begin and the cancellation of one wait beside n that go on: of a policy, and of the timer and the
// select that people write by hand. The context ends as the delay is told, so that the wait begins and ends at once.
func BenchmarkWait(b *testing.B) {
	for _, n := range []int{1, 10, 100, 1_000, 10_000, 100_000} {
		b.Run(fmt.Sprintf("lib=loop/n=%d", n), func(b *testing.B) {
			crowd(b, n)
			b.ReportAllocs()
			for b.Loop() {
				ctx, cancel := context.WithCancel(context.Background())
				if fail(ctx) == nil {
					b.Fatal("no failure")
				}
				cancel()
				timer := time.NewTimer(time.Hour)
				select {
				case <-timer.C:
					b.Fatal("an hour went by")
				case <-ctx.Done():
					timer.Stop()
				}
			}
		})
		b.Run(fmt.Sprintf("lib=reprise/n=%d", n), func(b *testing.B) {
			crowd(b, n)
			b.ReportAllocs()
			var cancel context.CancelFunc
			r := policy.Retry{Retries: 1, Classify: transient, Backoff: backoff.Func(func(int, time.Duration, float64) time.Duration {
				cancel()
				return time.Hour
			})}
			for b.Loop() {
				ctx, end := context.WithCancel(context.Background())
				cancel = end
				if r.Do(ctx, fail) == nil {
					b.Fatal("no failure")
				}
				end()
			}
		})
	}
}

// crowd has n operations wait until the benchmark ends. They wait for longer than what is measured, whose timer goes to the
// very front of theirs: that is its longest way.
func crowd(b *testing.B, n int) {
	b.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var waiting, all sync.WaitGroup
	waiting.Add(n)
	r := policy.Retry{
		Retries: 1, Classify: transient, Backoff: backoff.Constant(24 * time.Hour),
		Observe: func(_ context.Context, e policy.Event) {
			if e.Decision.Reason == policy.Retrying {
				waiting.Done()
			}
		},
	}
	for range n {
		all.Go(func() {
			// Each has a context of its own, as the requests of a server do.
			own, end := context.WithCancel(ctx)
			defer end()
			_ = r.Do(own, fail)
		})
	}
	waiting.Wait()
	b.Cleanup(func() { cancel(); all.Wait() })
}
