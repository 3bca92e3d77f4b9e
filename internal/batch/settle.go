package batch

import (
	"slices"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/judged"
)

// Item is a part of a batch that is run again as a whole or not at all: a command, or a transaction.
type Item struct {
	Reach  Reach
	Writes bool
	// Ran says that it may have been executed, in whichever attempt. Settle sets it, for the next one to know:
	// a refusal now says nothing about the attempt before.
	Ran bool
	// Failure is how the attempt ended; zero if it was answered.
	Failure Failure
}

// Settle takes the outcome of an attempt. It returns the indices of the items that the next one is to send, in
// their order, and the failure by which the policy shall judge the batch; its Err is nil if everything was
// answered.
func Settle(items []Item) (again []int, worst Failure) {
	var (
		final   Failure
		written trail // further on, by what may have been executed
		seen    trail // further on, by reads that the caller has the replies of
	)
	for i := len(items) - 1; i >= 0; i-- {
		it := &items[i]
		if it.Failure.Err == nil {
			if it.Writes {
				written.add(it.Reach)
			} else {
				seen.add(it.Reach)
			}
			continue
		}
		f := it.Failure
		if f.Again && (written.crosses(it.Reach) || it.Writes && seen.crosses(it.Reach)) {
			f.Again = false
			f.Err = judged.New(f.Err, classify.Verdict{Class: classify.Permanent, Kind: f.Verdict.Kind})
		}
		it.Ran = it.Ran || f.mayHaveRun()
		switch {
		case it.Ran && it.Writes:
			written.add(it.Reach)
		case it.Ran && !f.Again:
			seen.add(it.Reach) // WRONGTYPE is a reply as well
		}
		if f.Again {
			again = append(again, i)
			worst = worst.Or(f)
		} else {
			final = f // the first in the end
		}
	}
	if len(again) == 0 {
		return nil, final
	}
	slices.Reverse(again)
	return again, worst
}
