package goredis_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/adapters/goredis"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/faultproxy"
	"github.com/reprise-go/reprise/internal/redistest"
	"github.com/reprise-go/reprise/policy"
)

// shards is a ring of two servers, each behind a proxy that hurts.
type shards struct {
	*redis.Ring
	addrs   map[string]string
	direct  [2]*redis.Client
	proxies [2]*faultproxy.Proxy
	keys    [2]string // one on each

	mu     sync.Mutex
	events []policy.Event
}

func newShards(t *testing.T, r policy.Retry) *shards {
	t.Helper()
	return newShardsBy(t, r, goredis.NewRing)
}

// newShardsBy is newShards for rings that are made in another way.
func newShardsBy(t *testing.T, r policy.Retry, open func(*redis.RingOptions, policy.Retry) *redis.Ring) *shards {
	t.Helper()
	g := &shards{addrs: map[string]string{}}
	for i := range g.proxies {
		server := redistest.Start(t)
		proxy, err := faultproxy.Start(server.Addr(), faultproxy.Config{Record: true})
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, proxy.Close()) })
		direct := redis.NewClient(&redis.Options{Addr: server.Addr()})
		t.Cleanup(func() { require.NoError(t, direct.Close()) })
		g.proxies[i], g.direct[i] = proxy, direct
		g.addrs[fmt.Sprint("shard", i)] = proxy.Addr()
	}
	r.Observe = func(_ context.Context, e policy.Event) {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.events = append(g.events, e)
	}
	// A heartbeat would take a shard out of the ring while the test is at it.
	alive := func(context.Context, *redis.Client) bool { return true }
	g.Ring = open(&redis.RingOptions{Addrs: g.addrs, HeartbeatFn: alive}, r)
	t.Cleanup(func() { require.NoError(t, g.Close()) })
	for n := 0; g.keys[0] == "" || g.keys[1] == ""; n++ {
		key := fmt.Sprint("k", n)
		require.NoError(t, g.Set(t.Context(), key, 0, 0).Err())
		for i, c := range g.direct {
			if c.Exists(t.Context(), key).Val() == 1 {
				g.keys[i] = key
			}
		}
	}
	g.events = nil
	return g
}

func (g *shards) reasons() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	var all []string
	for _, e := range g.events {
		all = append(all, e.Op+" "+e.Decision.Reason.String())
	}
	return all
}

// TestRing: what fails on one shard is retried there, by the same rules as on one server.
func TestRing(t *testing.T) {
	ctx := t.Context()
	t.Run("a lost reply", func(t *testing.T) {
		g := newShards(t, three)
		for i, key := range g.keys {
			g.proxies[i].SetPlan(on("incr", cutAfter))
			err := g.Incr(ctx, key).Err()
			require.Equal(t, classify.Ambiguous, goredis.Classify(err).Class, "%v", err)
			require.Equal(t, "1", g.direct[i].Get(ctx, key).Val(), "shard %d", i)
		}
		require.Equal(t, []string{"incr not_replayable", "incr not_replayable"}, g.reasons())
	})
	t.Run("a lost reply to a read", func(t *testing.T) {
		g := newShards(t, three)
		g.proxies[0].SetPlan(on("get", cutAfter, cutBefore, cutWithin))
		require.Equal(t, "0", g.Get(ctx, g.keys[0]).Val())
		require.Equal(t, []string{"get retrying", "get retrying", "get retrying", "get succeeded"}, g.reasons())
	})
	t.Run("the server refuses", func(t *testing.T) {
		g := newShards(t, three)
		g.proxies[1].SetPlan(refused("incr", "LOADING one", "OOM two", "BUSY three"))
		require.EqualValues(t, 1, g.Incr(ctx, g.keys[1]).Val())
	})
	// The first dial is a new ring's own.
	t.Run("a handshake fails", func(t *testing.T) {
		for _, fault := range []faultproxy.Fault{cutBefore, cutAfter, cutWithin} {
			g := newShards(t, three)
			g.proxies[0].SetPlan(cutOldThenHandshake(fault))
			require.NoError(t, g.Get(ctx, g.keys[0]).Err())
			require.EqualValues(t, 1, g.Incr(ctx, g.keys[0]).Val())
			require.Equal(t, []string{"get retrying", "get retrying", "get succeeded", "incr succeeded"}, g.reasons())
		}
	})
	t.Run("nobody listens", func(t *testing.T) {
		g := newShards(t, three)
		require.NoError(t, g.proxies[0].Refuse())
		g.proxies[0].SetPlan(on("get", cutBefore)) // the connection that is open
		require.ErrorContains(t, g.Get(ctx, g.keys[0]).Err(), "connection refused")
		g.events = nil
		err := g.Incr(ctx, g.keys[0]).Err()
		require.ErrorContains(t, err, "connection refused")
		require.Equal(t, classify.Verdict{Class: classify.Transient, Kind: classify.Connection}, goredis.Classify(err))
		require.Equal(t, []string{"incr retrying", "incr retrying", "incr retrying", "incr out_of_retries"}, g.reasons())
		require.EqualValues(t, 1, g.Incr(ctx, g.keys[1]).Val(), "the other shard is well")

		require.NoError(t, g.proxies[0].Listen())
		require.EqualValues(t, 1, g.Incr(ctx, g.keys[0]).Val())
	})
}

