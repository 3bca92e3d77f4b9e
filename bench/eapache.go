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

// New returns a Retrier. There is no total time.
func (Eapache) New(s proptest.Spec) (*retrier.Retrier, bool) {
	return retrier.New(retrier.ConstantBackoff(s.Retries, s.Delay), eapacheClassifier{}), s.MaxElapsed == 0
}

// Do calls RunCtx.
func (Eapache) Do(ctx context.Context, r *retrier.Retrier, fn func(context.Context) error) error {
	return r.RunCtx(ctx, fn)
}
