package goredis_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/adapters/goredis"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/redispy"
)

// TestAsRedisPy: redis-py's cases of its cluster client, see the package redispy.
func TestAsRedisPy(t *testing.T) {
	redispy.Check(t, func(t *testing.T, o redispy.Options) redispy.Client {
		c, err := goredis.NewClusterClient(&redis.ClusterOptions{
			Addrs: o.Addrs, Dialer: o.Dial, ReadTimeout: o.ReadTimeout, PoolSize: o.PoolSize,
			PoolTimeout: 100 * time.Millisecond, DisableIdentity: true,
		}, o.Config)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, c.Close()) })
		return redisPyClient{c}
	}, nil)
}

// TestNodesDoNotRetry: test_cluster.py:1054 (async :432), nodes have no retries of their own, whatever the options say.
func TestNodesDoNotRetry(t *testing.T) {
	r := redispy.NewRig(t, nil)
	c := watcher(t, r, brisk, func(o *redis.ClusterOptions) { o.MaxRetries, o.DialerRetries = 5, 5 })
	require.NoError(t, c.ForEachMaster(t.Context(), func(_ context.Context, n *redis.Client) error {
		assert.Zero(t, n.Options().MaxRetries)
		assert.Equal(t, 1, n.Options().DialerRetries)
		return nil
	}))
}

type redisPyClient struct{ *redis.ClusterClient }

func (c redisPyClient) Do(ctx context.Context, words ...string) (string, error) {
	cmd := redis.NewCmd(ctx, anys(words)...)
	_ = c.Process(ctx, cmd)
	return told(cmd)
}

func (c redisPyClient) Pipeline(ctx context.Context, cmds ...[]string) (replies []string, errs []error) {
	outcomes, _ := c.Pipelined(ctx, queue(ctx, cmds)) // each has its own error
	for _, cmd := range outcomes {
		reply, err := told(cmd.(*redis.Cmd))
		replies, errs = append(replies, reply), append(errs, err)
	}
	return replies, errs
}

func (c redisPyClient) Tx(ctx context.Context, cmds ...[]string) (replies []string, err error) {
	outcomes, err := c.TxPipelined(ctx, queue(ctx, cmds))
	for _, cmd := range outcomes {
		reply, _ := told(cmd.(*redis.Cmd))
		replies = append(replies, reply)
	}
	return replies, err
}

func (c redisPyClient) Watch(ctx context.Context, key string, fn func(value string) [][]string) error {
	return c.ClusterClient.Watch(ctx, func(tx *redis.Tx) error {
		value, err := tx.Get(ctx, key).Result()
		if err != nil && !errors.Is(err, redis.Nil) {
			return err
		}
		_, err = tx.TxPipelined(ctx, queue(ctx, fn(value)))
		return err
	}, key)
}

func (redisPyClient) Changed(err error) bool {
	return err == redis.TxFailedErr //nolint:errorlint // as callers do
}

func (redisPyClient) Classify(err error) classify.Verdict { return goredis.Classify(err) }

func queue(ctx context.Context, cmds [][]string) func(redis.Pipeliner) error {
	return func(p redis.Pipeliner) error {
		for _, words := range cmds {
			p.Do(ctx, anys(words)...)
		}
		return nil
	}
}

func told(cmd *redis.Cmd) (string, error) {
	v, err := cmd.Result()
	if v == nil || errors.Is(err, redis.Nil) {
		v, err = "", nilless(err)
	}
	return fmt.Sprint(v), err
}

func nilless(err error) error {
	if errors.Is(err, redis.Nil) {
		return nil
	}
	return err
}

func anys(words []string) []any {
	all := make([]any, len(words))
	for i, w := range words {
		all[i] = w
	}
	return all
}
