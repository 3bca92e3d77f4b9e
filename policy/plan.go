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
// attempts themselves taking no time. Hints of a server are left out: each may lengthen a
// delay by 5 s at most.
type Plan struct {
	// Attempts is the greatest number of attempts, or Unlimited.
	Attempts int
	// Delays holds the bounds of the delay after failure 1, 2, …, as far as they can be
	// reached; the first 64 of them.
	Delays []Bounds
	// Wait bounds the sum of the delays. Its Max is backoff.Uncapped where nothing limits it.
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

// Plan returns the exact bounds of the policy: no randomness, no clock. They hold for every
// strategy whose delay does not shrink as the one before it grows, as those of package
// backoff do. From 65536 retries on a limit by number counts as none.
func (r *Retry) Plan() Plan {
	var (
		p    Plan
		sum  Bounds          // of the delays so far
		prev Bounds          // the delay before
		best = Bounds{-1, 0} // of the sums at which the loop may end
	)
	endless := r.Retries == Unlimited || r.Retries > planned
	end := func(least time.Duration) {
		if best.Min < 0 || least < best.Min {
			best.Min = least
		}
		best.Max = max(best.Max, min(sum.Max, r.limit()))
	}
	n := 1
	for ; endless && n <= planned || n <= r.Retries && !endless; n++ {
		s := r.strategy()
		d := Bounds{max(s.Delay(n, prev.Min, 0), 0), max(s.Delay(n, prev.Max, 1), 0)}
		if plus(sum.Max, d.Max) > r.limit() {
			// The time may be up here: the sum so far has to leave too little for the delay.
			end(max(sum.Min, r.limit()-d.Max))
		}
		if plus(sum.Min, d.Min) > r.limit() {
			p.Attempts, p.Wait = n, best
			return p
		}
		sum, prev = Bounds{plus(sum.Min, d.Min), plus(sum.Max, d.Max)}, d
		if len(p.Delays) < listed {
			p.Delays = append(p.Delays, d)
		}
		if endless && sum.Min == math.MaxInt64 {
			break
		}
	}
	if endless {
		p.Attempts = Unlimited
		p.Wait = Bounds{max(best.Min, 0), r.limit()}
		if r.MaxElapsed <= 0 {
			p.Wait.Min = sum.Min
		}
		return p
	}
	end(sum.Min)
	p.Attempts, p.Wait = n, best
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
	if p.Attempts == Unlimited {
		fmt.Fprintf(&b, "any number of attempts, %v of waiting", p.Wait)
	} else {
		fmt.Fprintf(&b, "%d attempts at most, %v of waiting", p.Attempts, p.Wait)
	}
	return b.String()
}
