// Package proptest holds code that retries to the laws of retrying. It is for who writes a [backoff.Strategy], a
// [classify.Func] or a [policy.Retry]; for who has a loop of his own, or somebody else's library, and wants to know what it
// does; and for who wants to know what a Redis client really does when the network fails, whatever it is written in.
//
//	func TestMine(t *testing.T) {
//		proptest.TestStrategy(t, Mine{}, time.Minute)
//	}
//
// A test draws inputs until a law is broken, and prints the smallest that does, with the law in words:
//
//	a delay is never longer than the cap
//	Delay(6, 0s, 1) = 1m30s, and the cap is 1m0s
//
// # The contract of a retry
//
// These are the laws, and each is a constant of type [Law], whose text is what is printed.
//
// Of a strategy, which [TestStrategy] holds to them: it is a function, of nothing but its arguments; its delays are in
// [0, cap] for any arguments at all; they do not fall as the quantile grows; it may be shared.
//
// Of a classifier, [TestClassifier]: it is a function; it says nothing of nil; it does not panic, whatever the tree of errors;
// to wrap an error changes nothing; the end of the caller's own context is Permanent, unless it knows none; a hint is not
// negative; it may be shared.
//
// Of a policy, [TestRetry]: it is valid; what Decide says, Do does; Decide is total, and a function; attempts and delays keep
// to Plan; nothing is run again that is Permanent, or Ambiguous above the rung; no attempt begins after MaxElapsed, the
// deadline or the end of the context; the text of a policy is the policy; it may be shared.
//
// Of a loop, whatever its library, [TestDo]: the reference is [Reference], a loop in a few lines that one can read. N retries
// are N+1 attempts; the delays are those that were asked for, constant or doubling up to a cap; drawn at random they keep
// below the cap, and differ there too; there is none after the last attempt; each attempt is told of the caller's context,
// and of the end of its own time, after which it is retried; a context that ends ends the loop, at any moment; no delay is
// begun that the deadline cuts short; the error of the last attempt, and the cause of the context, are in the error that
// comes back; a policy is used again, and by several goroutines, as if it were new; a panic passes through.
//
// Of a client of Redis, [TestClient], with one caller and with several: it answers when nothing is in its way; what it
// acknowledges was executed; each reply is that of its own request; nothing was executed twice above the rung that it
// promises; a transaction was executed as a whole or not at all; the order on a connection is kept; a call ends in the time
// and the attempts that it promises.
//
// Of a table of commands, [TestReplay]: a command on a rung does, when a real server runs it twice, no more than the rung
// allows.
//
// # The generators
//
// What the tests draw from is there for tests of your own: [Strategies], [Retries], [States], [Errors], [Delays], [Scripts],
// [Scenarios], [Commands] and [Faults]. They shrink to what a person can read.
//
// # The server
//
// [Server] is a Redis endpoint that fails as a script says: it refuses or resets a dial, ends the connection before it
// executes a command, or when it has, cuts the reply at a byte, closes its half and goes on executing, hangs up behind a
// reply, delays, answers with an error, stalls. Each is a [Fault]. It records what was executed, so that a test can say
// "once". Any client in any language reaches it by its address.
//
// # Time
//
// Tests of loops run in virtual time, with [testing/synctest]: minutes of delays take microseconds, and durations are
// exact. The code under test must sleep by package time, and not wait for the network.
package proptest
