package cenkalti

import (
	v4 "github.com/cenkalti/backoff/v4"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/errtree"
	"github.com/reprise-go/reprise/policy"
)

// Classify is v4's opinion of errors: a *PermanentError, wherever it stands in the tree, is
// Permanent, and all others are worth a retry. Of these the ones that [classify.Default]
// knows not to have been executed are Transient. The others are Ambiguous, even where
// Default says Permanent or nothing: to v4 every operation may run again, and for Do that
// is so. In an adapter the rung of the command decides. The kind is Default's.
func Classify(err error) classify.Verdict { return classifier(err) }

var classifier = classify.First(
	// No kind, so that no entry in Retry.On makes it worth a retry.
	classify.As(func(*v4.PermanentError) classify.Verdict { return classify.Verdict{Class: classify.Permanent} }),
	others,
)

func others(err error) classify.Verdict {
	if err == nil {
		return classify.Verdict{}
	}
	v := classify.Verdict{Class: classify.Ambiguous}
	known := classify.Default(err)
	v.Kind = known.Kind
	switch known.Class {
	case classify.Transient, classify.Overloaded, classify.Redirect:
		// Not Overloaded or Redirect, which wait otherwise than v4.
		v.Class = classify.Transient
	}
	return v
}

// Mark wraps err with v4's Permanent if r finds it not worth a retry, by its Classify and
// On: for v4 loops that use [To], around what the operation returns. Other errors, nil and
// those marked already come back as they are. v4 takes the mark off before it returns
// the error.
func Mark(r policy.Retry, err error) error {
	if r.Decide(policy.State{}, err).Reason != policy.NotRetryable {
		return err
	}
	if _, marked := errtree.As[*v4.PermanentError](err); marked {
		return err
	}
	return v4.Permanent(err)
}
