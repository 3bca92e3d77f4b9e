package policy_test

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/policy"
)

// byHand is the loop that people write instead: what a policy's cost is to be compared with.
func byHand(ctx context.Context, fn func(context.Context) error) error {
	var err error
	for range 4 {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err = fn(ctx); err == nil || !errors.Is(err, io.EOF) {
			return err
		}
	}
	return err
}

// byHandWaiting is the same with a delay.
func byHandWaiting(ctx context.Context, delay time.Duration, fn func(context.Context) error) error {
	var err error
	for range 4 {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err = fn(ctx); err == nil || !errors.Is(err, io.EOF) {
			return err
		}
		timer := time.NewTimer(delay)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return context.Cause(ctx)
		}
	}
	return err
}

// twice returns nil at every third call, io.EOF at the others.
func twice() func(context.Context) error {
	n := 0
	return func(context.Context) error {
		n++
		if n%3 != 0 {
			return io.EOF
		}
		return nil
	}
}

func succeed(context.Context) error { return nil }

// bench runs f one after the other, then in parallel; make gives each goroutine its own state.
func bench(b *testing.B, name string, make func(context.Context) func() error) {
	b.Run(name, func(b *testing.B) {
		b.ReportAllocs()
		f := make(b.Context())
		for b.Loop() {
			if err := f(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run(name+"Parallel", func(b *testing.B) {
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			f := make(b.Context())
			for pb.Next() {
				if err := f(); err != nil {
					b.Error(err)
				}
			}
		})
	})
}

func BenchmarkSuccess(b *testing.B) {
	r := policy.Retry{Retries: 3}
	bench(b, "ByHand", func(ctx context.Context) func() error {
		return func() error { return byHand(ctx, succeed) }
	})
	bench(b, "Do", func(ctx context.Context) func() error {
		return func() error { return r.Do(ctx, succeed) }
	})
	bench(b, "Value", func(ctx context.Context) func() error {
		return func() error {
			_, err := policy.Value(ctx, &r, func(context.Context) (int, error) { return 42, nil })
			return err
		}
	})
	bench(b, "Attempts", func(ctx context.Context) func() error {
		return func() error {
			var err error
			for range r.Attempts(ctx, &err) {
				err = succeed(ctx)
			}
			return err
		}
	})
	full := policy.Retry{Retries: 3, MaxElapsed: time.Minute, Budget: &policy.Budget{}, Observe: func(context.Context, policy.Event) {}}
	bench(b, "DoWithEverything", func(ctx context.Context) func() error {
		return func() error { return full.Do(ctx, succeed) }
	})
}

func BenchmarkFailTwice(b *testing.B) {
	bench(b, "ByHand", func(ctx context.Context) func() error {
		fn := twice()
		return func() error { return byHand(ctx, fn) }
	})
	bench(b, "ByHand1ns", func(ctx context.Context) func() error {
		fn := twice()
		return func() error { return byHandWaiting(ctx, 1, fn) }
	})
	for _, policies := range []struct {
		name string
		r    policy.Retry
	}{
		{"NoDelay", policy.Retry{Retries: 3, Backoff: backoff.NoBackoff{}}},
		{"Jitter1ns", policy.Retry{Retries: 3, Backoff: backoff.Full(backoff.Constant(1))}},
		{"Constant1ns", policy.Retry{Retries: 3, Backoff: backoff.Constant(1)}},
	} {
		r := policies.r
		bench(b, policies.name, func(ctx context.Context) func() error {
			fn := twice()
			return func() error { return r.Do(ctx, fn) }
		})
	}
}

func BenchmarkDecide(b *testing.B) {
	r := policy.Retry{Retries: 3}
	s := policy.State{Attempt: 1, Draw: 0.5}
	for _, err := range []error{io.EOF, errTransient, errPermanent} {
		b.Run(err.Error(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if d := r.Decide(s, err); d.Reason == policy.Succeeded {
					b.Fatal(d)
				}
			}
		})
	}
}
