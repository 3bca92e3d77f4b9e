package rueidis

import (
	"math/rand/v2"
	"time"

	"github.com/redis/rueidis"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

// RetryDelay returns the policy as rueidis' own option, for who wants its delays and their end, and nothing else:
//
//	rueidis.NewClient(rueidis.ClientOption{RetryDelay: retry.RetryDelay(policy.Retry{Retries: 3}), …})
//
// rueidis itself decides what it retries: reads and what is marked ToRetryable, after a lost connection or LOADING.
// r.Classify and r.On may forbid a retry, and after r.Retries there is none, where rueidis by itself has no end.
// What needs more than one failure at a time is not kept, since rueidis does not tell when an operation begins and
// ends: MaxElapsed, AttemptTimeout, MinAttempt, Inform, Budget and Observe, the rung of Replay, and the previous delay, so
// that a backoff.Decorrelated never grows. With r.Live each delay is by the policy in use. An r that [policy.Retry.Validate] refuses does not retry. The function may be
// shared by any number of goroutines.
func RetryDelay(r policy.Retry) func(attempts int, cmd rueidis.Completed, err error) time.Duration {
	const stop = -1 // to rueidis
	if r.Validate() != nil {
		return func(int, rueidis.Completed, error) time.Duration { return stop }
	}
	policies := policy.Follow(r, delays)
	return func(attempts int, _ rueidis.Completed, err error) time.Duration {
		off := r.Live != nil && r.Live.IsOff()
		d := policies().Decide(policy.State{Attempt: attempts, Draw: rand.Float64(), Off: off}, err)
		if d.Reason != policy.Retrying {
			return stop
		}
		return d.Delay
	}
}

// delays returns what is kept of a policy.
func delays(r policy.Retry) policy.Retry {
	of := r.Classify
	if of == nil {
		of = classifyDriver
	}
	return policy.Retry{Backoff: r.Backoff, Retries: r.Retries, On: r.On, Classify: func(err error) classify.Verdict {
		v := known(err, of)
		if ended(err) && v.Class == classify.Permanent {
			v = inDoubt(err, v) // not the caller's context: rueidis does not ask once that has ended
		}
		return v
	}}
}
