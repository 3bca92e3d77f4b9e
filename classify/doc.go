// Package classify says what an error means for a retry, and what a second run of a
// Redis command would do.
//
// # Errors
//
// A classifier is a [Func]: it turns an error into a [Verdict], which is a [Class], what
// a loop may do; a [Kind], what happened; and the server's own hint, if it gave one.
//
//	class       what a loop may do             errors
//	Transient   retry anything                 never sent (dial, DNS), LOADING, READONLY, CLUSTERDOWN,
//	                                           MASTERDOWN, TRYAGAIN, NOREPLICAS, MISCONF
//	Overloaded  the same, but go easy          max number of clients reached, BUSY, OOM
//	Redirect    ask elsewhere, at once         MOVED, ASK
//	Ambiguous   only what may run twice        read or write failed after the dial, EOF, reset, timeout,
//	                                           a refusal out of a script
//	Permanent   nothing                        NOAUTH, WRONGPASS, NOPERM, WRONGTYPE, CROSSSLOT, NOSCRIPT,
//	                                           EXECABORT, ERR …, an ended context, a bad certificate
//	Unknown     nothing: nobody had an opinion
//
// [Net] knows the errors of net, syscall, os, io, crypto/tls and context; [Redis] knows the
// error replies of a Redis server; [Default] knows both. [First], [Is] and [As] build
// classifiers, and [Only] narrows one to the kinds that a user lists.
//
// A classifier judges the tree that an error and all it wraps form, so wrapping an error
// with fmt.Errorf or joining it with one that nobody knows never changes its class. Where
// the branches of a joined error disagree, the most cautious opinion wins: Permanent, then
// Ambiguous, Overloaded, Transient, Redirect.
//
// # Commands
//
// After an Ambiguous error a command may have been executed. [Command] grades every Redis
// command, arguments included, on the ladder of [Replay]: from ReadOnly, which may run any
// number of times, over Idempotent, Convergent and Accumulating to Never. The table is not
// asserted but proved: a test runs its rows twice on a real server over generated arguments
// and compares state and reply.
//
// Everything here is pure, safe for any number of goroutines, and allocates nothing, except
// where an error's own methods do.
package classify
