package rueidis

import (
	"context"

	"github.com/redis/rueidis"

	"github.com/reprise-go/reprise/internal/batch"
	"github.com/reprise-go/reprise/policy"
)

// DoStream sends a command whose reply is streamed. It is run again while it could not be sent. What fails once
// the caller reads is not: some of the reply may be in the caller's writer by then, and cannot be taken back.
func (c *client) DoStream(ctx context.Context, cmd rueidis.Completed) (s rueidis.RedisResultStream) {
	var w words
	w.keep(cmd.Commands())
	err := c.begin().run(ctx, &w, cmd, func(again bool) (bool, error) {
		next := cmd
		if again {
			next = rebuild(c.B(), w.command(), cmd)
		}
		s = c.Client.DoStream(ctx, next)
		return false, s.Error()
	})
	if err != nil {
		return rueidis.NewErrorResultStream(err)
	}
	return s
}

// DoMultiStream is DoStream for several commands, which are sent again all or none.
func (c *client) DoMultiStream(ctx context.Context, multi ...rueidis.Completed) (s rueidis.MultiRedisResultStream) {
	if len(multi) == 0 {
		return c.Client.DoMultiStream(ctx)
	}
	words := keep(len(multi), func(i int) []string { return multi[i].Commands() })
	op := policy.Op{Name: "pipeline", Node: c.node, Replay: policy.ReplayFrom(ctx)}
	if op.Replay == 0 {
		op.Replay = batch.Replay(words)
	}
	u, next := c.begin(), multi
	err := u.loop(ctx, &op, func(ctx context.Context) error {
		if c.closed.Load() {
			return closing()
		}
		before := c.dials.failures.Load()
		s = c.Client.DoMultiStream(ctx, next...)
		_, err := since(s.Error(), before)
		if err == nil {
			return nil
		}
		next = make([]rueidis.Completed, len(multi))
		for i := range multi {
			next[i] = rebuild(c.B(), words[i], multi[i])
		}
		op.Node = c.at(err)
		return u.judge(ctx, nil, err, false)
	})
	if err != nil {
		return rueidis.NewErrorResultStream(u.bare(err))
	}
	return s
}
