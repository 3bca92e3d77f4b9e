package policy

import (
	"math"
	"time"

	"github.com/reprise-go/reprise/classify"
)

const (
	// freeRedirects is up to which attempt a redirect is followed without a delay. Lettuce and
	// Jedis follow 5 at most. A longer chain is a map in motion, and has to be waited for.
	freeRedirects = 5
	// maxHint is how much longer than its own delay a loop waits because a server said so: AWS SDKs' bound on
	// x-amz-retry-after (2026). Without one a hint is a remote stall. The delay of its own comes on top, as in MongoDB's
	// baseBackoffMS: if the hint took its place, all who were told the same would be back at the same instant.
	maxHint = 5 * time.Second
)

// Decide judges the attempt that ended with err in state s. It is pure: it reads no clock,
// draws no number, changes nothing. It is total: any state and any error give a decision.
// It does not validate the policy, but where a field is out of range it errs on the side of
// stopping.
func (r *Retry) Decide(s State, err error) (d Decision) {
	r.Current().decide(&s, err, &d)
	return d
}

// decide is Decide in place: to copy a State and a Decision takes longer than to decide.
func (r *Retry) decide(s *State, err error, d *Decision) {
	*d = Decision{}
	if err == nil {
		return // Succeeded
	}
	d.Verdict = r.classifier()(err)
	if s.TimedOut || r.On != nil {
		d.Verdict = r.amend(s, d.Verdict)
	}
	if finals.Load() && isFinal(err) {
		d.Class = classify.Permanent
	}
	switch {
	case s.Canceled:
		d.Reason = Canceled
	case !retryable(d.Class):
		d.Reason = NotRetryable
	case d.Class == classify.Ambiguous && !r.replayable(s.Replay):
		d.Reason = NotReplayable
	case s.Off, r.Retries != Unlimited && max(s.Attempt, 0) > r.Retries:
		d.Reason = OutOfRetries
	default:
		delay := r.delay(s, d.Verdict)
		switch {
		case !r.inTime(s, delay):
			d.Reason = OutOfTime
		case s.AllowanceSpent:
			d.Reason = OutOfAllowance
		case s.Spent:
			d.Reason = OutOfBudget
		default:
			d.Reason, d.Delay = Retrying, delay
		}
	}
}

// retryable reports whether a class is worth another attempt at all.
func retryable(c classify.Class) bool {
	switch c {
	case classify.Transient, classify.Overloaded, classify.Redirect, classify.Ambiguous:
		return true
	}
	return false
}

// delay returns how long to wait before the next attempt.
func (r *Retry) delay(s *State, v classify.Verdict) time.Duration {
	if v.Class == classify.Redirect && s.Attempt <= freeRedirects {
		return 0
	}
	if r.delayless() && v.After <= 0 {
		return 0 // without asking: a sixth of the time of an operation that fails twice
	}
	u := chance(s.Draw)
	if v.Class == classify.Overloaded {
		// The longer half of what the strategy may give: nobody returns at once to a server
		// that asked for less, and the bounds of the plan still hold.
		u = (1 + u) / 2
	}
	// A strategy is promised n >= 1 and a prev that it may have given itself.
	d := max(r.strategy().Delay(max(s.Attempt, 1), max(s.Prev, 0), u), 0)
	if v.After > 0 {
		d = plus(d, min(v.After, maxHint)) // later than the server said by chance, as its other clients are
	}
	return d
}

// chance returns a draw as strategies are promised it, in [0, 1].
func chance(u float64) float64 {
	if u > 0 {
		return min(u, 1)
	}
	return 0 // for NaN as well
}

// inTime reports whether an attempt may begin after the delay.
func (r *Retry) inTime(s *State, delay time.Duration) bool {
	at := plus(max(s.Elapsed, 0), delay)
	if r.MaxElapsed != 0 && at > r.MaxElapsed {
		return false
	}
	return s.Deadline == 0 || plus(at, max(r.MinAttempt, 0)) < s.Deadline
}

// plus adds two durations, neither negative, and saturates.
func plus(a, b time.Duration) time.Duration {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}
