// Package judged lets an adapter tell what it knows of a failure beside the error itself: that the command was
// never sent, that the refusal came out of a script, that the order of a batch forbids another run. A [Error]
// carries the verdict through the policy's loop and into its events, where it can be replayed.
package judged

import (
	"context"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/errtree"
	"github.com/reprise-go/reprise/policy"
)

// Error is a driver's error with the verdict of an adapter. Nobody wraps it but the policy's loop, and callers
// never see it: adapters return Err.
type Error struct {
	Err     error
	Verdict classify.Verdict
}

// New returns err with a verdict.
func New(err error, v classify.Verdict) *Error { return &Error{Err: err, Verdict: v} }

// Error returns the driver's text.
func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns the driver's error.
func (e *Error) Unwrap() error { return e.Err }

// Of returns the verdict that err carries, or else what of says. A loop that the caller's context has ended is
// canceled, whatever its last error was.
func Of(err error, of classify.Func) classify.Verdict {
	if e, ok := errtree.As[*policy.Error](err); ok && e.Reason == policy.Canceled {
		return classify.Verdict{Class: classify.Permanent, Kind: classify.Canceled}
	}
	if e, ok := errtree.As[*Error](err); ok {
		return e.Verdict
	}
	return of(err)
}

// NotSent returns the verdict of an error that ended the making of a connection, given what it looks like. The
// command that needed the connection was not sent, so that what looks ambiguous is not.
func NotSent(err error, v classify.Verdict) classify.Verdict {
	switch {
	case v.Class == classify.Permanent && v.Kind == classify.Canceled:
		// A context of the driver's own, or of a dialer: the caller's is asked by the loop.
		v = classify.Verdict{Class: classify.Transient, Kind: classify.Connection}
		if errtree.Is(err, context.DeadlineExceeded) {
			v.Kind = classify.Timeout
		}
	case v.Class == classify.Ambiguous:
		v.Class = classify.Transient
	case v.Class == classify.Unknown:
		v = classify.Verdict{Class: classify.Transient, Kind: classify.Connection}
	}
	return v
}

// FromCode returns the verdict of an error reply to a command that runs code, given what it looks like: a refusal
// may come from inside the script, after it has written.
func FromCode(v classify.Verdict) classify.Verdict {
	switch {
	case Unexecuted(v):
		v.Class = classify.Ambiguous
	case v.Kind == classify.Response:
		v.Kind = classify.Script // which no list of kinds makes a refusal
	}
	return v
}

// Unexecuted reports whether the verdict says that the command was not sent, or refused for now.
func Unexecuted(v classify.Verdict) bool {
	switch v.Class {
	case classify.Transient, classify.Overloaded, classify.Redirect:
		return true
	}
	return false
}
