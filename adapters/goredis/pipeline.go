package goredis

import (
	"context"
	"slices"

	"github.com/redis/go-redis/v9"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

// tracked is a command of a pipeline that remembers its own outcome. After a transport error
// go-redis stamps that error on every command, those with a reply included.
type tracked struct {
	redis.Cmder
	err      error
	before   error // of the attempt before
	answered bool
	ran      bool // may have been executed, in whichever attempt
	final    bool // switches go-redis' own retries off
}

// NoRetry reports whether go-redis must not retry the batch by itself.
func (t *tracked) NoRetry() bool { return t.final }

// SetErr takes a command's outcome. go-redis calls it once per reply, in order, before it stamps
// the rest: what comes after a reply is not the command's own.
func (t *tracked) SetErr(err error) {
	if t.answered {
		return
	}
	if err != nil {
		err = orBefore(err, t.before)
	}
	t.err, t.answered = err, err == nil || isReply(err)
	t.Cmder.SetErr(driver(err))
}

// reset prepares the command for another run. Stale errors would survive it, since go-redis
// stamps only commands that have none.
func (t *tracked) reset() {
	t.err, t.before, t.answered = nil, t.err, false
	t.Cmder.SetErr(nil)
}

// batch is a pipeline under way.
type batch struct {
	all  []tracked
	send []redis.Cmder // what the next attempt runs, in order
	sent bool
}

func newBatch(cmds []redis.Cmder, final bool) batch {
	b := batch{all: make([]tracked, len(cmds)), send: make([]redis.Cmder, len(cmds))}
	for i, cmd := range cmds {
		b.all[i].Cmder, b.all[i].final = cmd, final
		b.send[i] = &b.all[i]
	}
	return b
}

// pipeline runs a batch of commands that do not depend on each other.
func (h *Hook) pipeline(ctx context.Context, cmds []redis.Cmder, next redis.ProcessPipelineHook) error {
	b := newBatch(cmds, h.cluster)
	op := policy.Op{Name: "pipeline"}
	err := h.retry.DoOp(ctx, &op, func(ctx context.Context) error {
		for tries := 0; ; tries++ {
			dials := h.dials.Load()
			b.prepare()
			err := next(ctx, b.send)
			if err == nil {
				return nil
			}
			if err = h.settle(ctx, &b, &op, err); err == nil {
				return nil
			}
			if !h.stale(dials, tries, h.retry.Classify(err)) || ctx.Err() != nil {
				return err
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
func (b *batch) prepare() {
	if b.sent {
		for _, cmd := range b.send {
			cmd.(*tracked).reset()
		}
	}
	b.sent = true
}

// stamp gives every command without an outcome the error.
func (b *batch) stamp(err error) {
	for i := range b.all {
		if t := &b.all[i]; t.err == nil && !t.answered {
			t.SetErr(err)
		}
	}
}

// first returns the error of the first command that has one, as go-redis does, redis.Nil
// included.
func (b *batch) first() error {
	for i := range b.all {
		if err := b.all[i].err; err != nil {
			return driver(err)
		}
	}
	return nil
}

// failed reports whether a command has an error that is not an answer.
func (b *batch) failed() bool {
	for i := range b.all {
		if err := b.all[i].err; err != nil && !isAnswer(err) {
			return true
		}
	}
	return false
}

// settle takes the outcome of an attempt: it chooses the commands for the next one, and
// returns the error by which the policy shall judge the batch. nil means that it is done.
func (h *Hook) settle(ctx context.Context, b *batch, op *policy.Op, err error) error {
	b.stamp(err)
	if !b.failed() {
		return nil // redis.Nil among the replies, which is no failure
	}
	var (
		worst, final failure
		written      trail // further on, by what may have been executed
		seen         trail // further on, by reads that the caller has the replies of
	)
	b.send = b.send[:0]
	for i := len(b.all) - 1; i >= 0; i-- {
		t := &b.all[i]
		c := read(t.Cmder)
		if t.err == nil || isAnswer(t.err) {
			if c.writes() {
				written.add(c.reach())
			} else {
				seen.add(c.reach())
			}
			continue
		}
		f := h.fail(ctx, c, t.err)
		if f.again && (written.crosses(c.reach()) || c.writes() && seen.crosses(c.reach())) {
			f.again = false
			f.err = &judged{f.err, classify.Verdict{Class: classify.Permanent, Kind: f.verdict.Kind}}
		}
		t.ran = t.ran || f.mayHaveRun() // a refusal now says nothing about the attempt before
		switch {
		case t.ran && c.writes():
			written.add(c.reach())
		case t.ran && !f.again:
			seen.add(c.reach()) // WRONGTYPE is a reply as well
		}
		if f.again {
			b.send = append(b.send, t)
			worst = worst.or(f)
		} else {
			final = f // the first in the end
		}
	}
	slices.Reverse(b.send)
	if len(b.send) == 0 {
		worst = final
	}
	op.Replay = worst.replay
	return worst.err
}

// failure is a command that got no reply, or a refusal.
type failure struct {
	err     error
	verdict classify.Verdict
	replay  classify.Replay
	again   bool // the policy would run it again
}

func (h *Hook) fail(ctx context.Context, c command, err error) failure {
	err = h.judge(c, err)
	f := failure{err: err, replay: rung(ctx, c)}
	// Attempt 0: whether it may be run again at all. How often is for the loop to say.
	d := h.retry.Decide(policy.State{Replay: f.replay}, err)
	f.verdict = d.Verdict
	f.again = d.Reason != policy.NotRetryable && d.Reason != policy.NotReplayable
	return f
}

// mayHaveRun reports whether the server may have executed the command.
func (f failure) mayHaveRun() bool { return !unexecuted(f.verdict) }

// or returns the failure that asks for more care: a server in trouble sets the pace for the
// whole batch. A refusal by a replica asks for least, since it may be answered by a try that is not counted.
func (f failure) or(g failure) failure {
	rank := func(v classify.Verdict) int {
		switch v.Class {
		case classify.Overloaded:
			return 4
		case classify.Ambiguous:
			return 3
		case classify.Transient:
			if v.Kind == classify.ReadOnlyReplica {
				return 1
			}
			return 2
		}
		return 0
	}
	if f.err == nil || rank(g.verdict) > rank(f.verdict) {
		return g
	}
	return f
}
