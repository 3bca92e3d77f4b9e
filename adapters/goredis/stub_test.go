package goredis_test

import (
	"context"
	"errors"
	"io"
	"net"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/adapters/goredis"
)

// once marks a command as go-redis marks those that write into the caller's memory.
type once struct{ redis.Cmder }

func (once) NoRetry() bool { return true }

var refusedDial = &net.OpError{Op: "dial", Err: errors.New("connection refused")}

// TestNoRetry: what has been written into the caller's memory cannot be taken back.
func TestNoRetry(t *testing.T) {
	ctx := t.Context()
	hook := goredis.NewHook(three)
	attempts := 0
	cmd := once{redis.NewStringCmd(ctx, "get", "k")}
	process := hook.ProcessHook(func(context.Context, redis.Cmder) error { attempts++; return refusedDial })
	require.Equal(t, refusedDial, process(ctx, cmd))
	pipeline := hook.ProcessPipelineHook(func(context.Context, []redis.Cmder) error { attempts++; return refusedDial })
	require.Equal(t, refusedDial, pipeline(ctx, []redis.Cmder{redis.NewStringCmd(ctx, "get", "k"), cmd}))
	require.Equal(t, 2, attempts)
}

// TestCommandsAreCleanBeforeARerun: go-redis stamps an error only on commands that have none, so a
// stale one would survive.
func TestCommandsAreCleanBeforeARerun(t *testing.T) {
	ctx := t.Context()
	hook := goredis.NewHook(three)
	for name, cmds := range map[string][]redis.Cmder{
		"pipeline": {redis.NewStringCmd(ctx, "get", "a"), redis.NewStringCmd(ctx, "get", "b")},
		"multi":    {redis.NewStatusCmd(ctx, "multi"), redis.NewStringCmd(ctx, "get", "a"), redis.NewSliceCmd(ctx, "exec")},
	} {
		t.Run(name, func(t *testing.T) {
			attempts := 0
			run := hook.ProcessPipelineHook(func(_ context.Context, cmds []redis.Cmder) error {
				attempts++
				for _, cmd := range cmds {
					require.NoError(t, cmd.Err())
					cmd.SetErr(io.EOF)
				}
				return io.EOF
			})
			require.Equal(t, io.EOF, run(ctx, cmds))
			require.Equal(t, 4, attempts)
		})
	}
}

// TestOrderAmongRerunCommands: they keep the order in which the caller queued them.
func TestOrderAmongRerunCommands(t *testing.T) {
	ctx := t.Context()
	var order []string
	run := goredis.NewHook(three).ProcessPipelineHook(func(_ context.Context, cmds []redis.Cmder) error {
		order = order[:0]
		for _, cmd := range cmds {
			order = append(order, cmd.Args()[1].(string))
			cmd.SetErr(refusedDial)
		}
		return refusedDial
	})
	var cmds []redis.Cmder
	for _, key := range []string{"a", "b", "c", "d"} {
		cmds = append(cmds, redis.NewIntCmd(ctx, "incr", key))
	}
	require.Equal(t, refusedDial, run(ctx, cmds))
	require.Equal(t, []string{"a", "b", "c", "d"}, order)
}

// TestPanicsPassThrough: a hook below may panic; nothing here stands in its way.
func TestPanicsPassThrough(t *testing.T) {
	ctx := t.Context()
	process := goredis.NewHook(three).ProcessHook(func(context.Context, redis.Cmder) error { panic("mine") })
	require.PanicsWithValue(t, "mine", func() { _ = process(ctx, redis.NewStringCmd(ctx, "get", "k")) })
}
