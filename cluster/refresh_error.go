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
		return of(err)
	}
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
