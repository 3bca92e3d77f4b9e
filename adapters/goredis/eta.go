package goredis

import (
	"context"

	"github.com/redis/go-redis/v9"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/judged"
	"github.com/reprise-go/reprise/policy"
)

// estimated returns err with the server's own estimate of how long it goes on loading, if that is what it says: the policy
// waits for it, up to 5 s at a time, and then as long as it would have waited without. run runs a command on the only
// server, past the hook; on a ring the shard at the address is asked. In a cluster another node may have been promoted, and
// serve the command sooner: there is no estimate. Nor is there one for what is not run again whatever the server says.
func (u under) estimated(ctx context.Context, err error, at string, run func(context.Context, redis.Cmder) error) error {
	if !u.single && !u.ring || err == nil {
		return err
	}
	v := u.retry.Classify(err)
	if v.Kind != classify.BusyLoading || v.After > 0 {
		return err
	}
	switch u.retry.Decide(policy.State{Attempt: 1}, err).Reason {
	case policy.NotRetryable, policy.OutOfRetries:
		return err
	}
	if u.ring {
		run = u.askShard(at)
	}
	if run == nil {
		return err
	}
	v.After = u.loading.Left(ctx, at, func(ctx context.Context) (string, error) {
		info := redis.NewStringCmd(ctx, "info", "persistence")
		err := run(ctx, info)
		return info.Val(), err
	})
	if u.ring {
		v.After = min(v.After, u.beats)
	}
	if v.After == 0 {
		return err
	}
	return judged.New(err, v)
}