// cutOldThenHandshake cuts an open connection at its next command, and then the first HELLO of a new one.
func cutOldThenHandshake(fault faultproxy.Fault) faultproxy.Plan {
	get, hello := on("get", cutBefore), on("hello", fault)
	return func(r faultproxy.Request) faultproxy.Action {
		if r.Name() == "HELLO" {
			return hello(r)
		}
		return get(r)
	}
}

// TestRingPipeline: go-redis splits a pipeline among the shards, and does not retry it at all.
func TestRingPipeline(t *testing.T) {
	ctx := t.Context()
	g := newShards(t, three)
	g.proxies[0].SetPlan(on("incr", cutAfter))
	g.proxies[1].SetPlan(refused("incr", "LOADING one"))
	cmds, err := g.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.Get(ctx, g.keys[0])
		p.Incr(ctx, g.keys[0])
		p.Get(ctx, g.keys[1])
		p.Incr(ctx, g.keys[1])
		return nil
	})
	require.Error(t, err)
	require.Equal(t, classify.Ambiguous, goredis.Classify(err).Class, "%v", err)
	require.Equal(t, []string{"0", "error", "0", "1"}, outcomes(cmds))
	for i, c := range g.direct {
		require.Equal(t, "1", c.Get(ctx, g.keys[i]).Val(), "shard %d", i)
	}
}

