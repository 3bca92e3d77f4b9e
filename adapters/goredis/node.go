package goredis

import (
	"context"

	"github.com/redis/go-redis/v9"
)

// node is the hook on the nodes of a cluster and the shards of a ring, where dials and handshakes
// are seen: the client's own hooks see neither. It marks what was not sent. It retries nothing but the
// transactions of a ring, which makes one for each shard and leaves its own MULTI and EXEC without a reply.
type node struct{ of *Hook }

var _ redis.Hook = node{}

func (n node) DialHook(next redis.DialHook) redis.DialHook { return n.of.DialHook(next) }

func (n node) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if setsUpConnection(cmd.Name()) {
			return notSent(next(ctx, cmd))
		}
		return next(ctx, cmd)
	}
}

func (n node) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		if isHandshake(cmds) {
			return notSent(next(ctx, cmds))
		}
		for _, cmd := range cmds {
			if cmd.NoRetry() || setsUpConnection(cmd.Name()) {
				return next(ctx, cmds)
			}
		}
		if n.of.ring && cmds[0].Name() == "multi" {
			return n.of.transaction(ctx, cmds, next, true) // under a WATCH, for all that is known here
		}
		return next(ctx, cmds)
	}
}

// clients returns the function that makes shards of a ring, with the hook on them.
func (n node) clients(make func(*redis.Options) *redis.Client) func(*redis.Options) *redis.Client {
	if make == nil {
		make = redis.NewClient
	}
	return func(o *redis.Options) *redis.Client {
		c := make(o)
		c.AddHook(n)
		return c
	}
}
