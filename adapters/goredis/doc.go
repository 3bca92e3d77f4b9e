// Package goredis gives a go-redis v9 client retries that are safe.
//
//	client := goredis.NewClient(&redis.Options{Addr: "localhost:6379"}, policy.Retry{Retries: 3})
//
// go-redis retries by itself, but without asking what a second run does: an INCR whose
// reply was lost is executed twice. Here each command is judged by its error and by itself.
//
// # Installing it
//
// There are four ways:
//
//   - [NewClient], [NewFailoverClient] and [NewRing] make a client whose own retries are off. They own the
//     options and know the client: prefer them.
//   - [NewClusterClient] makes one of a cluster, and runs its operations in cycles with a refresh of the slot map
//     between them, through failovers and moving slots: its cluster.Config holds the policy, and how many cycles there are.
//   - [Install] adds the hook to a client that exists, a cluster's too, and refuses one that retries by
//     itself with an error that says which option to set. On a cluster it is the policy alone: the slot map is left to
//     go-redis, which reads it anew after MOVED, and not after a lost connection.
//   - [NewHook] gives the bare hook, for AddHook.
//
// A policy.Retry{Live: live} may change while the client is in use; an operation keeps the policy that it began with.
//
// The first hook added to a client is the outermost: one added before the retry hook sees an operation
// once, one added after it sees each attempt. A client that go-redis' WithTimeout made has lost all hooks, and with them
// its retries; [WithTimeout] gives one that has not.
//
// # What happens
//
//	the command was …  errors                                               is run again
//	not sent           dial, DNS, TLS, Sentinel and handshake failures,     always, after a delay
//	                   pool timeout and exhaustion; a single command or a
//	                   transaction that could not be written in full
//	refused            LOADING, READONLY, CLUSTERDOWN, MASTERDOWN,          always, after a delay
//	                   TRYAGAIN, NOREPLICAS, MISCONF; OOM, BUSY, max        (the longer half of it)
//	                   number of clients
//	maybe executed     EOF, reset or timeout after the dial; a refusal in   if its rung is at or under
//	                   the reply of EVAL, EVALSHA, FCALL                    Retry.Replay
//	executed           a reply; redis.Nil; redis.TxFailedErr                never
//	refused for good   NOAUTH, WRONGPASS, NOPERM, WRONGTYPE, CROSSSLOT,     never
//	                   NOSCRIPT, ERR …; a closed client
//
// The rung comes from [classify.Command], arguments included: SET k v is Idempotent and is run again by
// default, INCR is Accumulating and is not. [WithReplay] says it for the calls under one context.
//
// # Pipelines and transactions
//
// In a pipeline each command is judged by itself and ends with its own reply or its own error. Replies
// that arrived are kept, and a retry sends only the commands that are safe to run again, in their
// order. One that shares a key with a later command which may have been executed is not safe if either
// writes: it would run after it. A transaction is run again as a whole or not at all: if it was not sent, if a
// command in it was refused for now, or if the worst rung in it allows. Never under a WATCH that has been
// lost, with its connection or with a discarded block: on a Tx or Conn, and where other hooks were added
// after this one, EXECABORT is final.
//
// Watch calls its function once. On a cluster client of [NewClusterClient] the WATCH before it is tried on until there
// is a node that has it, through a failover and while the slot moves; on others it is one command. What fails after it
// comes back, and is for the caller to begin anew: redis.TxFailedErr for sure, whatever Classify calls Ambiguous only if
// a second run does no harm.
//
// # Never run again
//
//   - What [classify.Command] calls Never, after it may have been executed: BLPOP, SUBSCRIBE, FLUSHALL …
//   - Commands that write into the caller's memory (NoRetry): RawWriteTo, zero-copy reads.
//   - What sets up a connection: HELLO, AUTH, SELECT, CLIENT, READONLY. It belongs to the command that needed
//     the connection, which is run again.
//   - What goes past the hooks: PubSub, and Watch on a ring, or on a cluster that [Install] has served.
//
// # Errors
//
// What comes back is the driver's own error, bare, so that err == redis.Nil works. Only when the
// context ends is it a [policy.Error], which unwraps to the last error and to the context's and its
// cause. With go-redis' default, ContextTimeoutEnabled: false, no context interrupts a read. The constructors here set it
// where a policy has an AttemptTimeout or MinAttempt, [Install] insists on it, and [NewHook] and a Live that changes cannot:
// set it to true, then and wherever a deadline is to be kept. A policy that is not valid does not retry, and the first
// failure says why.
//
// After a failover go-redis closes old connections one by one, each at the price of a READONLY. Those attempts
// are not counted and not delayed, as long as the pool gives old connections: twenty of them do not eat
// three retries.
//
// go-redis' pool stops dialling once PoolSize dials have failed, and tries once a second from then on. Clients made
// or installed here do not tell it of failed dials, unless they keep connections in stock (MinIdleConns): the
// policy says when to dial, and a server that is back is found at the next attempt.
//
// A server that answers LOADING is asked how long it will go on (INFO persistence), once for all who wait, and a retry waits
// for that, 5 s at most, before its own delay: of commands, pipelines and transactions, on clients of one server and on
// rings, where each shard is asked by itself. On a ring nobody waits longer than three heartbeats, after which it gives the
// keys of a shard that does not answer to others. In a cluster there is no estimate: another node may have been promoted,
// and serve the command sooner. Nor does a bare hook ask. A loading server takes WATCH and MULTI, refuses what is queued and
// discards the block, so that a Watch gets EXECABORT, and may begin anew.
//
// Events, and with them the buckets of a Budget, name the node of each attempt where there are several, on a
// ring and in a cluster: for a pipeline over several nodes that of the failure which decides, or else
// that of its first command.
//
// # Cost
//
// On success nothing is allocated for a command or a transaction, and two slices for a pipeline, which remember what
// was answered; some 20 ns beside a round trip of 30 µs and more
// (go test -run=NONE -bench=. ./adapters/goredis). On a ring it takes some 200 ns more to learn of the shard. On a cluster
// each command costs an allocation of 32 bytes: a wrapper tells go-redis' loop, which has to follow MOVED and ASK, not to
// retry. It hides the command's type, so a cluster client with a dynamic command resolver (SetCommandInfoResolver) may lose the values of
// commands over several shards; leave the resolver at its default.
//
// # Coming from go-redis' own retries
//
//	MaxRetries: 3                  policy.Retry{Retries: 3}
//	MaxRetries: -1                 policy.Retry{}
//	MinRetryBackoff, MaxRetryBackoff
//	                               Backoff: backoff.Full(backoff.Exponential{Base: min, Cap: max})
//	a duplicate is no harm         Replay: classify.Accumulating
//
// # Coming from redis-py
//
//	retry=Retry(ExponentialBackoff(), 3)   policy.Retry{Retries: 3, Backoff: backoff.Exponential{}}
//	retry_on_error=[BusyLoadingError,      On: []classify.Kind{classify.BusyLoading,
//	  ConnectionError, TimeoutError]         classify.Connection, classify.Timeout}
//	retry_on_timeout=True                  On: []classify.Kind{classify.Timeout}
//	the latter two without retry           policy.RetryOn(kinds...): one retry, at once
//	its at-least-once                      Replay: classify.Accumulating
//
// As there, N retries are N+1 attempts and nobody sleeps after the last. A wrong password is not retried here.
package goredis
