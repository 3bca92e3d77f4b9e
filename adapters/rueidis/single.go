package rueidis

import (
	"context"
	"time"

	"github.com/redis/rueidis"

	"github.com/reprise-go/reprise/policy"
)

// Do runs one command.
func (c *client) Do(ctx context.Context, cmd rueidis.Completed) (resp rueidis.RedisResult) {
	if cmd.NoReply() {
		// SUBSCRIBE and its kin belong to the connection that they are sent on, and Receive to those who mean them.
		return c.Client.Do(ctx, cmd)
	}
	var w words
	w.keep(cmd.Commands())
	err := c.run(ctx, &w, cmd, func(again bool) (bool, error) {
		next := cmd
		if again {
			next = rebuild(c.B(), w.command(), cmd)
		}
		resp = c.Client.Do(ctx, next)
		return resp.NonRedisError() == nil, resp.Error()
	})
	return result(resp, err)
}

// DoCache runs one command whose reply is cached. Such commands only read, so that a refusal needs no second look:
// one comes here from within the transaction that rueidis makes, and looks like one of the handshake.
func (c *client) DoCache(ctx context.Context, cmd rueidis.Cacheable, ttl time.Duration) (resp rueidis.RedisResult) {
	var w words
	w.keep(cmd.Commands())
	err := c.run(ctx, &w, rueidis.Completed(cmd), func(again bool) (bool, error) {
		next := cmd
		if again {
			next = rebuildCache(c.B(), w.command(), cmd)
		}
		resp = c.Client.DoCache(ctx, next, ttl)
		return true, resp.Error()
	})
	return result(resp, err)
}

// run runs the command that w are the words of, as often as the policy says. send sends it, or another that is built
// like it, and reports whether its error is the server's reply.
func (c *client) run(ctx context.Context, w *words, like rueidis.Completed, send func(again bool) (replied bool, err error)) error {
	var op policy.Op
	if c.retry.Observe != nil {
		op.Name, op.Node = w.name(), c.node // which else nobody needs before a failure
	}
	again := false
	err := c.retry.DoOp(ctx, &op, func(ctx context.Context) error {
		if c.closed.Load() {
			return closing()
		}
		for tries := 0; ; tries++ {
			before := c.dials.failures.Load()
			replied, err := send(again)
			again = true
			if !failed(err) {
				return nil
			}
			err, stale := since(err, before)
			if stale && tries < staleTries && ctx.Err() == nil {
				continue
			}
			words := w.command()
			op.Name, op.Node, op.Replay = w.name(), c.at(err), rung(ctx, words, like)
			return c.judge(ctx, words, err, replied)
		}
	})
	if err != nil {
		return c.bare(err)
	}
	return nil
}

// staleTries is how often an attempt is made anew, uncounted and at once, since a connection had failed before it
// began: as often as a client has connections to a server by default (PipelineMultiplex), each of which may tell of
// its failure once.
const staleTries = 4

// result returns the result of an operation that ended with err: that of the last attempt, if it says the same.
func result(last rueidis.RedisResult, err error) rueidis.RedisResult {
	if err == nil {
		return last
	}
	if _, reply := rueidis.IsRedisErr(err); reply && last.NonRedisError() == nil {
		return last
	}
	return rueidis.NewErrorResult(err)
}
