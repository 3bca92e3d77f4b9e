package growth

import (
	"context"
	"fmt"
	"io"
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
		{"retry", func() *policy.Budget { return &policy.Budget{Capacity: 1 << 40} }, true},
		{"retry-without", func() *policy.Budget { return nil }, true},
	} {
		for _, n := range []int{1, 2, 4, 8, 16, 32, 64} {
			b.Run(fmt.Sprintf("op=%s/n=%d", c.op, n), func(b *testing.B) {
				b.ReportAllocs()
				r := policy.Retry{Retries: 1, Backoff: backoff.NoBackoff{}, Classify: transient, Budget: c.budget()}
				var all sync.WaitGroup
				for i := range n {
					all.Go(func() {
						calls := 0
						fn := func(context.Context) error {
							if calls++; c.fails && calls%2 == 1 {
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
			})
		}
	}
}

// drained returns a bucket from which so much has been taken that no benchmark fills it.
func drained() *policy.Budget {
	budget := &policy.Budget{Capacity: 1 << 40, Cost: 1 << 38}
	r := policy.Retry{Retries: 1, Backoff: backoff.NoBackoff{}, Classify: transient, Budget: budget}
	_ = r.Do(context.Background(), fail) // pays for a retry that fails
	return budget
}
