package goredis_test

import (
	"context"
	"testing"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/adapters/goredis"
)

// TestAllocations holds what the hook adds to a success: nothing to a command, and to a
// pipeline the memory of which replies have arrived.
func TestAllocations(t *testing.T) {
	ctx := context.Background()
	hook := goredis.NewHook(three)
	cmd := redis.NewStringCmd(ctx, "get", "k")
	process := hook.ProcessHook(func(context.Context, redis.Cmder) error { return nil })
	require.Zero(t, testing.AllocsPerRun(100, func() { _ = process(ctx, cmd) }))
	missing := hook.ProcessHook(func(context.Context, redis.Cmder) error { return redis.Nil })
	require.Zero(t, testing.AllocsPerRun(100, func() { _ = missing(ctx, cmd) }), "an answer is a success")

	cmds := make([]redis.Cmder, 100)
	for i := range cmds {
		cmds[i] = cmd
	}
	pipeline := hook.ProcessPipelineHook(func(context.Context, []redis.Cmder) error { return nil })
	require.LessOrEqual(t, testing.AllocsPerRun(100, func() { _ = pipeline(ctx, cmds) }), 2.0)

	missed := hook.ProcessPipelineHook(func(_ context.Context, cmds []redis.Cmder) error {
		for _, cmd := range cmds {
			cmd.SetErr(redis.Nil)
		}
		return redis.Nil
	})
	require.LessOrEqual(t, testing.AllocsPerRun(100, func() { _ = missed(ctx, cmds) }), 2.0, "answers are successes")

	cmds[0], cmds[99] = redis.NewStatusCmd(ctx, "multi"), redis.NewSliceCmd(ctx, "exec")
	require.Zero(t, testing.AllocsPerRun(100, func() { _ = pipeline(ctx, cmds) }), "transactions")
}

// The benchmarks run against an embedded server, so that what a round trip costs is seen
// beside what the hook adds.
func benchmark(b *testing.B, run func(context.Context, *redis.Client)) {
	server := miniredis.RunT(b)
	clients := []struct {
		name   string
		client *redis.Client
	}{
		{"bare", redis.NewClient(&redis.Options{Addr: server.Addr(), MaxRetries: -1})},
		{"hook", goredis.NewClient(&redis.Options{Addr: server.Addr()}, three)},
	}
	for _, c := range clients {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				run(b.Context(), c.client)
			}
		})
		require.NoError(b, c.client.Close())
	}
}

func BenchmarkGet(b *testing.B) {
	benchmark(b, func(ctx context.Context, c *redis.Client) { c.Get(ctx, "k") })
}

func BenchmarkPipeline100(b *testing.B) {
	benchmark(b, func(ctx context.Context, c *redis.Client) {
		p := c.Pipeline()
		for range 100 {
			p.Get(ctx, "k")
		}
		_, _ = p.Exec(ctx)
	})
}

// BenchmarkHookAlone is the hook's own time, without a round trip.
func BenchmarkHookAlone(b *testing.B) {
	ctx := context.Background()
	cmd := redis.NewStringCmd(ctx, "get", "k")
	process := goredis.NewHook(three).ProcessHook(func(context.Context, redis.Cmder) error { return nil })
	b.ReportAllocs()
	for b.Loop() {
		_ = process(ctx, cmd)
	}
}
