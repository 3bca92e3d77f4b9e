package goredis

import (
	"context"
	"net"

	"github.com/redis/go-redis/v9"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

// Hook is a redis.Hook that runs commands, pipelines and transactions under a policy. It
// holds no state of its own: one Hook may serve any number of clients.
type Hook struct{ retry policy.Retry }

var _ redis.Hook = (*Hook)(nil)

// NewHook returns the hook that retries by r. Where r has no Classify, [Classify] is used. The client
// that it is added to must not retry by itself; [Install] sees to that. An r that
// [policy.Retry.Validate] refuses does not retry: failures come back joined with the complaint.
func NewHook(r policy.Retry) *Hook {
	of := r.Classify
	if of == nil {
		of = Classify
	}
	r.Classify = func(err error) classify.Verdict { return known(err, of) }
	return &Hook{retry: r}
}

// DialHook marks what fails in a dial as not sent: a custom dialer, or TLS, may fail in ways that
// look like a lost reply. It does not retry: the command that needs the connection does.
func (*Hook) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		// The connection goes back as it is: go-redis looks for its file descriptor.
		conn, err := next(ctx, network, addr)
		return conn, notSent(err)
	}
}

// ProcessHook runs single commands.
func (h *Hook) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if cmd.NoRetry() {
			return next(ctx, cmd)
		}
		if setsUpConnection(cmd.Name()) {
			return notSent(next(ctx, cmd))
		}
		var answer, before error
		op := policy.Op{Name: cmd.Name()}
		err := h.retry.DoOp(ctx, &op, func(ctx context.Context) error {
			err := next(ctx, cmd)
			if err == nil {
				return nil
			}
			if isAnswer(err) {
				answer = err
				return nil
			}
			c := read(cmd)
			op.Replay = c.replay()
			before = h.judge(c, orBefore(err, before))
			return before
		})
		if err != nil {
			return bare(err)
		}
		return answer
	}
}

// ProcessPipelineHook runs pipelines, and transactions, which go-redis hands over as MULTI,
// the commands, EXEC.
func (h *Hook) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		if len(cmds) == 0 {
			return next(ctx, cmds)
		}
		for _, cmd := range cmds {
			if cmd.NoRetry() {
				return next(ctx, cmds)
			}
			if setsUpConnection(cmd.Name()) {
				return notSent(next(ctx, cmds))
			}
		}
		if cmds[0].Name() == "multi" {
			return h.transaction(ctx, cmds, next)
		}
		return h.pipeline(ctx, cmds, next)
	}
}

// setsUpConnection tells the commands that belong to one connection. go-redis sends them through the
// hooks of the command that needed the connection; they are not operations of their own, and
// mean nothing on the connection that a retry would get.
func setsUpConnection(name string) bool {
	switch name {
	case "hello", "auth", "select", "client", "readonly", "readwrite", "asking", "quit", "reset":
		return true
	}
	return false
}

// bare returns the driver's own error, which callers may compare with ==. Only an ended
// context is told as well.
func bare(err error) error {
	if e, ok := err.(*policy.Error); ok { //nolint:errorlint // the loop returns it unwrapped
		if e.Reason == policy.Canceled {
			return err
		}
		err = e.Err
	}
	return driver(err)
}
