package policy

import "fmt"

// Reason tells why a loop goes on or why it stopped. The list is closed.
type Reason uint8

// The reasons. All but Succeeded and Retrying mean that the last error is final.
const (
	Succeeded      Reason = iota // the attempt succeeded
	Retrying                     // another attempt follows
	NotRetryable                 // the error is Permanent, or nobody knows it
	NotReplayable                // it may have been executed, and a second run might do harm
	OutOfRetries                 // Retries have been made, or retries are switched off
	OutOfTime                    // the delay would end after MaxElapsed or the deadline
	OutOfBudget                  // the shared budget is spent
	Canceled                     // the caller's context has ended
	OutOfAllowance               // the retries that the caller's context allows have been made: see WithAllowance
)

var reasonNames = [...]string{
	"succeeded", "retrying", "not_retryable", "not_replayable", "out_of_retries", "out_of_time", "out_of_budget", "canceled",
	"out_of_allowance",
}

// String returns the name in snake_case, "out_of_time" for example.
func (r Reason) String() string {
	if int(r) < len(reasonNames) {
		return reasonNames[r]
	}
	return fmt.Sprintf("reason(%d)", uint8(r))
}
