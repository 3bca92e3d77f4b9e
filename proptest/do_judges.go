package proptest

import (
	"errors"
	"slices"
	"time"
)

// What the laws ask of a history.

// doDiffers reports whether a history is not that of a policy of its own.
func doDiffers(_ doCase, h, alone History) bool {
	return !alone.Hung && !alone.foreign() && h.String() != alone.String()
}

// foreign reports whether something panicked that the scenario did not.
func (h History) foreign() bool {
	_, ours := h.Panic.(Failure)
	return h.Panic != nil && !ours
}

// usual reports whether the loop made attempts, none of which panicked or succeeded, and came back.
func (h History) usual() bool {
	n := len(h.Errs)
	return !h.Hung && h.Panic == nil && n > 0 && h.Errs[n-1] != nil
}

// end is when the last attempt ended.
func (h History) end() (end time.Duration) {
	if n := len(h.Ended); n > 0 {
		return h.Ended[n-1]
	}
	return 0
}

// says reports whether the last attempt's error is in what came back.
func (h History) says() bool { return errors.Is(h.Err, h.Errs[len(h.Errs)-1]) }

// ended reports whether only the context can have ended the loop: it came back, with retries left.
func (h History) ended(c doCase) bool {
	return !h.Hung && h.Panic == nil && len(h.Began) <= c.Spec.Retries && (len(h.Errs) == 0 || h.Errs[len(h.Errs)-1] != nil)
}

// reaches reports whether the last outcome was reached, and is of the kind.
func (h History) reaches(c doCase, kind Ending) bool {
	return !h.foreign() && len(h.Began) >= len(c.Scenario.Outcomes) && c.Scenario.Outcome(len(h.Began)).Ending == kind
}

// delays returns those between the attempts.
func (h History) delays() (all []time.Duration) {
	for i, at := range h.Began {
		if i > 0 && i <= len(h.Ended) {
			all = append(all, at-h.Ended[i-1])
		}
	}
	return all
}

// hurried reports whether a delay is shorter than that of the spec.
func (h History) hurried(c doCase) bool {
	return slices.ContainsFunc(h.delays(), func(d time.Duration) bool { return d < c.Spec.Delay })
}

// delayed reports whether the delays are those of the spec.
func (h History) delayed(c doCase) bool {
	return !slices.ContainsFunc(h.delays(), func(d time.Duration) bool { return d != c.Spec.Delay })
}

// doubled reports whether the delays are those of the spec, which has a cap.
func (h History) doubled(c doCase) bool {
	want := c.Spec.Delay
	for _, d := range h.delays() {
		if d != want {
			return false
		}
		want = min(2*want, c.Spec.Cap)
	}
	return true
}

// collapsed reports whether most of the last delays are the same, as they are where what has been drawn is clamped. Where ten
// values are as likely, 26 of 50 are the same once in 10¹² times; where all nanoseconds are, never.
func (h History) collapsed() bool {
	const last, most = 50, 26
	all := h.delays()
	if len(all) < last {
		return false
	}
	all = all[len(all)-last:]
	slices.Sort(all)
	for i := most - 1; i < last; i++ {
		if all[i] == all[i-most+1] {
			return true
		}
	}
	return false
}

// repeats reports whether the delays are those of another operation: too many for chance. Where all are one, the cap, nothing
// is left to compare.
func (h History) repeats(other History) bool {
	mine := h.delays()
	return len(mine) > 10 && slices.Min(mine) < slices.Max(mine) && !errors.Is(h.Errs[0], other.Errs[0]) && slices.Equal(mine, other.delays())
}

// timed reports whether the attempts that go on for ever ended at the time of the spec.
func (h History) timed(c doCase) bool {
	for i, end := range h.Ended {
		if c.Scenario.Outcome(i+1).Takes == Forever && end-h.Began[i] != c.Spec.AttemptTimeout {
			return false
		}
	}
	return true
}
