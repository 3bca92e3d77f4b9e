package bench

import (
	"context"

	"github.com/eapache/go-resiliency/retrier"

	"github.com/reprise-go/reprise/proptest"
)

// Eapache is github.com/eapache/go-resiliency/retrier.
type Eapache struct{}

type eapacheClassifier struct{}

// Classify makes final what is.
func (eapacheClassifier) Classify(err error) retrier.Action {
	switch {
	case err == nil:
		return retrier.Succeed
	case proptest.IsFinal(err):
		return retrier.Fail
	}
	return retrier.Retry
}

// New returns a Retrier. There is no total time and no timeout of an attempt.
func (Eapache) New(s proptest.Spec) (*retrier.Retrier, bool) {
	delays := retrier.ConstantBackoff(s.Retries, s.Delay)
	if s.Cap > 0 {
		delays = retrier.LimitedExponentialBackoff(s.Retries, s.Delay, s.Cap)
	}
	r := retrier.New(delays, eapacheClassifier{})
	if s.Jitter {
		r.SetJitter(0.5)
	}
	return r, s.MaxElapsed == 0 && s.AttemptTimeout == 0
}

// Do calls RunCtx.
func (Eapache) Do(ctx context.Context, r *retrier.Retrier, fn func(context.Context) error) error {
	return r.RunCtx(ctx, fn)
}
