// Package cenkalti converts policies of github.com/cenkalti/backoff/v4 to Reprise and
// back, so that a program can move one call at a time.
//
// # From v4
//
// [From] reads a v4 BackOff and gives a [policy.Retry] that waits exactly as long: for
// the same draw the very same nanosecond. What v4 computes step by step, in a BackOff
// that one call at a time may use, becomes a value that any number may share.
//
//	v4                                           Reprise
//	NewExponentialBackOff()                      From(b): see ExampleFrom for its numbers
//	NewConstantBackOff(d)                        From(b), or Retry{Backoff: backoff.Constant(d), …}
//	&ZeroBackOff{}                               From(b), or Retry{Backoff: backoff.NoBackoff{}, …}
//	&StopBackOff{}                               From(b), or Retry{}
//	WithMaxRetries(b, n)                         r, err := From(b); r.Retries = n
//	WithContext(b, ctx)                          r.Do(ctx, …)
//	b.MaxElapsedTime                             r.MaxElapsed
//	b.RandomizationFactor                        backoff.Spread, to the nanosecond or so
//	Permanent(err)                               the same, see Classify
//	Retry(op, b)                                 r.Do(ctx, op)
//	RetryWithData(op, b)                         policy.Value(ctx, &r, op)
//	RetryNotify(op, b, notify)                   r.Observe
//	NewTicker(b)                                 for range r.Attempts(ctx, &err)
//
// Without WithMaxRetries v4 counts no attempts, and so Retries is Unlimited.
// WithMaxRetries(b, 0) means no retry, as Retries: 0 does; in v3 it meant no limit
// (cenkalti/backoff issue 80). A BackOff of the caller's own cannot become a value: From
// says so.
//
// # What stays the same, and what does not
//
// The delays, the number of attempts, MaxElapsedTime (a delay that would end later is
// not begun) and Permanent are the same in both loops. These differ, for the better:
//
//   - What comes back after a retry is a *policy.Error, which holds the number of
//     attempts and the reason and unwraps to the last error. v4 returns the last error,
//     or the context's alone.
//   - A delay that cannot end before the context's deadline is not begun. v4 sleeps
//     until the deadline, then fails.
//   - An operation is not run when its context has ended before.
//   - Where v4 overflows to a negative delay, which does not wait, ours is the longest.
//
// v4 runs every operation again, whatever it did. [Classify] keeps that for Do, where
// passing a function declares it safe. In an adapter, which knows what a command does, the
// command's rung decides; there set Classify to nil as well, since the adapter's own
// knows which errors cannot get better.
//
// # To v4
//
// [To] gives a policy.Retry to a v4 loop that is to stay: as a BackOff for one call, judged
// by [policy.Retry.Decide]. v4 never shows an error to its BackOff, so the policy's opinion
// of errors comes in around the operation, with [Mark].
package cenkalti
