package goredis

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync/atomic"

	"github.com/redis/go-redis/v9"

	"github.com/reprise-go/reprise/cluster"
	"github.com/reprise-go/reprise/internal/errtree"
	"github.com/reprise-go/reprise/internal/gate"
	"github.com/reprise-go/reprise/policy"
)

// NewClusterClient returns a client as redis.NewClusterClient makes it from a copy of o, whose operations run under c: in
// cycles of attempts on one node, with a refresh of the slot map between them that all share; see package cluster. By
// itself go-redis does not read the map anew after a failed connection, and fails the writes of a dead master for 60 s.
//
// It owns these options, whatever o says: DialerRetries is 1, MaxRetries -1, and ClusterSlots, which must be nil, reads the
// map by the orchestrator's rules, the demoted node last, see [cluster.AskSeeds]; and ContextTimeoutEnabled, if attempts have
// an end of their own. go-redis' own reloads, after MOVED for one, become refreshes of the orchestrator. Empty c.Seeds mean
// o.Addrs. MOVED and ASK are followed by go-redis, MaxRedirects times within an attempt.
//
// A node that did not answer a dial, or the handshake, is not dialled again for a while, 50 ms at first and a second at
// most; who needs it in that time gets that error at once.
//
// Pipelines and transactions are judged as on any client of this package. Watch goes past the hooks of a cluster client, but
// its WATCH does not: it is an operation under c, named "watch" in events, and when some node has taken it in the end,
// go-redis watches there and calls fn. Nothing else is run again: fn runs once at most, and what it returns comes back as
// it is. A transaction whose reply was lost is Ambiguous, and nobody runs its EXEC a second time. One whose slot has moved
// since the WATCH, or is moving, has not run: redis.TxFailedErr, as if a key had changed.
//
// If no node takes the WATCH, and the error is not for good, Watch returns one that hides its cause from go-redis, whose
// loop would begin anew: errors.As finds the [policy.Error] in it if there was more than one attempt, and errors.Is the
// cause, but for io.EOF and redis.ErrPoolTimeout. With MaxRedirects: -1 the WATCH is tried once; and a Watch that comes before
// the client has a map loads it by itself, and is not run again if that fails.
func NewClusterClient(o *redis.ClusterOptions, c cluster.Config) (*redis.ClusterClient, error) {
	if o == nil {
		return nil, errors.New("goredis: the options are nil; allowed: those of a cluster")
	}
	if o.ClusterSlots != nil {
		return nil, errors.New("goredis: ClusterSlots is set; allowed: nil, since the orchestrator reads the slot map")
	}
	if len(c.Seeds) == 0 {
		c.Seeds = o.Addrs
	}
	c.Seeds = slices.Clone(c.Seeds)
	for i, addr := range c.Seeds {
		c.Seeds[i] = named(addr) // as in the map: a node with two names is asked twice, and demoted by one of them
	}
	own := *o
	own.DialerRetries = 1
	own.MaxRetries = -1 // of the nodes, within a Tx
	own.ContextTimeoutEnabled = own.ContextTimeoutEnabled || bounded(c.Retry.Current())
	h := &Hook{follows: true}
	c.Adapt = func(r policy.Retry) (policy.Retry, error) { return classified(r), nil }
	t := &topology{options: &own}
	orchestrator, err := cluster.New(t, c)
	if err != nil {
		return nil, fmt.Errorf("goredis: %w", err)
	}
	h.orchestrator, t.orchestrator = orchestrator, orchestrator
	own.ClusterSlots = t.slots
	if own.ReadOnly || own.RouteByLatency || own.RouteRandomly {
		own.OnConnect = readOnly(o.OnConnect) // which go-redis leaves out where there is a ClusterSlots
	}
	client := redis.NewClusterClient(&own)
	t.client = client
	gates := new(gate.Gates)
	client.OnNewNode(func(n *redis.Client) {
		joins(n, member{nodeAt(h, n), client, n.Options().Addr, gates, new(*redis.Client)})
	})
	add(client, h, 0) // READONLY makes a cluster client ask another node
	return client, nil
}

