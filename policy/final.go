package policy

import (
	"sync/atomic"

	"github.com/reprise-go/reprise/internal/errtree"
)

// finalError is an error that no loop retries.
type finalError struct{ error }

// Unwrap returns the error that was marked.
func (f *finalError) Unwrap() error { return f.error }

// finals is set when Final is first called: in most programs nobody does, and the look through each error, 20 ns, is saved.
var finals atomic.Bool

// Final marks an error as final: no policy retries it, however many loops it passes on its way out, whatever their
// classifiers say. It is for an operation that knows better, and for an inner loop that has tried all there is to try.
// The text stays the same, and errors.Is and errors.As find the error. A nil err is nil.
//
// Adapters return their drivers' own errors, and do not mark them: mark what they return.
func Final(err error) error {
	if err == nil {
		return nil
	}
	finals.Store(true)
	return &finalError{err}
}

// isFinal reports whether an error was marked by Final, or wraps one that was. Ask finals first:
// where nobody has called Final that spares the call.
func isFinal(err error) bool {
	_, final := errtree.As[*finalError](err)
	return final
}
