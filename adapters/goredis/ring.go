package goredis

import (
	"context"
	"sync/atomic"

	"github.com/redis/go-redis/v9"

	"github.com/reprise-go/reprise/policy"
)

// A ring makes its first shards before anybody can ask it to tell of new ones: NewRing gets their hooks on them by the
// option NewClient, and Install by ForEachShard. Those that SetAddrs adds later come by the same option, or by OnNewNode.

// newRingHook returns the hook for a ring.
func newRingHook(r policy.Retry) *Hook {
	h := NewHook(r)
	h.ring = true
	return h
}

// shard adds the hook for a ring to one of its shards.
func (h *Hook) shard(c *redis.Client) {
	n := nodeAt(h, c)
	n.pooled = new(atomic.Bool)
	n.pooled.Store(true)
	c.AddHook(n)
	n.pooled.Store(false)
}

// shards returns the function that makes shards of a ring, with the hook on them.
func (h *Hook) shards(create func(*redis.Options) *redis.Client) func(*redis.Options) *redis.Client {
	if create == nil {
		create = redis.NewClient
	}
	return func(o *redis.Options) *redis.Client {
		c := create(o)
		h.shard(c)
		return c
	}
}

// addToRing adds the hook to a ring, whose shards have theirs.
func addToRing(c *redis.Ring, h *Hook) {
	o := c.Options()
	h.live, h.beats = c.GetShardClients, missed*o.HeartbeatFrequency
	add(c, h, o.PoolSize)
}

// missed is how many heartbeats a shard does not answer, as one that is loading does not, before go-redis takes it out of
// the ring. From then on other shards serve its keys.
const missed = 3

// askShard returns the function that runs a command on the shard at an address; nil if that is not in the ring.
func (h *Hook) askShard(at string) func(context.Context, redis.Cmder) error {
	for _, c := range h.live() {
		if named(c.Options().Addr) == at {
			return c.Process
		}
	}
	return nil
}
