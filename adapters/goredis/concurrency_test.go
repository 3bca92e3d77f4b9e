package goredis_test

import (
	"bytes"
	"context"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/adapters/goredis"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/faultproxy"
	"github.com/reprise-go/reprise/internal/redistest"
)

// TestSixtyFourGoroutines shares one client, whose replies get lost: what was acknowledged is in the
// counter once, and what came back as an error may have been executed, once.
func TestSixtyFourGoroutines(t *testing.T) {
	const goroutines, each = 64, 20
	plan, err := faultproxy.Rates{CutBefore: 0.02, CutAfter: 0.02, CutMidReply: 0.02, Loading: 0.02}.Plan(1)
	require.NoError(t, err)
	g := rigAt(t, redistest.Start(t), three, plan)
	var acknowledged, lost atomic.Int64
	var all sync.WaitGroup
	for range goroutines {
		all.Go(func() {
			for range each {
				if err := g.Incr(t.Context(), "n").Err(); err == nil {
					acknowledged.Add(1)
				} else {
					lost.Add(1)
				}
			}
		})
	}
	all.Wait()
	n, err := g.direct.Get(t.Context(), "n").Int64()
	require.NoError(t, err)
	require.EqualValues(t, goroutines*each, acknowledged.Load()+lost.Load())
	require.GreaterOrEqual(t, n, acknowledged.Load(), "an acknowledged INCR is in the counter")
	require.LessOrEqual(t, n, acknowledged.Load()+lost.Load(), "none is there twice")
	require.Positive(t, lost.Load(), "the proxy was to lose some")
}

// TestAutopipeline: the batches that go-redis makes of single commands are pipelines to the hook.
func TestAutopipeline(t *testing.T) {
	for name, open := range map[string]func(*redis.Client) (*redis.AutoPipeliner, error){
		"blocking": (*redis.Client).AutoPipeline, "async": (*redis.Client).AsyncAutoPipeline,
	} {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			g := rigAt(t, redistest.Start(t), three, on("incr", cutAfter))
			p, err := open(g.Client)
			require.NoError(t, err)
			require.Error(t, p.Incr(ctx, "n").Err(), "the reply was lost")
			require.Equal(t, "1", g.direct.Get(ctx, "n").Val(), "and it is not run again")
			g.proxy.SetPlan(on("get", cutAfter))
			require.Equal(t, "1", p.Get(ctx, "n").Val(), "a read is")
			g.forget()
			g.proxy.SetPlan(refused("incr", "LOADING one"))
			var all sync.WaitGroup
			// A key each: behind a later command on the same key, which has run, a refused one stays refused.
			for i := range 32 {
				all.Go(func() { assert.Equal(t, int64(1), p.Incr(ctx, "own"+strconv.Itoa(i)).Val()) })
			}
			all.Wait()
			require.Contains(t, g.why(), "retrying")
			require.NoError(t, p.Close())
		})
	}
}

// TestPubSubIsUntouched: subscriptions do not go through the hook, and go-redis renews them itself.
func TestPubSubIsUntouched(t *testing.T) {
	ctx := t.Context()
	g := rigAt(t, redistest.Start(t), three, nil)
	sub := g.Subscribe(ctx, "news")
	defer func() { require.NoError(t, sub.Close()) }()
	_, err := sub.Receive(ctx)
	require.NoError(t, err)
	heard := func() string {
		wait(t, "somebody listens", func() bool { return g.direct.PubSubNumSub(ctx, "news").Val()["news"] == 1 })
		require.NoError(t, g.direct.Publish(ctx, "news", "hello").Err())
		m, err := sub.ReceiveMessage(ctx)
		require.NoError(t, err)
		return m.Payload
	}
	require.Equal(t, "hello", heard())
	require.NoError(t, g.direct.ClientKillByFilter(ctx, "type", "pubsub").Err())
	_, err = sub.Receive(ctx)
	require.Error(t, err)
	_, err = sub.Receive(ctx) // connects again, and confirms
	require.NoError(t, err)
	require.Equal(t, "hello", heard())
	require.Empty(t, g.why())
}