// readOnly has replicas answer reads, after what the caller does with a new connection.
func readOnly(before func(context.Context, *redis.Conn) error) func(context.Context, *redis.Conn) error {
	return func(ctx context.Context, cn *redis.Conn) error {
		if before != nil {
			if err := before(ctx, cn); err != nil {
				return err
			}
		}
		return cn.ReadOnly(ctx).Err()
	}
}

// nodeOf returns the address of the node of which an error tells, "" if it does not. Where a connection broke off
// (EOF) it does not.
func nodeOf(err error) string {
	if err == nil {
		return ""
	}
	if u, ok := errtree.As[*unsent](err); ok && u.addr != "" {
		return named(u.addr)
	}
	if op, ok := errtree.As[*net.OpError](err); ok && op.Addr != nil {
		return named(op.Addr.String())
	}
	return ""
}

// member is the hook on the nodes of an orchestrated cluster.
type member struct {
	node
	client *redis.ClusterClient
	addr   string
	gates  *gate.Gates
	pooled **redis.Client // the node's, while it gets the hook; then nil
}

// joins adds the hook to a node. A Conn or Tx of it makes its own chain of hooks later, and has a connection already.
func joins(n *redis.Client, m member) {
	*m.pooled = n
	n.AddHook(m)
	*m.pooled = nil
}

// kept returns the error of a dial that would be kept back, if no connection of the node lies idle. The pool would say the
// same, but it makes 64 KB of buffers first, and each command waits for one of its few turns: ten thousand commands that
// wait for an election took twice the processor's time, and twice as long.
func (m member) kept(n *redis.Client) error {
	if n == nil {
		return nil
	}
	if err := m.gates.Kept(m.addr); err != nil && n.PoolStats().IdleConns == 0 {
		return err
	}
	return nil
}

// DialHook keeps dials back from a node to which no connection could be made just now. None fails in the eyes of the
// pool: its own look at a node to which PoolSize dials have failed would take the turn of a command each time the
// gate lets one through, and end without the handshake that opens it.
func (m member) DialHook(next redis.DialHook) redis.DialHook {
	dial := m.node.DialHook(next)
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := m.gates.Pass(ctx, m.addr, func() (net.Conn, error) { return dial(ctx, network, addr) })
		if err != nil {
			return undialed{err}, nil //nolint:nilerr // who uses it first gets the error
		}
		return conn, nil
	}
}

// ProcessHook sees handshakes, and has the orchestrator run the WATCH of a transaction.
func (m member) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	process := m.node.ProcessHook(next)
	var watched atomic.Bool // go-redis makes a chain of hooks for each Tx: a later WATCH of it is fn's own
	pooled := *m.pooled
	return func(ctx context.Context, cmd redis.Cmder) error {
		m.note(cmd) // also of one that is kept back
		if err := m.kept(pooled); err != nil {
			return err
		}
		if cmd.Name() == "watch" && !watched.Swap(true) {
			return m.watch(ctx, cmd, process)
		}
		err := process(ctx, cmd)
		if setsUpConnection(cmd.Name()) {
			m.shaken(ctx, err)
		}
		return err
	}
}

// ProcessPipelineHook sees handshakes, and the transactions under a WATCH.
func (m member) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	process := m.node.ProcessPipelineHook(next)
	return func(ctx context.Context, cmds []redis.Cmder) error {
		err := process(ctx, cmds)
		switch {
		case len(cmds) == 0:
		case isHandshake(cmds):
			m.shaken(ctx, err)
		case err != nil && cmds[0].Name() == "multi":
			return m.block(cmds, err)
		}
		return err
	}
}

// shaken takes note of how a handshake ended. A server that refuses it is there. The gate knows of a dial that failed,
// and of one that it kept back: to count what it has told itself would shut it again with each command that it turns
// away, and for good while they are many.
func (m member) shaken(ctx context.Context, err error) {
	switch u, ok := errtree.As[*unsent](err); {
	case ok && u.addr != "":
	case err == nil, isReply(err):
		m.gates.Open(m.addr)
	case ctx.Err() == nil:
		m.gates.Failed(m.addr, &unsent{err, m.addr})
	default:
		m.gates.Left(m.addr)
	}
}
