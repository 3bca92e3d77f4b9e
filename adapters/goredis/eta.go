package goredis

import (
	"context"

	"github.com/redis/go-redis/v9"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/judged"
)

// estimated returns err with the server's own estimate of how long it goes on loading, if that is what it says: the policy
// waits for it, up to 5 s at a time, and then as long as it would have waited without. run runs a command on the
// server, past the hook. Where there are several servers, another one may serve the command sooner: there is no estimate.
func (h *Hook) estimated(ctx context.Context, err error, of classify.Func, run func(context.Context, redis.Cmder) error) error {
	if !h.single || err == nil {
		return err
	}
	v := of(err)
	if v.Kind != classify.BusyLoading || v.After > 0 {
		return err
	}
	v.After = h.loading.Left(ctx, "", func(ctx context.Context) (string, error) {
		info := redis.NewStringCmd(ctx, "info", "persistence")
		err := run(ctx, info)
		return info.Val(), err
	})
	if v.After == 0 {
		return err
	}
	return judged.New(err, v)
}