// TestClientSideCache: a hit comes through the hook, a change at the server is noticed, and a lost
// reply is fetched again.
func TestClientSideCache(t *testing.T) {
	ctx := t.Context()
	g := rigAt(t, redistest.Start(t), three, on("get", cutAfter), func(o *redis.Options) {
		o.Protocol, o.PoolSize, o.ClientSideCacheConfig = 3, 1, &redis.ClientSideCacheConfig{MaxEntries: 16}
	})
	require.NoError(t, g.direct.Set(ctx, "k", "one", 0).Err())
	require.Equal(t, "one", g.Get(ctx, "k").Val())
	require.Contains(t, g.why(), "retrying")
	wait(t, "the value is cached", func() bool {
		before := g.seen("get")
		require.Equal(t, "one", g.Get(ctx, "k").Val())
		return g.seen("get") == before
	})
	require.NoError(t, g.direct.Set(ctx, "k", "two", 0).Err())
	wait(t, "the change is noticed", func() bool { return g.Ping(ctx).Err() == nil && g.Get(ctx, "k").Val() == "two" })
}

// TestIntoCallersMemory: what was written there by one attempt cannot be taken back by the next.
func TestIntoCallersMemory(t *testing.T) {
	ctx := t.Context()
	g := rigAt(t, redistest.Start(t), three, on("get", cutWithin, cutWithin))
	require.NoError(t, g.direct.Set(ctx, "k", "value", 0).Err())
	require.Error(t, g.DoRawWriteTo(ctx, &bytes.Buffer{}, "get", "k").Err())
	require.Error(t, g.GetToBuffer(ctx, "k", make([]byte, 16)).Err())
	require.Equal(t, 2, g.runs("get"))
	var out bytes.Buffer
	require.NoError(t, g.DoRawWriteTo(ctx, &out, "get", "k").Err())
	require.Equal(t, "$5\r\nvalue\r\n", out.String())
}

// TestBlocking: what a blocking command has taken is gone, so it is not asked again unless it was
// refused; and that nothing came in time is an answer.
func TestBlocking(t *testing.T) {
	ctx := t.Context()
	bold := three
	bold.Replay = classify.Accumulating
	g := rigAt(t, redistest.Start(t), bold, on("blpop", cutAfter))
	require.NoError(t, g.direct.RPush(ctx, "list", "a", "b").Err())
	err := g.BLPop(ctx, time.Minute, "list").Err()
	require.Equal(t, classify.Ambiguous, goredis.Classify(err).Class, "%v", err)
	require.Equal(t, "not_replayable", g.why())
	require.Equal(t, []string{"b"}, g.direct.LRange(ctx, "list", 0, -1).Val())

	g.forget()
	g.proxy.SetPlan(refused("blpop", "LOADING one", "LOADING two"))
	require.Equal(t, []string{"list", "b"}, g.BLPop(context.WithoutCancel(ctx), time.Minute, "list").Val())
	require.Equal(t, "retrying retrying succeeded", g.why())

	g.forget()
	require.Equal(t, redis.Nil, g.Do(ctx, "blpop", "list", "0.01").Err())
	require.Equal(t, "succeeded", g.why())
}

// TestScriptOverALostReply: EVALSHA that nobody knows becomes EVAL, and what a script may have done is not
// done again.
func TestScriptOverALostReply(t *testing.T) {
	ctx := t.Context()
	g := rigAt(t, redistest.Start(t), three, on("eval", cutAfter))
	script := redis.NewScript("return redis.call('incr', KEYS[1])")
	require.Error(t, script.Run(ctx, g.Client, []string{"n"}).Err())
	require.Equal(t, "not_retryable not_replayable", g.why())
	require.Equal(t, "1", g.direct.Get(ctx, "n").Val())
	n, err := script.Run(ctx, g.Client, []string{"n"}).Int()
	require.NoError(t, err)
	require.Equal(t, 2, n)
}
