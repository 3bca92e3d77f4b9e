package goredis

import (
	"context"

	"github.com/redis/go-redis/v9"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/batch"
	"github.com/reprise-go/reprise/internal/errtree"
	"github.com/reprise-go/reprise/policy"
)

// tracked is a command of a pipeline that remembers its own outcome. After a transport error
// go-redis stamps that error on every command, those with a reply included.
type tracked struct {
	redis.Cmder
	err      error
	before   error // of the attempt before
	answered bool
	ran      bool   // may have been executed, in whichever attempt
	final    bool   // switches go-redis' own retries off
	at       string // the node that it went to last, "" if that is not known
}

// NoRetry reports whether go-redis must not retry the batch by itself.
func (t *tracked) NoRetry() bool { return t.final }

// SetErr takes a command's outcome. go-redis calls it once per reply, in order, before it stamps
// the rest: what comes after a reply is not the command's own. A redirect is none: go-redis follows it, and
// comes back with what the other node says.
func (t *tracked) SetErr(err error) {
	if t.answered {
		return
	}
	if err != nil {
		err = orBefore(err, t.before)
	}
	t.err, t.answered = err, err == nil || isReply(err) && classify.Redis(err).Class != classify.Redirect
	t.Cmder.SetErr(driver(err))
}

// reset prepares the command for another run. Stale errors would survive it, since go-redis
// stamps only commands that have none.
func (t *tracked) reset() {
	t.err, t.before, t.answered, t.at = nil, t.err, false, ""
	t.Cmder.SetErr(nil)
}

// pipeline is a pipeline under way.
type pipeline struct {
	all  []tracked
	send []redis.Cmder // what the next attempt runs, in order
	sent bool
}

func newPipeline(cmds []redis.Cmder, final bool) pipeline {
	b := pipeline{all: make([]tracked, len(cmds)), send: make([]redis.Cmder, len(cmds))}
	for i, cmd := range cmds {
		b.all[i].Cmder, b.all[i].final = cmd, final
		b.send[i] = &b.all[i]
	}
	return b
}

// pipeline runs a batch of commands that do not depend on each other.
func (h *Hook) pipeline(ctx context.Context, cmds []redis.Cmder, next redis.ProcessPipelineHook) error {
	u := h.begin()
	b := newPipeline(cmds, h.follows)
	op := policy.Op{Name: "pipeline"}
	err := u.do(ctx, &op, func(ctx context.Context) (string, error) {
		for tries := 0; ; tries++ {
			dials := h.dials.Load()
			b.prepare()
			err := next(ctx, b.send)
			if err == nil {
				return b.at(), nil
			}
			at, err := u.settle(ctx, &b, &op, err)
			if err == nil {
				return at, nil
			}
			if !h.stale(dials, tries, u.retry.Classify(err)) || ctx.Err() != nil {
				return at, u.estimated(ctx, err, at, func(ctx context.Context, cmd redis.Cmder) error {
					return next(ctx, []redis.Cmder{cmd})
				})
			}
		}
	})
	if !b.sent {
		b.stamp(err) // the context had ended
	}
	if e, ok := err.(*policy.Error); ok && e.Reason == policy.Canceled { //nolint:errorlint // the loop returns it unwrapped
		return err
	}
	return b.first()
}

// prepare makes the commands of the next attempt as good as new.
func (b *pipeline) prepare() {
	if b.sent {
		for _, cmd := range b.send {
			cmd.(*tracked).reset()
		}
	}
	b.sent = true
}

// at returns the node that the first command of an attempt went to.
func (b *pipeline) at() string {
	if len(b.send) == 0 {
		return ""
	}
	return b.send[0].(*tracked).at
}

// stamp gives every command without an outcome the error.
func (b *pipeline) stamp(err error) {
	for i := range b.all {
		if t := &b.all[i]; t.err == nil && !t.answered {
			t.SetErr(err)
		}
	}
}

// first returns the error of the first command that has one, as go-redis does, redis.Nil
// included.
func (b *pipeline) first() error {
	for i := range b.all {
		if err := b.all[i].err; err != nil {
			return driver(err)
		}
	}
	return nil
}

// failed reports whether a command has an error that is not an answer.
func (b *pipeline) failed() bool {
	for i := range b.all {
		if err := b.all[i].err; err != nil && !isAnswer(err) {
			return true
		}
	}
	return false
}

// settle takes the outcome of an attempt: it chooses the commands for the next one, and
// returns the error by which the policy shall judge the batch, and at which node that was. nil means that it is done.
func (u under) settle(ctx context.Context, b *pipeline, op *policy.Op, err error) (at string, _ error) {
	b.stamp(err)
	if !b.failed() {
		return b.at(), nil // redis.Nil among the replies, which is no failure
	}
	items := make([]batch.Item, len(b.all))
	for i := range b.all {
		t := &b.all[i]
		c := read(t.Cmder)
		items[i] = batch.Item{Reach: c.Reach(), Writes: c.Writes(), Ran: t.ran}
		if t.err != nil && !isAnswer(t.err) {
			items[i].Failure = batch.Fail(u.retry, rung(ctx, c), u.judge(c, t.err))
		}
	}
	again, worst := batch.Settle(items)
	b.send = b.send[:0]
	for _, i := range again {
		b.send = append(b.send, &b.all[i])
	}
	for i := range items {
		b.all[i].ran = items[i].Ran
	}
	op.Replay = worst.Replay
	for i := range items {
		if own := items[i].Failure.Err; own != nil && errtree.Is(worst.Err, own) {
			return b.all[i].at, worst.Err
		}
	}
	return b.all[0].at, worst.Err
}
