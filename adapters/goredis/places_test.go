package goredis

import (
	"context"
	"strconv"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/policy"
)

// onARing returns what a ring does with a command: the hook, that on a shard, and what is below.
func onARing(h *Hook, at string, below redis.ProcessHook) redis.ProcessHook {
	return h.ProcessHook(node{of: h, at: at}.ProcessHook(below))
}

// kept returns how many commands are held.
func (p *places) kept() (n int) {
	for i := range p {
		n += len(p[i].at)
	}
	return n
}

// TestShardsCostNothing: a command that succeeds on a ring allocates no more than on one server.
func TestShardsCostNothing(t *testing.T) {
	ctx := context.Background()
	var node string
	for name, r := range map[string]policy.Retry{
		"a policy":   {Retries: 3},
		"an Observe": {Retries: 3, Observe: func(_ context.Context, e policy.Event) { node = e.Node }},
		"a Budget":   {Retries: 3, Budget: &policy.Budget{Capacity: 100}},
	} {
		well := func(context.Context, redis.Cmder) error { return nil }
		cmd := redis.NewStringCmd(ctx, "get", "k")
		one, ring := NewHook(r).ProcessHook(well), onARing(newRingHook(r), "a:1", well)
		want := testing.AllocsPerRun(100, func() { _ = one(ctx, cmd) })
		require.LessOrEqual(t, testing.AllocsPerRun(100, func() { _ = ring(ctx, cmd) }), want, name)
	}
	require.Equal(t, "a:1", node)
}

// TestPlaces: each of many commands at once has its own shard, and none is remembered.
func TestPlaces(t *testing.T) {
	h := newRingHook(policy.Retry{Observe: func(_ context.Context, e policy.Event) {
		if e.Op != e.Node {
			t.Errorf("%s went to %q", e.Op, e.Node)
		}
	}})
	var all sync.WaitGroup
	for w := range 8 {
		name := strconv.Itoa(w)
		run := onARing(h, name, func(context.Context, redis.Cmder) error { return nil })
		all.Go(func() {
			for range 1_000 {
				if err := run(t.Context(), redis.NewCmd(t.Context(), name)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	require.Zero(t, h.places.kept())
}

// plain is a command that is no pointer, and has no hash.
type plain struct {
	redis.Cmder
	_ []int
}

// TestPlacesOfOthers: commands of a shard's own, of hooks in between, and those that panic.
func TestPlacesOfOthers(t *testing.T) {
	ctx := t.Context()
	at := "nobody has seen it"
	h := newRingHook(policy.Retry{Observe: func(_ context.Context, e policy.Event) { at = e.Node }})
	well := func(context.Context, redis.Cmder) error { return nil }
	cmd := redis.NewStringCmd(ctx, "get", "k")

	require.NoError(t, onARing(h, "a:1", well)(ctx, cmd))
	require.NoError(t, node{of: h, at: "a:1"}.ProcessHook(well)(ctx, cmd))
	require.Zero(t, h.places.kept(), "nobody waits for it")
	require.NoError(t, onARing(h, "a:1", well)(ctx, plain{Cmder: cmd}))
	require.Empty(t, at)
	wraps := h.ProcessHook(func(ctx context.Context, _ redis.Cmder) error {
		return node{of: h, at: "a:1"}.ProcessHook(well)(ctx, redis.NewStringCmd(ctx, "get", "k"))
	})
	at = "a:1"
	require.NoError(t, wraps(ctx, cmd))
	require.Empty(t, at)
	require.Panics(t, func() { _ = onARing(h, "a:1", func(context.Context, redis.Cmder) error { panic("mine") })(ctx, cmd) })
	require.Zero(t, h.places.kept())
}

// BenchmarkShard is the time of the hooks on a ring, without a round trip.
func BenchmarkShard(b *testing.B) {
	for name, r := range map[string]policy.Retry{"policy": {Retries: 3}, "observed": {Observe: func(context.Context, policy.Event) {}}} {
		well := func(context.Context, redis.Cmder) error { return nil }
		for kind, run := range map[string]redis.ProcessHook{
			"client": NewHook(r).ProcessHook(well), "ring": onARing(newRingHook(r), "a:1", well),
		} {
			b.Run(name+"/"+kind, func(b *testing.B) {
				b.ReportAllocs()
				b.RunParallel(func(pb *testing.PB) {
					cmd := redis.NewStringCmd(b.Context(), "get", "k")
					for pb.Next() {
						_ = run(b.Context(), cmd)
					}
				})
			})
		}
	}
}
