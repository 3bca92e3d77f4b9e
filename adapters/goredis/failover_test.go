package goredis_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/adapters/goredis"
	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/failover"
	"github.com/reprise-go/reprise/internal/redistest"
	"github.com/reprise-go/reprise/policy"
)

// lasting is a policy that outlives a failover.
var lasting = policy.Retry{
	Retries:    policy.Unlimited,
	MaxElapsed: 15 * time.Second,
	Backoff:    backoff.Full(backoff.Exponential{Cap: 100 * time.Millisecond}),
}

// TestSentinelFailover loses the master under load: see the package failover.
func TestSentinelFailover(t *testing.T) {
	failover.Check(t, time.Second, func(t *testing.T, sentinels []string) failover.Client {
		c := goredis.NewFailoverClient(&redis.FailoverOptions{
			MasterName: redistest.MasterName, SentinelAddrs: sentinels,
			ReadTimeout: 200 * time.Millisecond, // a frozen server says nothing at all
		}, lasting)
		t.Cleanup(func() { require.NoError(t, c.Close()) })
		return failoverClient{c}
	})
}

type failoverClient struct{ c redis.UniversalClient }

func (s failoverClient) Incr(ctx context.Context, key string) error { return s.c.Incr(ctx, key).Err() }

func (s failoverClient) Set(ctx context.Context, key, value string) error {
	return s.c.Set(ctx, key, value, 0).Err()
}

func (s failoverClient) Get(ctx context.Context, key string) (string, error) {
	v, err := s.c.Get(ctx, key).Result()
	if errors.Is(err, redis.Nil) {
		return "", nil
	}
	return v, err
}

func (s failoverClient) IncrWait(ctx context.Context, key string) (replicas int64, err error) {
	p := s.c.Pipeline()
	incr, wait := p.Incr(ctx, key), p.Do(ctx, "wait", 1, 50)
	_, _ = p.Exec(ctx) // each has its own error
	replicas, _ = wait.Int64()
	return replicas, incr.Err()
}

func (s failoverClient) Classify(err error) classify.Verdict { return goredis.Classify(err) }
