// Package rueidis gives a rueidis client retries that are safe. Import it under another name than the driver:
//
//	import (
//		"github.com/redis/rueidis"
//		retry "github.com/reprise-go/reprise/adapters/rueidis"
//	)
//
//	client, err := retry.NewClient(rueidis.ClientOption{InitAddress: []string{"localhost:6379"}}, policy.Retry{Retries: 3})
//
// rueidis retries by itself, reads and what is marked ToRetryable, without an end: a read on a dead server
// returns when the context does. A write it never retries, not even one that was never sent or that the
// server refused. Here each command is judged by its error and by itself.
//
// # Installing it
//
// There are four ways:
//
//   - [NewClient] makes a client and owns the options that have to do with retries. It knows the client: prefer
//     it. It has the type of rueidis.NewClient but for the policy, so that with a policy filled in it is the
//     ClientBuilder of rueidislock, rueidisaside and rueidislimiter.
//   - [NewClusterClient] makes the client of a cluster, whose failovers it outlasts by a [cluster.Config]. NewClient
//     makes one as well, which knows no node and leaves the slot map to rueidis.
//   - [Wrap] is for a client that exists. Its comment says what it cannot know.
//   - [RetryDelay] turns a policy into rueidis' own option: its delays and their end, and nothing else.
//
// A policy.Retry{Live: live} may change while the client is in use; an operation keeps the policy that it began with.
//
// # What happens
//
//	the command was …  errors                                               is run again
//	not sent           dial, DNS, TLS and handshake failures, ErrNoSlot;    always, after a delay
//	                   a connection that had failed before the attempt      at once, uncounted, four times
//	refused            LOADING, READONLY, CLUSTERDOWN, MASTERDOWN,          always, after a delay
//	                   TRYAGAIN, NOREPLICAS, MISCONF; OOM, BUSY, max        (the longer half of it)
//	                   number of clients
//	maybe executed     EOF, reset or timeout after the dial; a refusal in   if its rung is at or under
//	                   the reply of EVAL, EVALSHA, FCALL; somebody else's   Retry.Replay
//	                   context ended, who had the connection
//	executed           a reply; rueidis.Nil                                 never
//	refused for good   NOAUTH, WRONGPASS, NOPERM, WRONGTYPE, CROSSSLOT,     never
//	                   NOSCRIPT, ERR …; a closed client
//
// The rung comes from [classify.Command], arguments included, unless whoever built the command has vouched for more: a
// command that rueidis' builder, or Arbitrary(…).ReadOnly(), calls read-only is ReadOnly, and one marked
// ToRetryable is Idempotent at worst. [WithReplay] says it for the calls under one context.
//
// That the caller gave up is known by his context alone: rueidis gives the errors of one caller's context to others.
//
// A server that answers LOADING is asked how long that will take: one INFO persistence for all callers of a client, past the
// policy. They wait for its estimate, up to 5 s at a time, and then for the policy's own delay. Where it does not say, INFO
// is forbidden for example, the policy's delay is all. On a cluster nobody is asked, on purpose: another node may have been
// promoted, and serve sooner. The same goes for a client that sends to replicas too (SendToReplicas).
//
// # Method by method
//
//	Do, DoCache        the command by itself
//	DoMulti,           each command by itself: replies that arrived are kept, and a retry sends only the commands
//	DoMultiCache       that are safe to run again, in their order. One that shares a key with a later command which
//	                   may have been executed is not safe if either writes. MULTI, commands, EXEC are run again as a
//	                   whole or not at all. A batch that subscribes, or has a WATCH or half a transaction in it,
//	                   passes through.
//	DoStream,          while nothing could be sent; what fails once the caller reads passes through, since some of
//	DoMultiStream      the reply may be in his hands
//	Receive            subscribes again; a subscription that the server confirmed begins anew with all retries
//	Dedicated,         pass through: under WATCH or within MULTI the caller alone knows what a second run means, and a
//	Dedicate           dedicated connection does not heal
//	Nodes              each node under the same policy; it follows no MOVED, and Close on it does nothing. In a
//	                   client by NewClusterClient it never reaches the node that stands in for a lost one
//	Close              ends what is waiting to try again too, and for good: plain rueidis dials again
//
// rueidis' helpers (MGet, MSet, MDel, JsonMGet …) look at the type of the client, and take one that is not rueidis' own for a
// cluster's: many SETs instead of one MSET. The client notices by whom it is called, and calls the helper with
// rueidis' client, under the policy. Where the helper has to have replies by slot (MGet), they come from one MULTI.
//
// # Commands
//
// rueidis recycles a command with its reply, and reads it even after a call has returned because its context ended. So
// the words are copied before the first attempt, and each further one sends a command that is built anew of them. No
// command is pinned, none is sent twice, and what the caller owns, pinned and shared perhaps, is never written to.
// There is no timeout for each attempt, since rueidis would still send the abandoned command: see [NewClient].
//
// # Errors
//
// What comes back is the driver's own error, bare, so that err == rueidis.Nil works. Only when the context
// ends is it a [policy.Error], which unwraps to the last error and to the context's and its cause. A policy that is not
// valid is refused by NewClient; of Wrap the first failure says so.
//
// # Cost
//
// On success 15 ns, and no allocation for a command of up to eight words; one of 16 bytes a word for a longer one; three
// or four for a batch, whatever its size, and some 25 ns for each command in it. A batch of which all commands are SET,
// DEL, UNLINK or MGET looks for a helper: half a microsecond. To pin each command for a second attempt, which is not
// done, would cost whoever builds the next one 2 to 4 allocations. What retries cost, rebuilding among it, is paid after a
// failure.
// (go test -run=NONE -bench=. ./adapters/rueidis)
//
// # Coming from rueidis' own retries
//
//	DisableRetry: true               policy.Retry{}
//	RetryDelay: f                    Backoff: backoff.Func(…), and an end: Retries
//	its at-least-once for reads      Retries: policy.Unlimited; reads are retried at any setting
//	ToRetryable()                    the same, for the commands so marked
package rueidis
