package proptest

import (
	"cmp"
	"context"
	"time"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

// Forecast is what [Reference] says an operation must come to. Times are since its start.
type Forecast struct {
	Began  []time.Duration // each attempt
	Took   time.Duration   // until it comes back
	Reason policy.Reason   // why there is no other attempt
	Panics bool            // the last attempt panics, and nothing comes back; Reason says nothing
	Hung   bool            // there are more than 256 attempts, at which Play and Reference stop
	// Says are the errors that errors.Is finds in the one that comes back; none for a success.
	Says []error
	// Bare means that the one error comes back as it is.
	Bare   bool
	Tokens int // what the budget holds at the end
	// Tied means that two things happen at one instant, and that a loop may see either first.
	Tied bool
}

// Reference is the loop as one would explain it, in whole and without clocks, contexts and goroutines: what engines are
// compared with. r is a valid policy, whose Budget has NoFloor. draws is the chance at each failure, in [0, 1]; where there is none it is 0. tokens is
// what the budget holds at the start, if there is one. An error that is a Failure stands for one of that attempt and verdict.
func Reference(r policy.Retry, s Scenario, draws []float64, tokens int) (f Forecast) {
	f.Tokens, f.Tied = tokens, s.Cancel > 0 && s.Cancel == s.Deadline
	if ended := s.ended(s.ends()); s.ends() < 0 {
		return Forecast{Reason: policy.Canceled, Says: ended[:1], Bare: true, Tokens: tokens}
	}
	price := pricesOf(r.Budget, tokens)
	for n, prev, paid := 1, time.Duration(0), 0; ; n++ {
		f.Began = append(f.Began, f.Took)
		if f.Hung = n > most; f.Hung {
			return f
		}
		u := 0.0
		if n <= len(draws) {
			u = draws[n-1]
		}
		v, err := f.attempt(&r, s, n)
		canceled := s.ends() > 0 && f.Took >= s.ends()
		delay, cost := pauseOf(&r, v, n, prev, u), price.retry
		if v.Class == classify.Overloaded {
			cost = price.overload
		}
		next := f.Took + delay
		switch {
		case f.Panics:
			return f
		case err == nil:
			if price.keeps {
				paid = 0
			}
			f.Reason, f.Tokens = policy.Succeeded, min(f.Tokens+cmp.Or(paid, price.refund), price.capacity)
			return f
		case canceled:
			f.Reason = policy.Canceled
		case v.Class == classify.Unknown, v.Class == classify.Permanent, v.Class > classify.Ambiguous:
			f.Reason = policy.NotRetryable
		case v.Class == classify.Ambiguous && (s.Replay > cmp.Or(r.Replay, classify.Idempotent) || s.Replay == classify.Never):
			f.Reason = policy.NotReplayable
		case r.Retries != policy.Unlimited && n > r.Retries:
			f.Reason = policy.OutOfRetries
		case r.MaxElapsed > 0 && next > r.MaxElapsed, s.Deadline > 0 && next+r.MinAttempt >= s.Deadline:
			f.Reason = policy.OutOfTime
		case f.Tokens < cost:
			f.Reason = policy.OutOfBudget
		case s.Cancel > 0 && next >= s.Cancel: // during the delay, and the retry is not paid for
			f.Reason, f.Took, f.Tied = policy.Canceled, s.Cancel, f.Tied || next == s.Cancel
		default:
			f.Tokens, f.Took, prev, paid = f.Tokens-cost, next, delay, cost
			continue
		}
		f.Says, f.Bare = []error{err}, n == 1 && f.Reason != policy.Canceled
		if f.Reason == policy.Canceled {
			f.Says = append(f.Says, s.ended(f.Took)...)
		}
		return f
	}
}

// pauseOf is the delay after failure n.
func pauseOf(r *policy.Retry, v classify.Verdict, n int, prev time.Duration, u float64) time.Duration {
	strategy := r.Backoff
	if strategy == nil {
		strategy = backoff.Default
	}
	switch {
	case v.Class == classify.Overloaded:
		u = (1 + u) / 2
	case v.Class == classify.Redirect && n <= 5:
		return 0
	}
	own := strategy.Delay(n, prev, u)
	return own + min(max(v.After, 0), 5*time.Second)
}

// shareOf is how long the nth attempt may take if it begins at a time; 0 is as long as it likes.
func shareOf(r *policy.Retry, s Scenario, n int, begun time.Duration) time.Duration {
	end := cmp.Or(min(max(s.Deadline, 0), r.MaxElapsed), max(s.Deadline, 0), r.MaxElapsed) // the first of them
	if r.MinAttempt == 0 || end == 0 {
		return r.AttemptTimeout
	}
	share := max((end-begun)/time.Duration(r.Retries+2-n), r.MinAttempt)
	if r.AttemptTimeout > 0 {
		share = min(share, r.AttemptTimeout)
	}
	return share
}

// attempt makes an attempt of the forecast, and returns its error and what that means. It lasts until the first of: its
// time, the context's end, the attempt's own timeout.
func (f *Forecast) attempt(r *policy.Retry, s Scenario, n int) (v classify.Verdict, err error) {
	o, begun, end := s.Outcome(n), f.Took, s.ends()
	hears := o.Hears || o.Takes == Forever
	limit := shareOf(r, s, n, begun)
	own := begun + limit // not beyond it, if there is one
	f.Took = begun + min(o.Takes, Forever-begun)
	v, err = o.Verdict, Failure{Attempt: n, Verdict: o.Verdict}
	timedOut := limit > 0 && own <= f.Took && !(end > 0 && end < own)
	f.Tied = f.Tied || f.Took > begun && (end == f.Took || limit > 0 && (own == f.Took || own == end))
	switch {
	case hears && end > begun && end < f.Took && !timedOut:
		f.Took, v, err = end, Judge(s.ended(end)[1]), s.ended(end)[1]
	case hears && timedOut && own < f.Took:
		f.Took, v, err = own, classify.Verdict{Class: classify.Ambiguous, Kind: classify.Timeout}, context.DeadlineExceeded
	case o.Ending == Panics:
		f.Panics = true
	case o.Ending == Succeeds:
		return classify.Verdict{}, nil
	case timedOut && v.Kind == classify.Canceled && !(end > 0 && f.Took >= end):
		v = classify.Verdict{Class: classify.Ambiguous, Kind: classify.Timeout}
	}
	if r.On != nil {
		v = v.Only(r.On...)
	}
	return v, err
}

// prices are those of a budget; without one everything is free.
type prices struct {
	capacity, retry, overload, refund int
	keeps                             bool
}

func pricesOf(b *policy.Budget, tokens int) prices {
	if b == nil {
		return prices{capacity: tokens}
	}
	return prices{cmp.Or(b.Capacity, 500), cmp.Or(b.Cost, 5), cmp.Or(b.OverloadCost, max(10, b.Cost)), cmp.Or(b.Refund, 1), b.Keep}
}
