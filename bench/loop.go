package bench

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/reprise-go/reprise/proptest"
)

// Loop is the loop that people write by hand.
type Loop struct{}

// New returns the spec, but for the total time, which they leave out.
func (Loop) New(s proptest.Spec) (proptest.Spec, bool) { return s, s.MaxElapsed == 0 }

// Do is the loop.
func (Loop) Do(ctx context.Context, s proptest.Spec, fn func(context.Context) error) (err error) {
	for i := 0; i <= s.Retries; i++ {
		if err = attempt(ctx, s, fn); err == nil || proptest.IsFinal(err) {
			return err
		}
		delay := s.Delay
		if s.Cap > 0 {
			delay = min(s.Delay<<i, s.Cap)
		}
		if s.Jitter {
			delay = rand.N(delay)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(delay):
		}
	}
	return err
}

// attempt runs fn in its time.
func attempt(ctx context.Context, s proptest.Spec, fn func(context.Context) error) error {
	if s.AttemptTimeout > 0 {
		own, cancel := context.WithTimeout(ctx, s.AttemptTimeout)
		defer cancel()
		return fn(own)
	}
	return fn(ctx)
}
