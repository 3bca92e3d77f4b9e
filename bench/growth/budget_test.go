package growth

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"sync"
	"testing"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/policy"
)

// BenchmarkBudget is an operation of n goroutines that share a budget, in wall time per operation of all of them. A full
// bucket is only read, a success puts a token into one that is not, and a retry takes from it and gives back. Without a
// budget is what the same retry costs alone.
func BenchmarkBudget(b *testing.B) {
	for _, c := range []struct {
		op     string
		budget func() *policy.Budget
		fails  bool
	}{
		{"success-full", func() *policy.Budget { return &policy.Budget{} }, false},
		{"success-refund", drained, false},
		{"retry", func() *policy.Budget { return &policy.Budget{Capacity: 1e9} }, true},
		{"retry-without", func() *policy.Budget { return nil }, true},
	} {
		for _, n := range []int{1, 2, 4, 8, 16, 32, 64} {
			b.Run(fmt.Sprintf("op=%s/n=%d", c.op, n), func(b *testing.B) {
				failures := 0
				if c.fails {
					failures = 1
				}
				together(b, n, policy.Retry{Budget: c.budget()}, failures)
			})
		}
	}
}

// BenchmarkCores is an operation of n goroutines on as many processors that share a policy, in wall time per operation of
// all of them: half for twice as many is linear.
func BenchmarkCores(b *testing.B) {
	for _, c := range []struct {
		op       string
		budget   func() *policy.Budget
		failures int
	}{
		{"success", func() *policy.Budget { return nil }, 0},
		{"fail-twice", func() *policy.Budget { return nil }, 2},
		{"success-full", func() *policy.Budget { return &policy.Budget{} }, 0},
		{"success-refund", drained, 0},
		{"fail-twice-budget", func() *policy.Budget { return &policy.Budget{Capacity: 1e9} }, 2},
	} {
		for n := 1; n <= runtime.NumCPU(); n *= 2 {
			b.Run(fmt.Sprintf("op=%s/n=%d", c.op, n), func(b *testing.B) {
				defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(n))
				together(b, n, policy.Retry{Budget: c.budget()}, c.failures)
			})
		}
	}
}

// together has n goroutines share the operations, which fail so many times before they succeed, and the policy.
func together(b *testing.B, n int, r policy.Retry, failures int) {
	b.Helper()
	b.ReportAllocs()
	r.Retries, r.Backoff, r.Classify = failures, backoff.NoBackoff{}, transient
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			calls := 0
			fn := func(context.Context) error {
				if calls++; calls%(failures+1) != 0 {
					return io.EOF
				}
				return nil
			}
			share := b.N / n
			if i < b.N%n {
				share++
			}
			for range share {
				if err := r.Do(context.Background(), fn); err != nil {
					b.Error(err)
				}
			}
		})
	}
	all.Wait()
}

// drained returns a bucket from which so much has been taken that no benchmark fills it.
func drained() *policy.Budget {
	budget := &policy.Budget{Capacity: 1e9, Cost: 1e9, Floor: policy.NoFloor}
	r := policy.Retry{Retries: 1, Backoff: backoff.NoBackoff{}, Classify: transient, Budget: budget}
	_ = r.Do(context.Background(), fail) // pays for a retry that fails
	return budget
}
