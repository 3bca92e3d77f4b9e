package bench

import (
	"context"
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
		if err = fn(ctx); err == nil || proptest.IsFinal(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(s.Delay):
		}
	}
	return err
}
