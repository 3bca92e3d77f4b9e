package policy

import (
	"time"

	"github.com/reprise-go/reprise/classify"
)

// State is all that a decision depends on besides the policy and the error. Its zero
// value with Attempt: 1 is a first failure just after the start, with no deadline.
type State struct {
	// Attempt is the number of the attempt that has ended, from 1. 0 asks whether the error is one
	// to retry at all, whatever the number of retries.
	Attempt int
	// Prev is the delay before that attempt, 0 before the first.
	Prev time.Duration
	// Elapsed is the time since the operation began. It is measured only where something needs
	// it: MaxElapsed, Observe, or a deadline of the context.
	Elapsed time.Duration
	// Deadline is when the context ends, on the scale of Elapsed; 0 means never.
	Deadline time.Duration
	// Draw is the chance: the quantile of the delay, in [0, 1]. 0 gives the shortest.
	Draw float64
	// Replay is the operation's rung. Not said counts as classify.ReadOnly: what is passed to Do
	// is declared safe to run again.
	Replay classify.Replay
	// Canceled means that the caller's context has ended.
	Canceled bool
	// TimedOut means that AttemptTimeout ended the attempt.
	TimedOut bool
	// Spent means that the budget refused the retry.
	Spent bool
	// AllowanceSpent means that the allowance of the context did: see WithAllowance.
	AllowanceSpent bool
	// Off means that the retries of the policy are switched off: see Live.
	Off bool
}

// Decision is what follows from an attempt. It can be compared with ==. The zero value is
// that of a success.
type Decision struct {
	// Verdict is the classifier's opinion of the error, after On.
	classify.Verdict
	// Reason tells why the loop goes on or stops.
	Reason Reason
	// Delay is the time to wait before the next attempt; 0 unless Reason is Retrying.
	Delay time.Duration
}

// Event is one decision and what it was made from: r.Decide(e.State, e.Err) == e.Decision
// for the policy r that made it. It never holds keys, values or credentials, other than
// an error's text might. It is a value: keep it, log it, count it.
type Event struct {
	Op       string // the operation's name, a command's for example; "" if unknown
	Node     string // the address it went to; "" if unknown
	Policy   string // the digest of the policy, if that may change while the program runs: see Live; otherwise ""
	Again    bool   // the decision takes the place of the last one, about the same attempt: its delay was cut short
	State    State
	Err      error // of the attempt that has ended; nil if it succeeded
	Decision Decision
}
