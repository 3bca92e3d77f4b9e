package goredis

import (
	"context"

	"github.com/redis/go-redis/v9"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

// transaction runs MULTI, commands, EXEC: all again, or none. The commands are not wrapped,
// since go-redis asserts the type of the first.
func (h *Hook) transaction(ctx context.Context, cmds []redis.Cmder, next redis.ProcessPipelineHook) error {
	var answer, before error
	sent := false
	exec := cmds[len(cmds)-1]
	op := policy.Op{Name: "multi"}
	err := h.retry.DoOp(ctx, &op, func(ctx context.Context) error {
		if sent {
			for _, cmd := range cmds {
				cmd.SetErr(nil) // go-redis would return the stale error of MULTI or EXEC
			}
		}
		sent = true
		err := next(ctx, cmds)
		if err == nil {
			return nil
		}
		if isAnswer(err) || exec.Err() == nil {
			// EXEC has replied: the block has run, though a command in it may have failed.
			answer = err
			return nil
		}
		op.Replay = blockReplay(cmds[1 : len(cmds)-1])
		before = orBefore(err, before)
		return before
	})
	if err == nil {
		return answer
	}
	for _, cmd := range cmds {
		if !sent {
			cmd.SetErr(err) // the context had ended
		} else {
			cmd.SetErr(driver(cmd.Err()))
		}
	}
	return bare(err)
}

// blockReplay returns the rung of commands that are run one after the other, twice. It is
// the worst of theirs, and higher where one touches what a later one writes: COPY a b, SET a 5
// copies something else the second time, though each by itself is Idempotent.
func blockReplay(cmds []redis.Cmder) classify.Replay {
	worst := classify.ReadOnly
	var later trail
	for i := len(cmds) - 1; i >= 0; i-- {
		c := read(cmds[i])
		r := c.replay()
		if later.crosses(c.reach()) {
			if r == classify.ReadOnly {
				r = classify.Convergent // the same state, another reply
			} else {
				r = max(r, classify.Accumulating)
			}
		}
		if c.writes() {
			later.wrote(c.reach())
		}
		worst = max(worst, r)
	}
	return worst
}
