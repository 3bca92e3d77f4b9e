package speed

import (
	"context"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

// reprise returns the policy. All errors are worth a retry, as to the other libraries.
func reprise(w Work) *policy.Retry {
	r := policy.Retry{Retries: w.Retries, Backoff: backoff.NoBackoff{}, Classify: always}
	switch {
	case w.Delay > 0 && w.Jitter:
		r.Backoff = backoff.Full(backoff.Constant(w.Delay))
	case w.Delay > 0:
		r.Backoff = backoff.Constant(w.Delay)
	}
	return &r
}

func always(err error) classify.Verdict {
	if err == nil {
		return classify.Verdict{}
	}
	return classify.Verdict{Class: classify.Transient}
}

func repriseDo(w Work) Do { return reprise(w).Do }

func repriseValue(w Work) Value {
	r := reprise(w)
	return func(ctx context.Context, fn func(context.Context) (int, error)) (int, error) {
		return policy.Value(ctx, r, fn)
	}
}
