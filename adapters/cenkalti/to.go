package cenkalti

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	v4 "github.com/cenkalti/backoff/v4"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

// To returns r as a v4 BackOff. It counts, so one call of v4's Retry at a time may use it.
// Reset, which Retry calls first, starts the count and the clock anew. Each NextBackOff
// asks r.Decide, and is v4's Stop where that does not retry. ctx is that of the call: v4
// stops sleeping when it ends, and no delay is begun that cannot end before its deadline.
// Wrapped in v4's WithContext the BackOff still judges by the first context.
//
// v4 shows no error to a BackOff. Classify and On therefore have a say only where the
// operation's error goes through [Mark], and an error has none in the length of a delay:
// Overloaded, Redirect and a server's hint count as Transient. To refuses an r that
// Validate refuses, and what no BackOff can keep: AttemptTimeout, MinAttempt, Inform, Budget, Observe. Of
// r.Live it takes the policy that is in use now, and keeps it; Off ends the retries all the same.
func To(ctx context.Context, r policy.Retry) (v4.BackOffContext, error) {
	errs, live := []error{r.Validate()}, r.Live
	r = *r.Current()
	if ctx == nil {
		errs = append(errs, errors.New("the context is nil; allowed: context.Background() for none"))
	}
	if r.AttemptTimeout > 0 {
		errs = append(errs, fmt.Errorf("Retry.AttemptTimeout is %v; allowed: 0, since a BackOff does not run the attempts; use Do", r.AttemptTimeout))
	}
	if r.MinAttempt > 0 {
		errs = append(errs, fmt.Errorf("Retry.MinAttempt is %v; allowed: 0, since a BackOff does not run the attempts; use Do", r.MinAttempt))
	}
	if r.Inform {
		errs = append(errs, errors.New("Retry.Inform is true; allowed: false, since a BackOff does not run the attempts; use Do"))
	}
	if r.Budget != nil {
		errs = append(errs, errors.New("Retry.Budget is set; allowed: nil, since a BackOff does not see the successes that refill it; use Do"))
	}
	if r.Observe != nil {
		errs = append(errs, errors.New("Retry.Observe is set; allowed: nil, since a BackOff does not see the errors; use Do, or RetryNotify"))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("cenkalti: no BackOff: %w", err)
	}
	r.Classify, r.On = retryable, nil
	b := &counting{ctx: ctx, retry: r, live: live}
	b.Reset()
	return b, nil
}

// errUnseen stands for the error that v4 does not show.
var errUnseen = errors.New("the operation failed")

// retryable is the classifier of errUnseen: what is permanent never comes to a BackOff.
func retryable(error) classify.Verdict { return classify.Verdict{Class: classify.Transient} }

// counting is a policy under way in a v4 loop.
type counting struct {
	ctx   context.Context
	retry policy.Retry
	live  *policy.Live // it came from; nil if none
	start time.Time
	state policy.State
}

// Context tells v4 which context ends its sleep.
func (c *counting) Context() context.Context { return c.ctx }

// Reset stands before the first attempt.
func (c *counting) Reset() {
	c.start = time.Now()
	c.state = policy.State{Attempt: 1}
}

// NextBackOff returns the delay after one more failure, or v4's Stop.
func (c *counting) NextBackOff() time.Duration {
	s := &c.state
	s.Canceled = c.ctx.Err() != nil
	s.Off = c.live != nil && c.live.IsOff()
	s.Elapsed = time.Since(c.start)
	if deadline, ok := c.ctx.Deadline(); ok {
		if s.Deadline = deadline.Sub(c.start); s.Deadline == 0 {
			s.Deadline = -1 // 0 would mean never
		}
	}
	s.Draw = rand.Float64()
	d := c.retry.Decide(*s, errUnseen)
	if d.Reason != policy.Retrying {
		return v4.Stop
	}
	s.Attempt++
	s.Prev = d.Delay
	return d.Delay
}
