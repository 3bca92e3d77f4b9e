package policy

import (
	"fmt"
	"math"
	"strings"
	"time"
)

const (
	// planned is how many retries a plan follows: more than any policy that means its number.
	planned = 1 << 16
	// listed is how many of the delays a plan lists.
	listed = 64
)

// Plan is what a policy can cost at most and at least if every attempt fails, with the
// attempts themselves taking no time. What servers ask for is left out: a hint may lengthen each
// delay by 5 s, and a redirect costs an attempt but, at first, no delay.
type Plan struct {
	// Attempts is the greatest number of attempts, or Unlimited.
	Attempts int
	// Delays holds the bounds of the delay after failure 1, 2, …, as far as there can be
	// one; the first 64 of them.
	Delays []Bounds
	// Wait bounds the sum of the delays. Where only the context ends the loop it is all from 0
	// to backoff.Uncapped.
	Wait Bounds
}

// Bounds is a range of durations, both ends included.
type Bounds struct{ Min, Max time.Duration }

// String returns "min to max", or the one value where they are equal.
func (b Bounds) String() string {
	switch {
	case b.Min == b.Max:
		return b.Min.String()
	case b.Max == math.MaxInt64:
		return fmt.Sprintf("%v or more", b.Min)
	}
	return fmt.Sprintf("%v to %v", b.Min, b.Max)
}

// Plan returns the bounds of a policy that [Retry.Validate] accepts: no randomness, no clock. They
// are exact for strategies that reach every delay between their shortest and their longest,
// whatever the delay before; for others, Decorrelated for one, they hold, but MaxElapsed may
// cut more than they say. The plan follows 65536 retries: what may make more counts as
// Unlimited, with bounds that hold.
func (r *Retry) Plan() Plan {
	r = r.Current()
	var (
		p     Plan
		s     = r.strategy()
		limit = r.limit()
		sum   Bounds // of the delays so far
		d     Bounds // the last of them
	)
	p.Wait.Min = math.MaxInt64 // the least sum at which the loop may end
	for n := 1; r.Retries == Unlimited || n <= r.Retries; n++ {
		if n > planned {
			return r.endless(p, sum, d)
		}
		d = Bounds{max(s.Delay(n, d.Min, 0), 0), max(s.Delay(n, d.Max, 1), 0)}
		if r.MaxElapsed > 0 {
			if d.Max > limit-sum.Max {
				// Some sum leaves too little time for some delay.
				p.Wait = Bounds{min(p.Wait.Min, max(sum.Min, limit-d.Max+1)), sum.Max}
			}
			if d.Min > limit-sum.Min {
				p.Attempts = n // every sum does, for every delay
				return p
			}
			d.Max = min(d.Max, limit-sum.Min) // a longer one is not begun
		}
		sum = Bounds{min(plus(sum.Min, d.Min), limit), min(plus(sum.Max, d.Max), limit)}
		if len(p.Delays) < listed {
			p.Delays = append(p.Delays, d)
		}
	}
	p.Attempts = 1 + max(r.Retries, 0)
	p.Wait = Bounds{min(p.Wait.Min, sum.Min), sum.Max}
	return p
}

// endless completes the plan of a policy whose retries have no number, given the sum of the
// first delays and the last of them.
func (r *Retry) endless(p Plan, sum, last Bounds) Plan {
	p.Attempts = Unlimited
	p.Wait = Bounds{min(p.Wait.Min, sum.Min), sum.Max}
	if r.MaxElapsed <= 0 {
		p.Wait.Min = 0
	}
	if last.Max > 0 {
		p.Wait.Max = r.limit()
	}
	return p
}

// limit returns MaxElapsed, or the longest Duration where there is none.
func (r *Retry) limit() time.Duration {
	if r.MaxElapsed <= 0 {
		return math.MaxInt64
	}
	return r.MaxElapsed
}

// String returns the plan as lines to read: the delay after each failure, then the totals.
func (p Plan) String() string {
	var b strings.Builder
	for i, d := range p.Delays {
		fmt.Fprintf(&b, "after failure %d wait %v\n", i+1, d)
	}
	if p.Attempts == Unlimited || p.Attempts > len(p.Delays)+1 {
		b.WriteString("and so on\n")
	}
	switch p.Attempts {
	case Unlimited:
		b.WriteString("any number of attempts")
	case 1:
		b.WriteString("1 attempt")
	default:
		fmt.Fprintf(&b, "%d attempts at most", p.Attempts)
	}
	fmt.Fprintf(&b, ", %v of waiting", p.Wait)
	return b.String()
}
