package classify

import (
	"fmt"
	"time"
)

// Class is what a retry loop may do about an error. A class exists only if some
// decision treats it differently.
type Class uint8

// The classes. [Unknown] is the zero value: no opinion.
const (
	// Unknown means that the classifier has no opinion. A loop does not retry it.
	Unknown Class = iota
	// Permanent errors come back the same however often the operation is run.
	Permanent
	// Transient errors had no effect and may be gone at the next attempt: the
	// operation never left the client, or the server refused to run it.
	Transient
	// Overloaded is Transient from a server that asks for less: retries cost
	// more of a budget and wait longer.
	Overloaded
	// Redirect means that another node has the answer; it may be asked at once.
	Redirect
	// Ambiguous means that the operation may have been executed: it was sent and
	// no reply came, or it failed halfway. Only what may run twice is retried.
	Ambiguous
)

var classNames = [...]string{"unknown", "permanent", "transient", "overloaded", "redirect", "ambiguous"}

// String returns the name in lower case, "transient" for example.
func (c Class) String() string {
	if int(c) < len(classNames) {
		return classNames[c]
	}
	return fmt.Sprintf("class(%d)", uint8(c))
}

// Verdict is a classifier's opinion of an error. The zero value is no opinion.
type Verdict struct {
	Class Class
	Kind  Kind
	// After is the shortest wait that the server asked for; 0 means it did not say.
	After time.Duration
}
