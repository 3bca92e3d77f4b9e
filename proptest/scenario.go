package proptest

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/reprise-go/reprise/classify"
)

// Forever as Outcome.Takes means that an attempt goes on until its context ends.
const Forever time.Duration = math.MaxInt64

// Ending is how an attempt of a [Scenario] ends. The zero value is a success.
type Ending uint8

// The endings.
const (
	Succeeds Ending = iota // without an error
	Fails                  // with a Failure
	Panics                 // with a Failure as the panic's value
)

// Outcome is what one attempt does. The zero value succeeds at once. It can be compared with ==.
type Outcome struct {
	// Ending is how it ends.
	Ending Ending
	// Verdict is what the error of an attempt that Fails means, as [Judge] says. The zero Verdict is that of
	// an error which nobody knows.
	Verdict classify.Verdict
	// Takes is how long it lasts; Forever means until its context ends.
	Takes time.Duration
	// Hears means that it ends as soon as its context does, with that one's error.
	Hears bool
}

// String says it in a few words, "fail after 1s" for example. A failure is Transient where its class is not said.
func (o Outcome) String() string {
	var b strings.Builder
	switch v := o.Verdict; {
	case o.Takes == Forever:
		return "block"
	case o.Ending == Panics:
		b.WriteString("panic")
	case o.Ending == Succeeds:
		b.WriteString("succeed")
	case v == (classify.Verdict{Class: classify.Transient}):
		b.WriteString("fail")
	default:
		fmt.Fprintf(&b, "fail(%s)", verdictText(v))
	}
	if o.Takes > 0 {
		fmt.Fprintf(&b, " after %v", o.Takes)
	}
	if o.Hears {
		b.WriteString(" or as its context ends")
	}
	return b.String()
}

// verdictText names a verdict: its class, then what else there is.
func verdictText(v classify.Verdict) string {
	text := v.Class.String()
	if v.Kind != "" {
		text += " " + string(v.Kind)
	}
	if v.After != 0 {
		text += fmt.Sprintf(", after %v", v.After)
	}
	return text
}

// Scenario is what happens during one operation: what each attempt does, and when the caller's context ends. What an error
// means is part of it, so that no classifier is needed; a [Script] has real errors. It is a value, and may be shared. The zero Scenario is one success, under a context that does not end.
type Scenario struct {
	// Outcomes are those of the attempts, in turn, and the last of them for ever. None means a success at once.
	Outcomes []Outcome
	// Deadline is that of the caller's context, since the start; 0 means none, less that it had passed before.
	Deadline time.Duration
	// Cancel is when the caller's context is canceled, since the start; 0 means never, less that it was before.
	Cancel time.Duration
	// Cause is the cause of the context's end; nil means the context's own error.
	Cause error
	// Replay is the rung of the operation, for loops that ask; not said is declared safe to run again.
	Replay classify.Replay
}

// Outcome returns what attempt n does, n >= 1.
func (s Scenario) Outcome(n int) Outcome {
	if len(s.Outcomes) == 0 {
		return Outcome{}
	}
	return s.Outcomes[min(n, len(s.Outcomes))-1]
}

// String says it in one line: "fail, succeed after 1s; canceled after 500ms".
func (s Scenario) String() string {
	var parts []string
	for i := range max(len(s.Outcomes), 1) {
		parts = append(parts, s.Outcome(i+1).String())
	}
	text := strings.Join(parts, ", ")
	if s.Outcome(len(parts)).Ending == Fails {
		text += " for ever"
	}
	if s.Deadline != 0 {
		text += "; deadline " + since(s.Deadline)
	}
	if s.Cancel != 0 {
		text += "; canceled " + since(s.Cancel)
	}
	if s.Cause != nil {
		text += fmt.Sprintf(", with the cause %q", s.Cause)
	}
	if s.Replay != 0 {
		text += "; the operation is " + s.Replay.String()
	}
	return text
}

func since(d time.Duration) string {
	if d < 0 {
		return "before the start"
	}
	return "after " + d.String()
}

// Failure is the error of an attempt that fails as a [Scenario] says, and the value of a panic. No two attempts of one
// operation give the same. It can be compared with ==.
type Failure struct { //nolint:errname // a failure is what the package calls it
	Attempt int              // which attempt it was, from 1
	Verdict classify.Verdict // what it means

	run *player // so that those of two operations differ
}

// Error names the attempt, and what the error means if that is more than Transient.
func (f Failure) Error() string {
	if f.Verdict == (classify.Verdict{Class: classify.Transient}) {
		return fmt.Sprintf("failure %d", f.Attempt)
	}
	return fmt.Sprintf("failure %d (%s)", f.Attempt, verdictText(f.Verdict))
}

// Is reports whether target is the same Failure. One that you made yourself is that of any operation.
func (f Failure) Is(target error) bool {
	t, ok := target.(Failure)
	return ok && f.Attempt == t.Attempt && f.Verdict == t.Verdict && (f.run == t.run || f.run == nil || t.run == nil)
}

var byFailure = classify.As(func(f Failure) classify.Verdict { return f.Verdict })

// Judge is the classifier of a [Failure], wrapped or not: it returns the Verdict that the scenario gave it. Other errors are
// judged as classify.Default does.
func Judge(err error) classify.Verdict { return judgeFailure(err) }

var judgeFailure = classify.First(byFailure, classify.Default)
