package goredis_test

import (
	"context"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/faultproxy"
)

// TestTransaction: all again, or none.
func TestTransaction(t *testing.T) {
	incr := func(ctx context.Context, p redis.Pipeliner) { p.Incr(ctx, "n"); p.Get(ctx, "n") }
	set := func(ctx context.Context, p redis.Pipeliner) { p.Set(ctx, "a", 1, 0); p.Get(ctx, "b") }
	copies := func(ctx context.Context, p redis.Pipeliner) {
		p.Copy(ctx, "a", "b", 0, true)
		p.Set(ctx, "a", 5, 0)
	}
	for _, tt := range []struct {
		name   string
		replay classify.Replay
		plan   faultproxy.Plan
		fill   func(context.Context, redis.Pipeliner)
		want   []string
		execs  int
	}{
		{"a lost EXEC is not run again", 0, on("exec", cutAfter), incr, []string{"error", "error"}, 1},
		{"nor one cut within its reply", 0, on("exec", cutWithin), incr, []string{"error", "error"}, 1},
		{"at-least-once runs it again", classify.Accumulating, on("exec", cutAfter), incr, []string{"2", "2"}, 2},
		{"an idempotent block is run again", 0, on("exec", cutAfter, cutAfter), set, []string{"OK", "nil"}, 3},
		{"not if its order matters", classify.Convergent, on("exec", cutAfter), copies, []string{"error", "error"}, 1},
		{"MULTI refused", 0, refused("multi", "LOADING one"), incr, []string{"error", "error"}, 0},
		{"handshake failed", 0, on("hello", cutAfter), incr, []string{"1", "1"}, 1},
		{"a queued command refused, for now", 0, refused("incr", "OOM no", "LOADING no"), incr, []string{"1", "1"}, 1},
		{"a queued command refused, for good", 0, refused("incr", "NOPERM no"), incr, []string{"error", "error"}, 0},
		{
			"one for now, one for good", 0, faultproxy.Script(faultproxy.Named("incr", "get"), faultproxy.Refuse("OOM no"), faultproxy.Refuse("NOPERM no")),
			incr, []string{"error", "error"}, 0,
		},
		{"EXEC refused", 0, refused("exec", "OOM command not allowed"), incr, []string{"1", "1"}, 1},
		{"EXEC refused for good", 0, refused("exec", "NOPERM no"), incr, []string{"error", "error"}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ctx := t.Context()
			p := three
			p.Replay = tt.replay
			g := newRig(t, p, tt.plan)
			cmds, err := g.TxPipelined(ctx, func(p redis.Pipeliner) error { tt.fill(ctx, p); return nil })
			require.Equal(t, tt.want, outcomes(cmds), "%v", err)
			executed := 0
			for _, x := range g.proxy.Record() {
				if x.Forwarded && x.Name() == "EXEC" && x.Reply != "" && x.Reply[0] == '*' {
					executed++
				}
			}
			require.Equal(t, tt.execs, executed)
		})
	}
}

// TestTransactionThatRan: a command's error within EXEC's reply is not the block's.
func TestTransactionThatRan(t *testing.T) {
	ctx := t.Context()
	g := newRig(t, three, nil)
	require.NoError(t, g.direct.Set(ctx, "text", "x", 0).Err())
	cmds, err := g.TxPipelined(ctx, func(p redis.Pipeliner) error { p.Incr(ctx, "n"); p.LPush(ctx, "text", 1); return nil })
	require.ErrorContains(t, err, "WRONGTYPE")
	require.Equal(t, []string{"1", "error"}, outcomes(cmds))
	require.Equal(t, []string{"multi succeeded"}, g.reasons())
}

func TestWatch(t *testing.T) {
	ctx := t.Context()
	t.Run("a changed key comes back bare", func(t *testing.T) {
		g := newRig(t, three, nil)
		err := g.Client.Watch(ctx, func(tx *redis.Tx) error {
			require.NoError(t, g.direct.Set(ctx, "k", "theirs", 0).Err())
			_, err := tx.TxPipelined(ctx, func(p redis.Pipeliner) error { p.Set(ctx, "k", "ours", 0); return nil })
			return err
		}, "k")
		require.True(t, err == redis.TxFailedErr, "%v", err) //nolint:errorlint // callers compare so
		require.Equal(t, "theirs", g.direct.Get(ctx, "k").Val())
	})
	t.Run("no EXEC after the watched connection is lost", func(t *testing.T) {
		g := newRig(t, three, on("exec", cutBefore))
		err := g.Client.Watch(ctx, func(tx *redis.Tx) error {
			require.NoError(t, g.direct.Set(ctx, "k", "theirs", 0).Err())
			_, err := tx.TxPipelined(ctx, func(p redis.Pipeliner) error { p.Set(ctx, "k", "ours", 0); return nil })
			return err
		}, "k")
		require.Error(t, err)
		require.NotContains(t, err.Error(), "bad state", "the first error is the one that tells")
		require.Equal(t, "theirs", g.direct.Get(ctx, "k").Val())
		require.Zero(t, g.runs("exec"))
	})
	t.Run("no EXEC after the block was discarded, and the watch with it", func(t *testing.T) {
		g := newRig(t, three, refused("set", "OOM no"))
		err := g.Client.Watch(ctx, func(tx *redis.Tx) error {
			require.NoError(t, g.direct.Set(ctx, "k", "theirs", 0).Err())
			_, err := tx.TxPipelined(ctx, func(p redis.Pipeliner) error { p.Set(ctx, "k", "ours", 0); return nil })
			return err
		}, "k")
		require.True(t, redis.IsExecAbortError(err), "%v", err)
		require.Equal(t, "theirs", g.direct.Get(ctx, "k").Val())
	})
	t.Run("a Conn reports what broke it", func(t *testing.T) {
		g := newRig(t, three, on("get", cutAfter))
		conn := g.Client.Conn()
		defer func() { require.NoError(t, conn.Close()) }()
		err := conn.Get(ctx, "k").Err()
		require.Error(t, err)
		require.NotContains(t, err.Error(), "bad state")
		cmds, err := conn.Pipelined(ctx, func(p redis.Pipeliner) error { p.Get(ctx, "k"); return nil })
		require.ErrorContains(t, err, "bad state", "from now on there is nothing else to tell")
		require.Equal(t, err, cmds[0].Err())
		require.Equal(t, []string{"get retrying", "get not_retryable", "pipeline not_retryable"}, g.reasons())
	})
}
