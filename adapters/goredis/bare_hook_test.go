package goredis_test

import (
	"context"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/adapters/goredis"
)

// TestReplicaUnderABareHook: a hook that does not know how many connections there are gives no tries away on them, and
// a server that stays a replica gets as many as the policy says.
func TestReplicaUnderABareHook(t *testing.T) {
	ctx, hook, attempts := t.Context(), goredis.NewHook(three), 0
	refuse := func(cmds ...redis.Cmder) error {
		attempts++
		require.LessOrEqual(t, attempts, 100, "there is no end")
		for _, cmd := range cmds {
			cmd.SetErr(reply(readOnly))
		}
		return reply(readOnly)
	}
	set := redis.NewStatusCmd(ctx, "set", "k", "v")
	require.Equal(t, reply(readOnly), hook.ProcessHook(func(_ context.Context, cmd redis.Cmder) error { return refuse(cmd) })(ctx, set))
	require.Equal(t, 4, attempts)
	attempts = 0
	run := hook.ProcessPipelineHook(func(_ context.Context, cmds []redis.Cmder) error { return refuse(cmds...) })
	require.Equal(t, reply(readOnly), run(ctx, []redis.Cmder{redis.NewStatusCmd(ctx, "set", "k", "v")}))
	require.Equal(t, 4, attempts)
}
