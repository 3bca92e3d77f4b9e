package policy

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
)

// Unlimited as Retry.Retries means that only the context, time or the budget end the
// retries. redis-py takes any negative number for it; here the others are refused.
const Unlimited = -1

// Retry is a retry policy. The zero value makes one attempt and no retry. It is a value:
// copy it, change the copy. It must not be changed while in use, and may otherwise be
// shared by any number of goroutines.
type Retry struct {
	// Backoff gives the delay before each retry; nil means backoff.Default.
	Backoff backoff.Strategy
	// Retries is the number of retries after the first attempt; 0 means none,
	// Unlimited no limit.
	Retries int
	// Classify tells what an error means; nil means classify.Default.
	Classify classify.Func
	// On lists the kinds of error that are retried, as redis-py's retry_on_error does: see
	// classify.Verdict.Only. nil means whatever Classify finds worth it. An empty list that
	// is not nil is refused by Validate, and nothing is retried.
	On []classify.Kind
	// Replay is the highest rung that is run again after an Ambiguous failure, one that may
	// have been executed; not said means classify.Idempotent. What is classify.Never is not run again
	// at any setting.
	Replay classify.Replay
	// MaxElapsed is how long after the operation's start an attempt may begin; 0 means
	// no limit. It does not interrupt an attempt.
	MaxElapsed time.Duration
	// AttemptTimeout ends the context of each single attempt; 0 means never. An attempt that
	// it ends is an Ambiguous Timeout, where Classify calls a context's end Canceled, as
	// classify.Default does. It costs a context per attempt.
	AttemptTimeout time.Duration
	// MinAttempt, if it is not 0, splits the time that is left until the context's deadline, or until MaxElapsed if that
	// comes first, evenly over the attempts that are left, and bounds each by its share: one that hangs cannot use up the
	// time of those that follow. It is the least time in which an attempt can be of use: no share is less, and no
	// retry begins later than that before the deadline. AttemptTimeout bounds the shares; where there is no deadline it
	// is all there is. It costs a context per attempt, and the clock. It cannot go with Unlimited Retries.
	MinAttempt time.Duration
	// Inform tells each attempt which it is, by its context: see AttemptFrom. It costs an allocation per attempt.
	Inform bool
	// Budget bounds the retries of all who share it; nil means none.
	Budget *Budget
	// Observe is told of each decision, on the goroutine that runs the operation, before any
	// delay; nil means nobody is. It must be safe for concurrent use and not block. A delay
	// that is cut short is decided anew: a second event of the same attempt.
	Observe func(context.Context, Event)
	// Live, if it is not nil, is where the policy in use is found as an operation begins, so that it can be changed while
	// the program runs. No other field may be set then.
	Live *Live

	off    *atomic.Bool // of the Live that this policy came from: retries are switched off
	digest string       // of the same, for events
}

// once is the policy of a nil *Retry.
var once Retry

// Current returns the policy in use: that of Live, or r itself if there is none. For a nil *Retry it is the zero policy.
// Whoever asks more than once about one operation asks of what this returns, so that a change in between does not matter.
func (r *Retry) Current() *Retry {
	switch {
	case r == nil:
		return &once
	case r.Live == nil:
		return r
	}
	return r.Live.Load()
}

// isOff reports whether the Live that the policy came from, if any, has retries switched off.
func (r *Retry) isOff() bool { return r.off != nil && r.off.Load() }

// RetryOn returns the policy that redis-py uses when it is given retry_on_error or
// retry_on_timeout and nothing else: one retry, at once, on errors of the given kinds only.
// Without a kind it is refused by [Retry.Validate], and nothing is retried.
func RetryOn(kinds ...classify.Kind) Retry {
	return Retry{Backoff: backoff.NoBackoff{}, Retries: 1, On: append([]classify.Kind{}, kinds...)}
}

// strategy returns Backoff, or what nil stands for.
func (r *Retry) strategy() backoff.Strategy {
	if r.Backoff == nil {
		return backoff.Default
	}
	return r.Backoff
}

// delayless reports whether no delay depends on the strategy.
func (r *Retry) delayless() bool {
	_, none := r.Backoff.(backoff.NoBackoff)
	return none
}

// classifier returns Classify, or what nil stands for.
func (r *Retry) classifier() classify.Func {
	if r.Classify == nil {
		return classify.Default
	}
	return r.Classify
}

// amend applies On to a verdict, and what is known of the attempt.
func (r *Retry) amend(s *State, v classify.Verdict) classify.Verdict {
	if s.TimedOut && v.Kind == classify.Canceled {
		// The context that ended was the attempt's. The operation may be executed yet.
		v = classify.Verdict{Class: classify.Ambiguous, Kind: classify.Timeout}
	}
	if r.On != nil {
		v = v.Only(r.On...)
	}
	return v
}

// replayable reports whether an operation of the given rung may be run again after an
// Ambiguous failure.
func (r *Retry) replayable(op classify.Replay) bool {
	limit := r.Replay
	if limit == 0 {
		limit = classify.Idempotent
	}
	if limit >= classify.Never {
		return false // Validate refuses it; who wrote it wanted the opposite of everything
	}
	// What nobody graded was handed to Do, and so declared safe: the lowest rung.
	return max(op, classify.ReadOnly) <= limit
}
