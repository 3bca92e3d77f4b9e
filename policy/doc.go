// Package policy decides whether and when a failed operation is run again, and runs it.
//
// A [Retry] is the policy: a plain value, usable as a package-level variable, copied with =,
// shared by any number of goroutines. The zero value makes one attempt. A typical one:
//
//	var calls = policy.Retry{Retries: 3}
//
//	err := calls.Do(ctx, func(ctx context.Context) error { return send(ctx, order) })
//
// # Numbers
//
// Attempts count from 1. A retry is any attempt after the first, so Retries: 3 makes 4
// attempts at most, with a delay after failures 1, 2 and 3 and none after the last. The
// counts are redis-py's.
//
// # Deciding and doing
//
// [Retry.Decide] judges: a pure, total function of a [State] and an error. Clock, chance, the
// context, the budget and what is known of the operation come in as fields of the State. One
// loop, beneath [Retry.Do], [Value] and [Retry.Attempts], reads the clock, draws the
// chance, reports, sleeps, and has no opinions. Each decision is reported to
// Observe as an [Event] that holds the State it was made from, so that any decision seen in production can
// be replayed in a test: r.Decide(e.State, e.Err) == e.Decision.
//
// These are the rules, the first that applies wins:
//
//	Succeeded      there was no error
//	Canceled       the caller's context has ended
//	NotRetryable   the error is Permanent, or nobody knows it
//	NotReplayable  the operation may have been executed, and a second run might do harm
//	OutOfRetries   Retries have been made
//	OutOfTime      the delay would end after MaxElapsed or the context's deadline
//	OutOfAllowance the retries that the caller's context allows have been made, here or in other loops
//	OutOfBudget    the shared budget is spent
//	Retrying       after Decision.Delay
//
// # Overload
//
// Retries are load, and most of them come when a server can bear it least. A [Budget] ties them to successes; it is shared,
// by the policies of a client. [WithAllowance] bounds those of one request, in all layers together, since layers
// multiply; [Final] ends them all. MinAttempt shares the time until the deadline between the attempts. After an error that
// says overload a retry costs more, and waits the longer half of the delays; after one that says how long to wait
// it waits that, up to 5 s, and then its own delay. docs/choosing.md defends the numbers.
//
// # Change
//
// A [Live] is a policy that is swapped while it is in use: each operation runs under one policy from its beginning to its
// end. [FromEnv] reads REPRISE_POLICY. [LogTo] writes decisions to a log/slog.Logger.
//
// # What comes back
//
// A failure on the only attempt comes back untouched: the very error that the operation
// returned. After a retry it comes back as an [*Error], which unwraps to the last error and, if the
// context ended, to the context's error and cause: errors.Is finds each of them. A context that ended
// while the loop slept after the first attempt gives an *Error as well, since two things must be
// said. A context that had ended before the first attempt gives its cause, and the operation is not run.
// Panics pass through.
//
// A policy that [Retry.Validate] refuses does not retry: the first failure comes back joined
// with what is wrong with the policy.
//
// # Cost
//
// An operation that succeeds at once costs a policy without MaxElapsed, AttemptTimeout, MinAttempt, Inform, Budget, Live and
// Observe no allocation, no clock reading, no random number and no shared memory. Retries allocate nothing
// either, with or without a delay: timers are reused. Inside a testing/synctest bubble they are not, since a
// timer belongs to its bubble. What does allocate are AttemptTimeout, MinAttempt and Inform, a context per
// attempt, and giving up after a retry, an Error.
package policy
