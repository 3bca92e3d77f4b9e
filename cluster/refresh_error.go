package cluster

import (
	"fmt"
	"strings"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/errtree"
)

// RefreshError is why an operation got no newer slot map. It consumes a cycle, as a failure of a node does, unless
// it is permanent.
type RefreshError struct {
	// Seeds are the nodes that were asked.
	Seeds []string
	// Err is why none of them gave a map.
	Err error
	// Cause is the failure of the operation that had made the refresh necessary; nil if it was to be the first.
	Cause error
}

// Error returns both, and names the seeds.
func (e *RefreshError) Error() string {
	text := fmt.Sprintf("cluster: no slot map from %s: %v", strings.Join(e.Seeds, ", "), e.Err)
	if e.Cause != nil {
		text += fmt.Sprintf("; needed after: %v", e.Cause)
	}
	return text
}

// Unwrap returns both.
func (e *RefreshError) Unwrap() []error {
	if e.Cause == nil {
		return []error{e.Err}
	}
	return []error{e.Err, e.Cause}
}

// settling returns a classifier that knows the errors of this package besides those of.
func settling(of classify.Func) classify.Func {
	return func(err error) classify.Verdict {
		if _, moving := errtree.As[*motionError](err); moving {
			return classify.Verdict{Class: classify.Transient, Kind: classify.TryAgain}
		}
		if e, ok := errtree.As[*RefreshError](err); ok {
			return unread(of)(e.Err)
		}
		if e, ok := errtree.As[*timeoutError](err); ok {
			return overdue(of(e.error))
		}
		return of(err)
	}
}

// timeoutError is what came of an attempt whose own time was over, while its caller's was not.
type timeoutError struct{ error }

// Unwrap returns what the attempt returned.
func (t *timeoutError) Unwrap() error { return t.error }

// returned is what the attempt returned, which callers may compare with ==.
func returned(err error) error {
	if t, ok := err.(*timeoutError); ok { //nolint:errorlint // a loop returns it unwrapped
		return t.error
	}
	return err
}

// overdue is the verdict of such an attempt: it is the loop over the attempts that knows what a context's end means there,
// and the one over the cycles has to be told.
func overdue(v classify.Verdict) classify.Verdict {
	if v.Kind == classify.Canceled {
		v = classify.Verdict{Class: classify.Ambiguous, Kind: classify.Timeout}
	}
	return v
}

// unread returns the classifier for errors of a refresh. It reads only, so that whatever is not permanent is worth
// another try; and what nobody knows, a driver's "no seed answered" perhaps, is no reason to give up.
func unread(of classify.Func) classify.Func {
	return func(err error) classify.Verdict {
		v := of(err)
		if v.Class != classify.Permanent || v.Kind == classify.Canceled {
			v = classify.Verdict{Class: classify.Transient, Kind: classify.TryAgain}
		}
		return v
	}
}
