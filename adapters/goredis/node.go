package goredis

import (
	"context"
	"sync/atomic"

	"github.com/redis/go-redis/v9"
)

// node is the hook on the nodes of a cluster and the shards of a ring, where dials and handshakes
// are seen: the client's own hooks see neither. It marks what was not sent. It retries nothing but the
// transactions of a ring, which makes one for each shard and leaves its own MULTI and EXEC without a reply.
type node struct {
	of     *Hook
	at     string       // the address, as events name it
	pooled *atomic.Bool // set while the hook is added to a shard itself, not to a Conn or Tx of it; nil elsewhere
}

var _ redis.Hook = node{}

// nodeAt returns the hook for a node.
func nodeAt(h *Hook, c *redis.Client) node { return node{of: h, at: named(c.Options().Addr)} }

func (n node) DialHook(next redis.DialHook) redis.DialHook { return n.of.DialHook(next) }

func (n node) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		n.note(cmd)
		if setsUpConnection(cmd.Name()) {
			return notSent(next(ctx, cmd))
		}
		return next(ctx, cmd)
	}
}

// ProcessPipelineHook runs the transactions of a ring. On a Conn or Tx they may be under a WATCH.
func (n node) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	watchable := n.pooled == nil || !n.pooled.Load()
	return func(ctx context.Context, cmds []redis.Cmder) error {
		for _, cmd := range cmds {
			n.note(cmd)
		}
		if isHandshake(cmds) {
			return notSent(next(ctx, cmds))
		}
		for _, cmd := range cmds {
			if cmd.NoRetry() || setsUpConnection(cmd.Name()) {
				return next(ctx, cmds)
			}
		}
		if n.of.ring && cmds[0].Name() == "multi" {
			return n.of.transaction(ctx, cmds, next, n.at, watchable)
		}
		return next(ctx, cmds)
	}
}

// note has a command of the client's know the node that it goes to.
func (n node) note(cmd redis.Cmder) {
	switch cmd := cmd.(type) {
	case *final:
		cmd.at = n.at
	case *tracked:
		cmd.at = n.at
	default:
		if n.of.ring {
			n.of.places.note(cmd, n.at)
		}
	}
}
