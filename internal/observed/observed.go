// Package observed says how events and budgets are read, in the same way for all adapters that count them.
package observed

import (
	"time"

	"github.com/reprise-go/reprise/cluster"
	"github.com/reprise-go/reprise/internal/errtree"
	"github.com/reprise-go/reprise/policy"
)

// Attempt reports whether an event tells of an attempt that has ended, for the first time: a cycle of a cluster that could
// not read the slot map is told of like an attempt, and is none.
func Attempt(e *policy.Event) bool {
	_, unread := errtree.As[*cluster.RefreshError](e.Err)
	return !unread && !e.Again
}

// Demoted returns how many nodes are demoted now, of those that a refresh has told of.
func Demoted(until map[string]time.Time) int {
	n, now := 0, time.Now()
	for _, end := range until {
		if now.Before(end) {
			n++
		}
	}
	return n
}

// Capacity returns the tokens of a budget that is full: of one of this size that nobody has used.
func Capacity(b *policy.Budget) int { return (&policy.Budget{Capacity: b.Capacity}).Tokens() }
