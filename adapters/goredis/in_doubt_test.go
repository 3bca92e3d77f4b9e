package goredis_test

import (
	"context"
	"io"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/adapters/goredis"
)

// TestInDoubtForGood: a write that may have been executed stays in doubt when its next attempt is refused: what was
// given up because of it is not sent after all.
func TestInDoubtForGood(t *testing.T) {
	ctx := t.Context()
	const loading = reply("LOADING Redis is loading the dataset in memory")
	var sent [][]string
	run := goredis.NewHook(three).ProcessPipelineHook(func(_ context.Context, cmds []redis.Cmder) error {
		var values []string
		var err error
		for _, cmd := range cmds {
			values = append(values, cmd.Args()[2].(string))
			switch len(sent) {
			case 0:
				err = io.EOF
			case 1:
				err = loading
			}
			if err != nil {
				cmd.SetErr(err)
			}
		}
		sent = append(sent, values)
		return err
	})
	_ = run(ctx, []redis.Cmder{redis.NewStatusCmd(ctx, "set", "k", "old"), redis.NewStatusCmd(ctx, "set", "k", "new")})
	require.Equal(t, [][]string{{"old", "new"}, {"new"}, {"new"}}, sent)
}
