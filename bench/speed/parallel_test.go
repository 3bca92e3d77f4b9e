package speed

import (
	"context"
	"testing"

	"github.com/reprise-go/reprise/policy"
)

// budgeted returns Reprise with a budget that all its goroutines share. It is so large that it does not run dry: a
// success after two retries gives back only one of them, and without tokens there is less work to do.
func budgeted() Column {
	return Column{Name: "reprise-budget", Shared: true, Do: func(w Work) Do {
		r := reprise(w)
		r.Budget = &policy.Budget{Capacity: 1e9}
		return r.Do
	}}
}

// parallel runs the benchmark for each column on all processors at once: run it with -cpu 1,2,4 … to see what sharing
// costs. As in a server, the goroutines share the policy, if they may, and have a context each.
func parallel(b *testing.B, w Work, operation func() func(context.Context) error) {
	for _, c := range append(Columns[:len(Columns):len(Columns)], budgeted()) {
		b.Run("lib="+c.Name, func(b *testing.B) {
			b.ReportAllocs()
			shared := c.Do(w)
			b.RunParallel(func(pb *testing.PB) {
				ctx, cancel := context.WithCancel(b.Context())
				defer cancel()
				do, fn := shared, operation()
				if !c.Shared {
					do = c.Do(w)
				}
				for pb.Next() {
					if err := do(ctx, fn); err != nil {
						b.Error(err) // not Fatal, which is for the goroutine of the benchmark
						return
					}
				}
			})
		})
	}
}

func BenchmarkParallelSuccess(b *testing.B) { parallel(b, usual, succeed) }

func BenchmarkParallelFailTwice(b *testing.B) { parallel(b, Work{Retries: 3}, failTwice) }