// TestRingTransaction: go-redis makes one of each shard's commands, and each is all or nothing.
func TestRingTransaction(t *testing.T) {
	ctx := t.Context()
	for name, tt := range map[string]struct {
		plan    faultproxy.Plan
		want    []string
		reasons []string // of the shard that is hurt
	}{
		"a lost EXEC":     {on("exec", cutAfter), []string{"error", "error", "1"}, []string{"multi not_replayable"}},
		"a broken reply":  {on("exec", cutWithin), []string{"error", "error", "1"}, []string{"multi not_replayable"}},
		"nothing happens": {nil, []string{"1", "1", "1"}, []string{"multi succeeded"}},
	} {
		t.Run(name, func(t *testing.T) {
			g := newShards(t, three)
			g.proxies[0].SetPlan(tt.plan)
			cmds, err := g.TxPipelined(ctx, func(p redis.Pipeliner) error {
				p.Incr(ctx, g.keys[0])
				p.Incr(ctx, g.keys[1])
				p.Get(ctx, g.keys[0])
				return nil
			})
			require.Equal(t, tt.want, outcomes([]redis.Cmder{cmds[0], cmds[2], cmds[1]}), "%v", err)
			require.ElementsMatch(t, append(tt.reasons, "multi succeeded"), g.reasons())
			for i, c := range g.direct {
				require.Equal(t, "1", c.Get(ctx, g.keys[i]).Val(), "shard %d", i)
			}
		})
	}
	t.Run("nobody listens", func(t *testing.T) {
		g := newShards(t, three)
		require.NoError(t, g.proxies[0].Refuse())
		block := func(p redis.Pipeliner) error { p.Incr(ctx, g.keys[0]); return nil }
		g.proxies[0].SetPlan(on("multi", cutBefore)) // the connection that is open
		_, err := g.TxPipelined(ctx, block)
		require.Error(t, err)
		g.events = nil
		_, err = g.TxPipelined(ctx, block)
		require.ErrorContains(t, err, "connection refused")
		require.Equal(t, []string{"multi retrying", "multi retrying", "multi retrying", "multi out_of_retries"}, g.reasons())
		require.NoError(t, g.proxies[0].Listen())
		_, err = g.TxPipelined(ctx, block)
		require.NoError(t, err)
		require.Equal(t, "1", g.direct[0].Get(ctx, g.keys[0]).Val())
	})
	t.Run("a changed key comes back bare", func(t *testing.T) {
		g := newShards(t, three)
		err := g.Watch(ctx, func(tx *redis.Tx) error {
			require.NoError(t, g.direct[0].Set(ctx, g.keys[0], "theirs", 0).Err())
			_, err := tx.TxPipelined(ctx, func(p redis.Pipeliner) error { p.Set(ctx, g.keys[0], "ours", 0); return nil })
			return err
		}, g.keys[0])
		require.True(t, err == redis.TxFailedErr, "%v", err) //nolint:errorlint // callers compare so
		require.Equal(t, "theirs", g.direct[0].Get(ctx, g.keys[0]).Val())
	})
	t.Run("no EXEC after the block was discarded, and the watch with it", func(t *testing.T) {
		g := newShards(t, three)
		g.proxies[0].SetPlan(refused("set", "OOM no"))
		err := g.Watch(ctx, func(tx *redis.Tx) error {
			require.NoError(t, g.direct[0].Set(ctx, g.keys[0], "theirs", 0).Err())
			_, err := tx.TxPipelined(ctx, func(p redis.Pipeliner) error { p.Set(ctx, g.keys[0], "ours", 0); return nil })
			return err
		}, g.keys[0])
		require.True(t, redis.IsExecAbortError(err), "%v", err)
		require.Equal(t, "theirs", g.direct[0].Get(ctx, g.keys[0]).Val())
	})
	t.Run("no EXEC after the watched connection is lost", func(t *testing.T) {
		g := newShards(t, three)
		g.proxies[0].SetPlan(on("exec", cutBefore))
		err := g.Watch(ctx, func(tx *redis.Tx) error {
			require.NoError(t, g.direct[0].Set(ctx, g.keys[0], "theirs", 0).Err())
			_, err := tx.TxPipelined(ctx, func(p redis.Pipeliner) error { p.Set(ctx, g.keys[0], "ours", 0); return nil })
			return err
		}, g.keys[0])
		require.Error(t, err)
		require.NotContains(t, err.Error(), "bad state", "the first error is the one that tells")
		require.Equal(t, "theirs", g.direct[0].Get(ctx, g.keys[0]).Val())
	})
}

// TestRingUnderFaults loses replies of both shards, from many goroutines: no INCR runs twice.
func TestRingUnderFaults(t *testing.T) {
	const workers, each = 8, 100
	g := newShards(t, lasting)
	for i, proxy := range g.proxies {
		plan, err := faultproxy.Rates{CutAfter: 0.02, CutBefore: 0.01, CutMidReply: 0.01, Loading: 0.02}.Plan(uint64(i))
		require.NoError(t, err)
		proxy.SetPlan(plan)
	}
	var (
		work sync.WaitGroup
		mu   sync.Mutex
		errs = map[string]error{}
	)
	for w := range workers {
		work.Go(func() {
			for n := range each {
				key := fmt.Sprintf("%d:%d", w, n)
				err := g.Incr(t.Context(), key).Err()
				mu.Lock()
				errs[key] = err
				mu.Unlock()
			}
		})
	}
	work.Wait()
	failed := 0
	for key, err := range errs {
		n := 0
		for _, c := range g.direct {
			if c.Exists(t.Context(), key).Val() == 1 {
				n++
				require.Equal(t, "1", c.Get(t.Context(), key).Val(), "%s was executed twice", key)
			}
		}
		if err == nil {
			require.Equal(t, 1, n, "%s was acknowledged", key)
			continue
		}
		failed++
		require.Equal(t, classify.Ambiguous, goredis.Classify(err).Class, "%v", err)
	}
	t.Logf("%d of %d INCRs may have been executed", failed, workers*each)
	require.NotZero(t, failed)
}
