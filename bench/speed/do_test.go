package speed

import (
	"context"
	"io"
	"testing"
	"time"
)

// serial runs the benchmark for each column, with a policy that is made beforehand.
func serial(b *testing.B, w Work, operation func() func(context.Context) error, want error) {
	for _, c := range Columns {
		b.Run("lib="+c.Name, func(b *testing.B) {
			b.ReportAllocs()
			ctx, cancel := context.WithCancel(b.Context()) // as a server has it: a context that may end
			defer cancel()
			do, fn := c.Do(w), operation()
			for b.Loop() {
				if err := do(ctx, fn); (err != nil) != (want != nil) {
					b.Fatal(err)
				}
			}
		})
	}
}

func succeed() func(context.Context) error { return func(context.Context) error { return nil } }

// failTwice fails at two of three calls.
func failTwice() func(context.Context) error {
	n := 0
	return func(context.Context) error {
		if n++; n%3 != 0 {
			return io.EOF
		}
		return nil
	}
}

func fail() func(context.Context) error { return func(context.Context) error { return io.EOF } }

// usual is the policy under which nothing fails.
var usual = Work{Retries: 3, Delay: 100 * time.Millisecond, Jitter: true}

func BenchmarkSuccess(b *testing.B) { serial(b, usual, succeed, nil) }

func BenchmarkValue(b *testing.B) {
	fn := func(context.Context) (int, error) { return 42, nil }
	for _, c := range Columns {
		if c.Value == nil {
			continue
		}
		b.Run("lib="+c.Name, func(b *testing.B) {
			b.ReportAllocs()
			ctx, cancel := context.WithCancel(b.Context())
			defer cancel()
			value := c.Value(usual)
			for b.Loop() {
				if v, err := value(ctx, fn); v != 42 || err != nil {
					b.Fatal(v, err)
				}
			}
		})
	}
}

func BenchmarkFailTwice(b *testing.B) { serial(b, Work{Retries: 3}, failTwice, nil) }

func BenchmarkFailTwiceJitter(b *testing.B) {
	serial(b, Work{Retries: 3, Delay: 1, Jitter: true}, failTwice, nil)
}

func BenchmarkExhaust(b *testing.B) { serial(b, Work{Retries: 3}, fail, io.EOF) }
