package goredis_test

import (
	"context"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/faultproxy"
	"github.com/reprise-go/reprise/policy"
)

// outcomes returns each command's value or error in a word.
func outcomes(cmds []redis.Cmder) []string {
	all := make([]string, len(cmds))
	for i, cmd := range cmds {
		if err := cmd.Err(); err != nil {
			all[i] = "error"
			if err == redis.Nil { //nolint:errorlint // as callers do
				all[i] = "nil"
			}
			continue
		}
		_, all[i], _ = strings.Cut(cmd.String(), ": ")
	}
	return all
}

// TestPipeline: each command ends with its own reply or its own error, and only what is safe
// is run again.
func TestPipeline(t *testing.T) {
	atLeastOnce := three
	atLeastOnce.Replay = classify.Accumulating
	for _, tt := range []struct {
		name   string
		policy policy.Retry
		plan   faultproxy.Plan
		fill   func(context.Context, redis.Pipeliner)
		want   []string
		runs   map[string]int
	}{
		{
			name: "replies that arrived are kept", plan: on("get", cutAfter),
			fill: func(ctx context.Context, p redis.Pipeliner) { p.Incr(ctx, "n"); p.Get(ctx, "k"); p.Incr(ctx, "m") },
			// INCR m was behind the cut: nobody knows whether it arrived.
			want: []string{"1", "nil", "error"},
			runs: map[string]int{"incr": 1, "get": 2},
		},
		{
			name: "lost counters are not run again", plan: on("incr", cutAfter),
			fill: func(ctx context.Context, p redis.Pipeliner) { p.Set(ctx, "a", 1, 0); p.Incr(ctx, "n"); p.Get(ctx, "k") },
			want: []string{"OK", "error", "nil"},
			runs: map[string]int{"set": 1, "incr": 1, "get": 1},
		},
		{
			name: "unless the policy says so", policy: atLeastOnce, plan: on("incr", cutAfter),
			fill: func(ctx context.Context, p redis.Pipeliner) { p.Set(ctx, "a", 1, 0); p.Incr(ctx, "n"); p.Get(ctx, "k") },
			want: []string{"OK", "2", "nil"},
			runs: map[string]int{"set": 1, "incr": 2, "get": 1},
		},
		{
			name: "refused commands are run again, each by itself", plan: refused("incr", "LOADING one", "OOM two"),
			fill: func(ctx context.Context, p redis.Pipeliner) {
				p.Incr(ctx, "n")
				p.Incr(ctx, "m")
				p.Set(ctx, "a", 1, 0)
			},
			want: []string{"1", "1", "OK"},
			runs: map[string]int{"set": 1, "incr": 2},
		},
		{
			name: "a write is not moved behind a later one of the same key", plan: refused("set", "LOADING one"),
			fill: func(ctx context.Context, p redis.Pipeliner) {
				p.Set(ctx, "n", 5, 0)
				p.Incr(ctx, "n")
				p.Incr(ctx, "m")
			},
			want: []string{"error", "1", "1"},
			runs: map[string]int{"set": 0, "incr": 2},
		},
		{
			name: "nor behind one that may have been executed", plan: on("set", cutAfter),
			fill: func(ctx context.Context, p redis.Pipeliner) {
				p.Set(ctx, "n", 5, 0)
				p.Incr(ctx, "n")
				p.Set(ctx, "m", 5, 0)
			},
			want: []string{"error", "error", "OK"},
			runs: map[string]int{"set": 2, "incr": 0},
		},
		{
			name: "a refusal for good is the command's own", plan: on("get", cutAfter),
			fill: func(ctx context.Context, p redis.Pipeliner) { p.LPush(ctx, "text", 1); p.Get(ctx, "k") },
			want: []string{"error", "nil"},
			runs: map[string]int{"lpush": 1, "get": 2},
		},
		{
			name: "a failed handshake means that nothing was sent", plan: on("hello", cutAfter),
			fill: func(ctx context.Context, p redis.Pipeliner) { p.Incr(ctx, "n"); p.Get(ctx, "k") },
			want: []string{"1", "nil"},
			runs: map[string]int{"incr": 1, "get": 1},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.policy.Retries == 0 {
				tt.policy = three
			}
			ctx := t.Context()
			g := newRig(t, tt.policy, tt.plan)
			require.NoError(t, g.direct.Set(ctx, "text", "x", 0).Err())
			cmds, err := g.Pipelined(ctx, func(p redis.Pipeliner) error { tt.fill(ctx, p); return nil })
			require.Equal(t, tt.want, outcomes(cmds))
			var first error
			for _, cmd := range cmds {
				if first = cmd.Err(); first != nil {
					break
				}
			}
			require.Equal(t, first, err, "Exec returns the first command's error")
			for name, n := range tt.runs {
				require.Equal(t, n, g.runs(name), "%s: %v", name, g.proxy.Record())
			}
		})
	}
}

func TestPipelineGivesUp(t *testing.T) {
	ctx := t.Context()
	g := newRig(t, three, func(r faultproxy.Request) faultproxy.Action {
		if r.Name() == "GET" {
			return faultproxy.Refuse("LOADING for ever")
		}
		return faultproxy.Action{}
	})
	cmds, err := g.Pipelined(ctx, func(p redis.Pipeliner) error { p.Get(ctx, "k"); p.Incr(ctx, "n"); return nil })
	require.EqualError(t, err, "LOADING for ever")
	require.Equal(t, []string{"error", "1"}, outcomes(cmds))
	require.Equal(t, []string{"pipeline retrying", "pipeline retrying", "pipeline retrying", "pipeline out_of_retries"}, g.reasons())
	require.Equal(t, 1, g.runs("incr"))
}

func TestEmptyPipeline(t *testing.T) {
	g := newRig(t, three, nil)
	cmds, err := g.Pipeline().Exec(t.Context())
	require.NoError(t, err)
	require.Empty(t, cmds)
}
