package rueidis

import (
	"context"
	"time"

	"github.com/redis/rueidis"

	"github.com/reprise-go/reprise/policy"
)

// Do runs one command.
func (c *client) Do(ctx context.Context, cmd rueidis.Completed) rueidis.RedisResult {
	if cmd.NoReply() {
		// SUBSCRIBE and its kin belong to the connection that they are sent on, and Receive to those who mean them.
		return plain(c.Client.Do(ctx, cmd))
	}
	var w words
	w.keep(cmd.Commands())
	u := c.begin()
	if u.attends || c.closed.Load() || ctx.Err() != nil {
		return u.do(ctx, cmd, &w, nil)
	}
	// The first attempt is made here: a success spares the 15 ns that the function values of do cost.
	before := c.dials.failures.Load()
	r := c.Client.Do(ctx, cmd)
	if !failed(r.Error()) {
		return r
	}
	return u.do(ctx, cmd, &w, &outcome{before, r})
}

// do is Do, from the outcome of the first attempt on if there was one.
func (u under) do(ctx context.Context, cmd rueidis.Completed, w *words, first *outcome) (r rueidis.RedisResult) {
	send := func(again bool) (bool, error) {
		next := cmd
		if again {
			next = u.rebuilt(w.command(), cmd)
		}
		r = u.Client.Do(ctx, next)
		return r.NonRedisError() == nil, r.Error()
	}
	if first == nil {
		return result(u.run(ctx, w, cmd, send), &r)
	}
	r = first.result
	return result(u.goOn(ctx, w, cmd, send, first.before, r.NonRedisError() == nil, r.Error()), &r)
}

// outcome is how a first attempt has ended.
type outcome struct {
	before uint64 // failures of connections before it
	result rueidis.RedisResult
}

// DoCache runs one command whose reply is cached. Such commands only read, so that a refusal needs no second look:
// one comes here from within the transaction that rueidis makes, and looks like one of the handshake.
func (c *client) DoCache(ctx context.Context, cmd rueidis.Cacheable, ttl time.Duration) rueidis.RedisResult {
	var w words
	w.keep(cmd.Commands())
	u := c.begin()
	if u.attends || c.closed.Load() || ctx.Err() != nil {
		return u.doCache(ctx, cmd, ttl, &w, nil)
	}
	before := c.dials.failures.Load()
	r := c.Client.DoCache(ctx, cmd, ttl)
	if !failed(r.Error()) {
		return r
	}
	return u.doCache(ctx, cmd, ttl, &w, &outcome{before, r})
}

// doCache is to DoCache what do is to Do.
func (u under) doCache(ctx context.Context, cmd rueidis.Cacheable, ttl time.Duration, w *words, first *outcome) (r rueidis.RedisResult) {
	send := func(again bool) (bool, error) {
		next := cmd
		if again {
			next = rebuildCache(u.B(), w.command(), cmd)
		}
		r = u.Client.DoCache(ctx, next, ttl)
		return true, r.Error()
	}
	if first == nil {
		return result(u.run(ctx, w, rueidis.Completed(cmd), send), &r)
	}
	r = first.result
	return result(u.goOn(ctx, w, rueidis.Completed(cmd), send, first.before, true, r.Error()), &r)
}

// sender sends a command, or another that is built like it, and reports whether its error is the server's reply.
type sender func(again bool) (replied bool, err error)

// run runs the command that w are the words of, as often as the policy says.
func (u under) run(ctx context.Context, w *words, like rueidis.Completed, send sender) error {
	var op policy.Op
	if u.retry.Observe != nil {
		op.Name, op.Node = w.name(), u.node // which else nobody needs before a failure
	}
	again := false
	return u.bare(u.loop(ctx, &op, func(ctx context.Context) error {
		err := u.attempt(ctx, &op, w, like, send, again)
		again = true
		return err
	}))
}

// goOn is run from the outcome of the first attempt on.
func (u under) goOn(ctx context.Context, w *words, like rueidis.Completed, send sender, before uint64, replied bool, err error) error {
	var op policy.Op
	if err = u.settle(ctx, &op, w, like, send, before, replied, err); err == nil {
		return nil
	}
	return u.bare(u.retry.Resume(ctx, &op, func(ctx context.Context) error {
		return u.attempt(ctx, &op, w, like, send, true)
	}, err))
}

// attempt makes one attempt.
func (u under) attempt(ctx context.Context, op *policy.Op, w *words, like rueidis.Completed, send sender, again bool) error {
	if u.closed.Load() {
		return closing()
	}
	before := u.dials.failures.Load()
	replied, err := send(again)
	return u.settle(ctx, op, w, like, send, before, replied, err)
}

// settle takes the outcome of an attempt and returns the error by which the policy shall judge it. One that was given
// to a connection that had failed before is made anew.
func (u under) settle(ctx context.Context, op *policy.Op, w *words, like rueidis.Completed, send sender, before uint64, replied bool, err error) error {
	u.credit(op, like)
	for tries := 0; failed(err); tries++ {
		stale, e := since(err, before)
		if !stale || tries == staleTries || ctx.Err() != nil {
			words := w.command()
			op.Name, op.Node, op.Replay = w.name(), u.where(e, like), rung(ctx, words, like)
			return u.estimated(ctx, op.Replay, u.judge(ctx, words, e, replied))
		}
		before = u.dials.failures.Load()
		replied, err = send(true)
	}
	return nil
}

// staleTries is how often an attempt is made anew, uncounted and at once, since a connection had failed before it
// began: as often as a client has connections to a server by default (PipelineMultiplex), each of which may tell of
// its failure once.
const staleTries = 4

// result returns the result of an operation that ended with err: that of the last attempt, if it says the same.
func result(err error, last *rueidis.RedisResult) rueidis.RedisResult {
	if err == nil {
		return *last
	}
	if _, reply := rueidis.IsRedisErr(err); reply && last.NonRedisError() == nil {
		return *last
	}
	return rueidis.NewErrorResult(err)
}
