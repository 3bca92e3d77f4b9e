package policy

import "fmt"

// Error is what a loop returns when it gives up after a retry, or because the context
// ended. It unwraps to Err, to Cause, and to the context's own error, so errors.Is and
// errors.As find each of them.
type Error struct {
	Attempts int    // how many were made, 1 or more
	Reason   Reason // why there was no other
	Err      error  // of the last attempt
	Cause    error  // context.Cause of the caller's context, if Reason is Canceled; else nil

	ended error // the context's Err, unless Cause is one
}

// Error returns the last error's text and why it is final.
func (e *Error) Error() string {
	attempts := "attempts"
	if e.Attempts == 1 {
		attempts = "attempt"
	}
	if e.Cause != nil {
		return fmt.Sprintf("%v (%v after %d %s: %v)", e.Err, e.Reason, e.Attempts, attempts, e.Cause)
	}
	return fmt.Sprintf("%v (%v after %d %s)", e.Err, e.Reason, e.Attempts, attempts)
}

// Unwrap returns Err and, if the context ended, Cause and the context's error.
func (e *Error) Unwrap() []error {
	var all []error
	for _, err := range []error{e.Err, e.Cause, e.ended} {
		if err != nil {
			all = append(all, err)
		}
	}
	return all
}
