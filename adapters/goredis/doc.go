// Package goredis gives a go-redis v9 client retries that are safe.
//
//	client := goredis.NewClient(&redis.Options{Addr: "localhost:6379"}, policy.Retry{Retries: 3})
//
// go-redis retries by itself, but without asking what a second run does: an INCR whose
// reply was lost is executed twice. Here each command is judged by its error and by itself.
//
//	the command was …   errors                               is retried
//	not sent            dial, DNS, pool timeout              always
//	refused             LOADING, READONLY, OOM, max clients  always
//	maybe executed      EOF, reset, timeout after the dial   if its rung is at or under Retry.Replay
//	executed            redis.Nil, a reply                   never
//	refused for good    WRONGTYPE, NOAUTH, ERR …             never
//
// The rung comes from [classify.Command], arguments included: SET k v is Idempotent and is retried
// by default, INCR is Accumulating and is not.
//
// # Installing it
//
// [NewClient] makes a client whose own retries are off. [Install] adds the hook to a client that
// was made without retries, and refuses one that has them, since two loops multiply.
// [NewHook] gives the bare hook. The first hook added to a client is the outermost: one added before the retry hook
// sees an operation once, one added after it sees each attempt.
//
// # Pipelines and transactions
//
// In a pipeline each command is judged by itself. Replies that arrived are kept, and a retry
// sends only the commands that are safe to run again, in their order. One that shares a key with a
// later command which may have been executed and writes is not safe: it would run after it. A transaction is
// run again as a whole or not at all, by the worst rung in it.
//
// # Errors
//
// What comes back is the driver's own error, bare, so that err == redis.Nil works. When the
// context ends between attempts it is a [policy.Error], which unwraps to the last error and to the
// context's. With go-redis' default ContextTimeoutEnabled=false neither the context nor
// AttemptTimeout interrupts a read: set it to true.
//
// The commands by which go-redis sets up a connection (HELLO, AUTH, SELECT, CLIENT …) and those that
// write into the caller's memory (NoRetry) are never retried.
package goredis
