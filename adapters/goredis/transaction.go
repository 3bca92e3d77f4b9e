package goredis

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

// transaction runs MULTI, commands, EXEC: all again, or none. watchable means that a WATCH may
// guard it.
func (h *Hook) transaction(ctx context.Context, cmds []redis.Cmder, next redis.ProcessPipelineHook, watchable bool) error {
	var answer, before error
	sent := false
	exec, block := cmds[len(cmds)-1], cmds[1:len(cmds)-1]
	if h.cluster && len(block) > 0 {
		// One is enough to switch go-redis' own retries off. Not the first: it asserts MULTI's type.
		cmds = slices.Clone(cmds)
		cmds[1] = final{block[0]}
	}
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
		if isAnswer(err) || hasRun(exec, block) {
			answer = err
			return nil
		}
		op.Replay = policy.ReplayFrom(ctx)
		if op.Replay == 0 {
			op.Replay = blockReplay(block)
		}
		before = unwritten(orBefore(err, before))
		switch {
		case !redis.IsExecAbortError(err):
			if isReply(err) && cmds[0].Err() != nil {
				before = h.unread(err)
			}
		case !watchable:
			before = h.discarded(err, block)
		}
		return before
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
// turned away, by a wrong password, no command has an error.
func hasRun(exec redis.Cmder, block []redis.Cmder) bool {
	failed := func(cmd redis.Cmder) bool { return cmd.Err() != nil }
	return exec.Err() == nil && slices.ContainsFunc(block, failed)
}

// unread judges a refusal of MULTI as final. go-redis leaves the replies to the rest of the block unread, so that
// another run on that connection might be given them for its own. No server in its senses refuses MULTI for a
// while: one that is loading refuses what is queued.
func (h *Hook) unread(err error) error {
	return &judged{err, classify.Verdict{Class: classify.Permanent, Kind: h.retry.Classify(err).Kind}}
}

// discarded judges EXECABORT by what led to it: a command refused as it was queued, or EXEC itself. The block has
// not run, so it may run again if each of the causes may pass. Not under a WATCH, which the server has
// forgotten with the block: the second EXEC would go through whatever had happened to the keys.
func (h *Hook) discarded(err error, block []redis.Cmder) error {
	var worst failure
	for _, cmd := range block {
		if cause := cmd.Err(); cause != nil && !redis.IsExecAbortError(cause) {
			v := h.retry.Classify(cause)
			if !unexecuted(v) {
				return err
			}
			worst = worst.or(failure{err: cause, verdict: v})
		}
	}
	if worst.err == nil {
		const because = "EXECABORT Transaction discarded because of: "
		text, ok := strings.CutPrefix(err.Error(), because)
		if !ok {
			return err
		}
		worst.verdict = h.retry.Classify(errors.New(text))
		if !unexecuted(worst.verdict) {
			return err
		}
	}
	return &judged{err, worst.verdict}
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
			later.add(c.reach())
		}
		worst = max(worst, r)
	}
	return worst
}
