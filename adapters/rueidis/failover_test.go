package rueidis_test

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"

	retry "github.com/reprise-go/reprise/adapters/rueidis"
	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/failover"
	"github.com/reprise-go/reprise/internal/redistest"
	"github.com/reprise-go/reprise/policy"
)

// TestSentinelFailover loses the master under load: see the package failover.
func TestSentinelFailover(t *testing.T) {
	failover.Check(t, time.Second, func(t *testing.T, sentinels []string) failover.Client {
		o := small("")
		o.InitAddress, o.ForceSingleClient = sentinels, false
		o.Sentinel.MasterSet = redistest.MasterName
		// A batch has a connection of its own, or all others would wait for its WAIT.
		o.BlockingPipeline = 2
		// A frozen server says nothing at all.
		o.ConnWriteTimeout, o.Dialer = 200*time.Millisecond, net.Dialer{KeepAlive: 100 * time.Millisecond}
		c, err := retry.NewClient(o, policy.Retry{
			Retries:    policy.Unlimited,
			MaxElapsed: 15 * time.Second, // outlives a failover
			Backoff:    backoff.Full(backoff.Exponential{Cap: 100 * time.Millisecond}),
		})
		require.NoError(t, err)
		t.Cleanup(c.Close)
		return sentinelClient{c}
	})
}

type sentinelClient struct{ rueidis.Client }

func (s sentinelClient) Incr(ctx context.Context, key string) error {
	return s.Do(ctx, s.B().Incr().Key(key).Build()).Error()
}

func (s sentinelClient) Set(ctx context.Context, key, value string) error {
	return s.Do(ctx, s.B().Set().Key(key).Value(value).Build()).Error()
}

func (s sentinelClient) Get(ctx context.Context, key string) (string, error) {
	v, err := s.Do(ctx, s.B().Get().Key(key).Build()).ToString()
	if rueidis.IsRedisNil(err) {
		return "", nil
	}
	return v, err
}

func (s sentinelClient) IncrWait(ctx context.Context, key string) (replicas int64, err error) {
	// Not rueidis' own builder, which marks WAIT as a command that blocks. A server that hangs keeps those for ever, or
	// until the context ends: on their connections rueidis neither sets a deadline nor asks for a sign of life.
	wait := s.B().Arbitrary("WAIT", "1", "50").Build()
	all := s.DoMulti(ctx, s.B().Incr().Key(key).Build(), wait)
	replicas, _ = all[1].AsInt64()
	return replicas, all[0].Error()
}

func (s sentinelClient) Classify(err error) classify.Verdict { return retry.Classify(err) }
