package goredis

import (
	"context"
	"net"

	"github.com/redis/go-redis/v9"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/errtree"
	"github.com/reprise-go/reprise/internal/judged"
	"github.com/reprise-go/reprise/policy"
)

// command runs one command.
func (h *Hook) command(ctx context.Context, cmd redis.Cmder, next redis.ProcessHook) error {
	u := h.begin()
	var answer, before error
	op := policy.Op{Name: cmd.Name()}
	err := u.do(ctx, &op, func(ctx context.Context) (string, error) {
		for tries := 0; ; tries++ {
			dials := h.dials.Load()
			at, err := h.send(ctx, cmd, next)
			if err == nil {
				return at, nil
			}
			if isAnswer(err) {
				answer = err
				return at, nil
			}
			c := read(cmd)
			op.Replay = rung(ctx, c)
			before = u.judge(c, unwritten(orBefore(err, before)))
			if !h.stale(dials, tries, u.retry.Classify(before)) || ctx.Err() != nil {
				return at, u.estimated(ctx, before, at, next)
			}
		}
	})
	if err != nil {
		return bare(err)
	}
	return answer
}

// send runs the command once, and returns at which node if it can tell. The wrapper that switches off a cluster client's
// own retries costs an allocation, and hides the command's type, so it is used there only.
func (h *Hook) send(ctx context.Context, cmd redis.Cmder, next redis.ProcessHook) (at string, err error) {
	switch {
	case h.follows:
		f := &final{Cmder: cmd}
		err = next(ctx, f)
		return f.at, err
	case h.ring:
		h.places.expect(cmd)
		defer func() { at = h.places.take(cmd) }()
	}
	return "", next(ctx, cmd)
}

// final is a command that go-redis' own loop does not retry. It still follows redirects.
type final struct {
	redis.Cmder
	at string // the node that it went to last, "" if that is not known
}

// NoRetry switches the loop off.
func (*final) NoRetry() bool { return true }

// unwritten judges an error in writing one command, or one transaction: go-redis writes it in one go, and
// fails only if the kernel did not take the last byte. What the server got is no whole command,
// or no EXEC, so it has executed nothing.
func unwritten(err error) error {
	op, ok := errtree.As[*net.OpError](err)
	if !ok || op.Op != "write" {
		return err
	}
	v := classify.Verdict{Class: classify.Transient, Kind: classify.Connection}
	if op.Timeout() {
		v.Kind = classify.Timeout
	}
	return judged.New(err, v)
}
