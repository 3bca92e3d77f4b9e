package goredis

import (
	"context"
	"net"
	"slices"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/cluster"
	"github.com/reprise-go/reprise/internal/batch"
	"github.com/reprise-go/reprise/internal/loading"
	"github.com/reprise-go/reprise/policy"
)

// Hook is a redis.Hook that runs commands, pipelines and transactions under a policy. What
// it remembers are counts; it may be shared by any number of goroutines. Each client should have
// one of its own.
type Hook struct {
	policies func() *policy.Retry // of operations that begin now
	invalid  error                // what is wrong with a policy for good: nothing is retried, and failures say so
	// dials counts the dials of the client: while it stands still, a command used an old connection.
	dials atomic.Int64
	// pool is the most connections that a client may have lying idle.
	pool int
	// taken is set while the constructors here add the hook to a client that is no Conn and no Tx.
	taken atomic.Bool
	// uncounted keeps failed dials from the pool, which would stop dialling.
	uncounted bool
	// follows means that go-redis' own loop follows redirects, a cluster's, and has to be told not to retry.
	follows bool
	// orchestrator runs the operations of a cluster; nil if the policy alone does.
	orchestrator *cluster.Orchestrator
	// ring means that transactions are the shards' own, one on each that has a key in it.
	ring bool
	// places has the shards that the commands of a ring have gone to.
	places places
	// live returns the shards that are in the ring, and beats is how long it keeps one that does not answer.
	live  func() []*redis.Client
	beats time.Duration
	// single means that there is one server, and alone runs a command there past the hook.
	single bool
	alone  redis.ProcessHook
	// loading has what servers have said of how long they will go on loading.
	loading loading.Estimates
}

var _ redis.Hook = (*Hook)(nil)

// NewHook returns the hook that retries by r, or by the policy that r.Live has as an operation begins. Where a policy has
// no Classify, [Classify] is used. The client
// that it is added to must not retry by itself; [Install] sees to that, and knows more of the client than a
// bare hook can: prefer it. An r that [policy.Retry.Validate] refuses does not retry: failures come back
// joined with the complaint.
func NewHook(r policy.Retry) *Hook {
	h := new(Hook)
	if r.Live != nil {
		if h.invalid = r.Validate(); h.invalid != nil {
			r = policy.Retry{Observe: r.Observe}
		}
	}
	h.policies = policy.Follow(r, classified)
	return h
}

// classified returns a policy with a classifier that knows what the hook knows.
func classified(r policy.Retry) policy.Retry {
	of := r.Classify
	if of == nil {
		of = Classify
	}
	r.Classify = func(err error) classify.Verdict { return known(err, of) }
	return r
}

// DialHook marks what fails in a dial as not sent: a custom dialer, Sentinel, or TLS may fail in ways that
// look like a lost reply. It does not retry: the command that needs the connection does.
func (h *Hook) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		h.dials.Add(1)
		// The connection goes back as it is: go-redis looks for its file descriptor.
		conn, err := next(ctx, network, addr)
		err = notSent(err)
		if u, ok := err.(*unsent); ok { //nolint:errorlint // made here
			u.addr = addr
		}
		if err != nil && h.uncounted {
			return undialed{err}, nil
		}
		return conn, err
	}
}

// ProcessHook runs single commands.
func (h *Hook) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	if h.taken.Load() {
		h.alone = next
	}
	return func(ctx context.Context, cmd redis.Cmder) error {
		if cmd.NoRetry() {
			return next(ctx, cmd)
		}
		if setsUpConnection(cmd.Name()) {
			return notSent(next(ctx, cmd))
		}
		return h.command(ctx, cmd, next)
	}
}

// ProcessPipelineHook runs pipelines, and transactions, which go-redis hands over as MULTI,
// the commands, EXEC.
func (h *Hook) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	// A Conn or Tx makes its own chain of hooks, and its transactions may be under a WATCH.
	watchable := !h.taken.Load()
	return func(ctx context.Context, cmds []redis.Cmder) error {
		if len(cmds) == 0 {
			return next(ctx, cmds)
		}
		if isHandshake(cmds) {
			return notSent(next(ctx, cmds))
		}
		for _, cmd := range cmds {
			if cmd.NoRetry() || setsUpConnection(cmd.Name()) {
				return next(ctx, cmds)
			}
		}
		if cmds[0].Name() == "multi" {
			if h.ring {
				return next(ctx, cmds)
			}
			return h.transaction(ctx, cmds, next, "", watchable)
		}
		return h.pipeline(ctx, cmds, next)
	}
}

// setsUpConnection tells the commands that belong to one connection. go-redis sends them through the
// hooks of the command that needed the connection; they are not operations of their own, and
// mean nothing on the connection that a retry would get.
func setsUpConnection(name string) bool {
	switch name {
	case "hello", "auth", "select", "client", "readonly", "readwrite", "asking", "quit", "reset":
		return true
	}
	return false
}

// isHandshake reports whether there is nothing in a batch but what sets up a connection. ASKING is sent with the command
// that was asked for, and what becomes of that is not known by it.
func isHandshake(cmds []redis.Cmder) bool {
	return len(cmds) > 0 && !slices.ContainsFunc(cmds, func(cmd redis.Cmder) bool { return !setsUpConnection(cmd.Name()) })
}

// stale tells whether a refusal came from a server that was demoted while the client kept
// connections to it, so that the next connection may well lead to the master. go-redis closes each
// that answers READONLY, but just that one: twenty idle ones would eat any number of retries. (One that
// answers so within MULTI it keeps, so that for transactions there is no use in it.) before is the count of
// dials before the attempt, tries how often the answer was yes.
func (h *Hook) stale(before int64, tries int, v classify.Verdict) bool {
	return v.Kind == classify.ReadOnlyReplica && v.Class == classify.Transient &&
		tries < h.pool && h.dials.Load() == before
}

// rung returns the command's rung, or the one that the caller gave the context.
func rung(ctx context.Context, c batch.Command) classify.Replay {
	if said := policy.ReplayFrom(ctx); said != 0 {
		return said
	}
	return c.Replay()
}

// bare returns the driver's own error, which callers may compare with ==. Only an ended
// context is told as well.
func bare(err error) error {
	if e, ok := err.(*policy.Error); ok { //nolint:errorlint // the loop returns it unwrapped
		if e.Reason == policy.Canceled {
			return err
		}
		err = e.Err
	}
	return driver(err)
}
