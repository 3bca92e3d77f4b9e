package goredis

import (
	"context"
	"slices"

	"github.com/redis/go-redis/v9"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/batch"
	"github.com/reprise-go/reprise/internal/judged"
	"github.com/reprise-go/reprise/policy"
)

// transaction runs MULTI, commands, EXEC: all again, or none. It goes to the node at an address, if that is known, and
// watchable means that a WATCH may guard it.
func (h *Hook) transaction(ctx context.Context, cmds []redis.Cmder, next redis.ProcessPipelineHook, at string, watchable bool) error {
	u := h.begin()
	var answer, before error
	sent := false
	var first *final // of the block
	exec, block := cmds[len(cmds)-1], cmds[1:len(cmds)-1]
	if h.follows && len(block) > 0 {
		// One is enough to switch go-redis' own retries off. Not the first: it asserts MULTI's type.
		cmds, first = slices.Clone(cmds), &final{Cmder: block[0]}
		cmds[1] = first
	}
	op := policy.Op{Name: "multi"}
	err := u.do(ctx, &op, func(ctx context.Context) (string, error) {
		if sent {
			for _, cmd := range cmds {
				cmd.SetErr(nil) // go-redis would return the stale error of MULTI or EXEC
			}
		}
		sent = true
		err := next(ctx, cmds)
		if first != nil {
			at = first.at
		}
		if err == nil {
			return at, nil
		}
		if isAnswer(err) || h.hasRun(exec, block) {
			answer = err
			return at, nil
		}
		op.Replay = policy.ReplayFrom(ctx)
		if op.Replay == 0 {
			op.Replay = blockReplay(block)
		}
		before = unwritten(orBefore(err, before))
		switch {
		case h.follows && !redis.IsExecAbortError(err):
			before = u.gathered(before, block)
		case !redis.IsExecAbortError(err):
			if isReply(err) && cmds[0].Err() != nil {
				before = u.unread(err)
			}
		case !watchable:
			before = u.estimated(ctx, batch.Discarded(err, errorsOf(block), u.retry.Classify), at, h.alone)
		}
		return at, before
	})
	if err == nil {
		return answer
	}
	for _, cmd := range cmds {
		switch own := cmd.Err(); {
		case !sent:
			cmd.SetErr(err) // the context had ended
		case own == nil:
			cmd.SetErr(bare(err)) // the server turned the connection away, which go-redis tells no command
		default:
			cmd.SetErr(driver(own))
		}
	}
	return bare(err)
}

// hasRun reports whether EXEC has replied, though a command in the block has failed. Where the connection was
// turned away, by a wrong password, no command has an error. A cluster client tells MULTI and EXEC nothing, but the
// commands of a block that has not run all have an error, and none is that a key is missing.
func (h *Hook) hasRun(exec redis.Cmder, block []redis.Cmder) bool {
	failed := func(cmd redis.Cmder) bool { return cmd.Err() != nil }
	if h.follows {
		return slices.ContainsFunc(block, func(cmd redis.Cmder) bool { return !failed(cmd) || isAnswer(cmd.Err()) })
	}
	return exec.Err() == nil && slices.ContainsFunc(block, failed)
}

// gathered judges a failure of a block on a cluster, whose client returns the first error of several: one that is for
// good counts more. Whether they came as the commands were queued or when they ran is not to be seen, so that of one
// that runs code it is not known.
func (u under) gathered(err error, block []redis.Cmder) error {
	if !isReply(err) {
		return err
	}
	for _, cmd := range block {
		own := cmd.Err()
		if own == nil || redis.IsExecAbortError(own) {
			continue
		}
		v := u.retry.Classify(u.judge(read(cmd), own))
		if !judged.Unexecuted(v) {
			return judged.New(err, v)
		}
	}
	return err
}

// unread judges a refusal of MULTI as final. go-redis leaves the replies to the rest of the block unread, so that
// another run on that connection might be given them for its own. No server in its senses refuses MULTI for a
// while: one that is loading refuses what is queued.
func (u under) unread(err error) error {
	return judged.New(err, classify.Verdict{Class: classify.Permanent, Kind: u.retry.Classify(err).Kind})
}

// errorsOf returns the error of each command.
func errorsOf(cmds []redis.Cmder) []error {
	all := make([]error, len(cmds))
	for i, cmd := range cmds {
		all[i] = cmd.Err()
	}
	return all
}

// blockReplay returns the rung of the block when it is run as a whole.
func blockReplay(cmds []redis.Cmder) classify.Replay {
	words := make([]batch.Command, len(cmds))
	for i, cmd := range cmds {
		words[i] = read(cmd)
	}
	return batch.Replay(words)
}
