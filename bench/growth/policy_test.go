package growth

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/policy"
)

var attempts = []int{1, 10, 100, 1_000, 10_000}

// sequence returns a backoff with n delays of its own.
func sequence(n int) backoff.Strategy {
	return backoff.NewSequence(slices.Repeat([]time.Duration{time.Millisecond}, n)...)
}

// BenchmarkParse is the text of a policy with n retries, and of one with a list of n delays, which is as long as they are many.
func BenchmarkParse(b *testing.B) {
	for _, c := range []struct {
		text string
		of   func(n int) string
	}{
		{"number", func(n int) string { return fmt.Sprintf("retries=%d backoff=full(exponential(8ms,512ms))", n) }},
		{"list", func(n int) string {
			return fmt.Sprintf("retries=%d backoff=sequence(1ms%s)", n, strings.Repeat(",1ms", n-1))
		}},
	} {
		for _, n := range attempts {
			b.Run(fmt.Sprintf("text=%s/n=%d", c.text, n), func(b *testing.B) {
				b.ReportAllocs()
				text := c.of(n)
				for b.Loop() {
					if _, err := policy.Parse(text); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkPlan is the plan of a policy with n retries.
func BenchmarkPlan(b *testing.B) {
	for _, c := range []struct {
		name string
		of   func(n int) backoff.Strategy
	}{
		{"exponential", func(int) backoff.Strategy { return backoff.Full(backoff.Exponential{}) }},
		{"fibonacci", func(int) backoff.Strategy { return backoff.Fibonacci{} }},
		{"sequence", sequence},
	} {
		for _, n := range attempts {
			b.Run(fmt.Sprintf("backoff=%s/n=%d", c.name, n), func(b *testing.B) {
				b.ReportAllocs()
				r := policy.Retry{Retries: n, Backoff: c.of(n)}
				for b.Loop() {
					if p := r.Plan(); p.Attempts != n+1 {
						b.Fatal(p)
					}
				}
			})
		}
	}
}

// BenchmarkFailure is an operation that is canceled after its first failure, under a policy with n retries: what the number of
// retries costs one who makes none of them.
func BenchmarkFailure(b *testing.B) {
	for _, c := range []struct {
		name string
		of   func(n int) backoff.Strategy
	}{
		{"exponential", func(int) backoff.Strategy { return backoff.Full(backoff.Exponential{}) }},
		{"sequence", sequence},
	} {
		for _, n := range attempts {
			b.Run(fmt.Sprintf("backoff=%s/n=%d", c.name, n), func(b *testing.B) {
				b.ReportAllocs()
				r := policy.Retry{Retries: n, Backoff: c.of(n), Classify: transient}
				for b.Loop() {
					ctx, cancel := context.WithCancel(context.Background())
					if r.Do(ctx, func(ctx context.Context) error { cancel(); return fail(ctx) }) == nil {
						b.Fatal("no failure")
					}
				}
			})
		}
	}
}
