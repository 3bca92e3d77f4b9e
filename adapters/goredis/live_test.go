package goredis_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/adapters/goredis"
	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/cluster"
	"github.com/reprise-go/reprise/internal/faultproxy"
	"github.com/reprise-go/reprise/internal/redistest"
	"github.com/reprise-go/reprise/policy"
)

// newLive returns a policy that can be swapped.
func newLive(t *testing.T, r policy.Retry) *policy.Live {
	t.Helper()
	live, err := policy.NewLive(r)
	require.NoError(t, err)
	return live
}

// always refuses a command a hundred times.
func always(name string) faultproxy.Plan {
	return refused(name, slices.Repeat([]string{"MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'."}, 100)...)
}

// TestLive: what a client does changes between two commands, and not in the middle of one.
func TestLive(t *testing.T) {
	for name, open := range map[string]func(t *testing.T, addr string, r policy.Retry) redis.UniversalClient{
		"NewClient": func(_ *testing.T, addr string, r policy.Retry) redis.UniversalClient {
			return goredis.NewClient(&redis.Options{Addr: addr}, r)
		},
		"NewRing": func(_ *testing.T, addr string, r policy.Retry) redis.UniversalClient {
			return goredis.NewRing(&redis.RingOptions{
				Addrs: map[string]string{"a": addr}, HeartbeatFn: func(context.Context, *redis.Client) bool { return true },
			}, r)
		},
		"Install": func(t *testing.T, addr string, r policy.Retry) redis.UniversalClient {
			t.Helper()
			c := redis.NewClient(&redis.Options{Addr: addr, MaxRetries: -1, DialerRetries: 1})
			require.NoError(t, goredis.Install(c, r))
			return c
		},
		"NewHook": func(_ *testing.T, addr string, r policy.Retry) redis.UniversalClient {
			c := redis.NewClient(&redis.Options{Addr: addr, MaxRetries: -1, DialerRetries: 1})
			c.AddHook(goredis.NewHook(r))
			return c
		},
	} {
		t.Run(name, func(t *testing.T) {
			server := redistest.Start(t)
			proxy, err := faultproxy.Start(server.Addr(), faultproxy.Config{Record: true})
			require.NoError(t, err)
			defer func() { require.NoError(t, proxy.Close()) }()
			during := func(policy.Event) {}
			live := newLive(t, policy.Retry{Retries: 3, Backoff: backoff.NoBackoff{}, Observe: func(_ context.Context, e policy.Event) { during(e) }})
			c := open(t, proxy.Addr(), policy.Retry{Live: live})
			defer func() { require.NoError(t, c.Close()) }()
			proxy.SetPlan(always("get"))
			seen := 0
			attempts := func() int {
				require.ErrorContains(t, c.Get(t.Context(), "k").Err(), "MASTERDOWN")
				before := seen
				seen = proxy.Received("get")
				return seen - before
			}
			require.Equal(t, 4, attempts())
			require.NoError(t, live.Set("retries=1 backoff=none"))
			require.Equal(t, 2, attempts())
			during = func(policy.Event) { require.NoError(t, live.Set("retries=5 backoff=none")) }
			require.Equal(t, 2, attempts(), "it has the policy that it began with")
			during = func(policy.Event) {}
			require.Equal(t, 6, attempts())
			during = func(e policy.Event) {
				if e.State.Attempt == 3 {
					live.Off()
				}
			}
			require.Equal(t, 3, attempts(), "off ends one under way")
			require.Equal(t, 1, attempts())
			live.On()
			during = func(policy.Event) {}
			_, err = c.Pipelined(t.Context(), func(p redis.Pipeliner) error { p.Get(t.Context(), "k"); return nil })
			require.ErrorContains(t, err, "MASTERDOWN")
			require.Equal(t, seen+6, proxy.Received("get"))
			require.NoError(t, live.Set("retries=3 backoff=none replay=accumulating"))
			proxy.SetPlan(on("incr", cutAfter))
			require.EqualValues(t, 2, c.Incr(t.Context(), "n").Val(), "the rung is that of the new policy")
			require.NoError(t, live.Set("retries=3 backoff=none"))
			proxy.SetPlan(on("incr", cutAfter))
			require.Error(t, c.Incr(t.Context(), "n").Err())
			proxy.SetPlan(on("exec", cutAfter))
			_, err = c.TxPipelined(t.Context(), func(p redis.Pipeliner) error { p.Incr(t.Context(), "n"); return nil })
			require.Equal(t, classify.Ambiguous, goredis.Classify(err).Class, "%v", err)
		})
	}
}

// TestLiveCluster: the same through the cycles of a cluster, whose one node serves all slots.
func TestLiveCluster(t *testing.T) {
	d := redistest.StartCluster(t, 1, 0)
	during := func(policy.Event) {}
	decisions, digests := 0, map[string]bool{}
	live := newLive(t, policy.Retry{Retries: 1, Backoff: backoff.NoBackoff{}, Observe: func(_ context.Context, e policy.Event) {
		decisions++
		digests[e.Policy] = true
		during(e)
	}})
	c, err := goredis.NewClusterClient(&redis.ClusterOptions{Addrs: d.Addrs()},
		cluster.Config{Retry: policy.Retry{Live: live}, ErrorRetries: 1, Backoff: backoff.NoBackoff{}})
	require.NoError(t, err)
	defer func() { require.NoError(t, c.Close()) }()
	require.NoError(t, c.Set(t.Context(), "k", "v", 0).Err())
	require.NoError(t, c.Watch(t.Context(), func(*redis.Tx) error { return nil }, "k"))
	master, err := d.Master(t.Context(), 0)
	require.NoError(t, err)
	master.Kill()
	fails := func() int {
		decisions = 0
		clear(digests)
		require.Error(t, c.Get(t.Context(), "k").Err())
		require.Len(t, digests, 1, "of one operation")
		return decisions
	}
	// The second cycle ends with the refresh before it: nobody is there to ask.
	require.Equal(t, 2+1, fails())
	during = func(policy.Event) { require.NoError(t, live.Set("retries=2 backoff=none")) }
	require.Equal(t, 2+1, fails())
	during = func(policy.Event) {}
	require.Equal(t, 3+1, fails())
	during = func(policy.Event) { live.Off() }
	require.Equal(t, 2, fails(), "of one attempt: the retry is taken back")
	require.Equal(t, 1, fails())
}

// TestLiveRefused: a policy that has a Live and more is none.
func TestLiveRefused(t *testing.T) {
	live := newLive(t, policy.Retry{Retries: 3})
	both := policy.Retry{Live: live, Retries: 3}
	const want = "policy: Live is set, and so are other fields"
	require.ErrorContains(t, goredis.Install(redis.NewClient(&redis.Options{}), both), want)
	_, err := goredis.NewClusterClient(&redis.ClusterOptions{Addrs: []string{"localhost:1"}}, cluster.Config{Retry: both})
	require.ErrorContains(t, err, want)
	attempts := 0
	run := goredis.NewHook(both).ProcessHook(func(context.Context, redis.Cmder) error {
		attempts++
		return reply("LOADING Redis is loading the dataset in memory")
	})
	require.ErrorContains(t, run(t.Context(), redis.NewStringCmd(t.Context(), "get", "k")), want)
	require.Equal(t, 1, attempts)
	require.NoError(t, live.Set("retries=7"))
	require.ErrorContains(t, goredis.Install(redis.NewClient(&redis.Options{MaxRetries: -1, DialerRetries: 5}), policy.Retry{Live: live}),
		"DialerRetries of the client is 5, which makes 40 dials of 8 attempts")
}

// TestBudgetOfNodes: a node in trouble spends its own tokens, and its successes bring them back.
func TestBudgetOfNodes(t *testing.T) {
	d := redistest.StartCluster(t, 1, 0)
	r := policy.Retry{Retries: 1, Backoff: backoff.NoBackoff{}, Classify: func(err error) classify.Verdict {
		if strings.HasPrefix(err.Error(), "WRONGTYPE") { // a refusal that a healthy server gives, as often as it is asked
			return classify.Verdict{Class: classify.Transient, Kind: classify.ClusterDown}
		}
		return goredis.Classify(err)
	}}
	for name, tt := range map[string]struct {
		open    func(*redis.ClusterOptions, policy.Retry) (*redis.ClusterClient, error)
		retries int
	}{
		"orchestrated": {func(o *redis.ClusterOptions, r policy.Retry) (*redis.ClusterClient, error) {
			return goredis.NewClusterClient(o, cluster.Config{ErrorRetries: 1, Backoff: backoff.NoBackoff{}, Retry: r})
		}, 3},
		"by the hook alone": {func(o *redis.ClusterOptions, r policy.Retry) (*redis.ClusterClient, error) {
			o.DialerRetries = 1
			c := redis.NewClusterClient(o)
			return c, goredis.Install(c, r)
		}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			r := r
			r.Budget = &policy.Budget{Capacity: 100, Floor: policy.NoFloor}
			c, err := tt.open(&redis.ClusterOptions{Addrs: d.Addrs()}, r)
			require.NoError(t, err)
			defer func() { require.NoError(t, c.Close()) }()
			checkNodeBudget(t, c, r.Budget, d.Addrs()[0], 5*tt.retries)
		})
	}
}

// checkNodeBudget has a node fail and succeed, at a cost for each operation.
func checkNodeBudget(t *testing.T, c *redis.ClusterClient, budget *policy.Budget, addr string, cost int) {
	t.Helper()
	ctx := t.Context()
	set := func(p redis.Pipeliner) error { p.Set(ctx, "k", "v", 0); return nil }
	push := func(p redis.Pipeliner) error { p.LPush(ctx, "k", "e"); return nil }
	require.NoError(t, c.Set(ctx, "k", "v", 0).Err())
	_, port, _ := strings.Cut(addr, ":")
	left := 100
	for name, tt := range map[string]struct {
		well, badly func() error
	}{
		"a command": {func() error { return c.Set(ctx, "k", "v", 0).Err() }, func() error { return c.LPush(ctx, "k", "e").Err() }},
		"a pipeline": {
			func() error { _, err := c.Pipelined(ctx, set); return err },
			func() error { _, err := c.Pipelined(ctx, push); return err },
		},
	} {
		require.ErrorContains(t, tt.badly(), "WRONGTYPE")
		left -= cost
		require.Equal(t, left, budget.TokensOf("localhost:"+port), name)
		require.NoError(t, tt.well())
		left++
		require.Equal(t, left, budget.TokensOf("localhost:"+port), name)
	}
	_, err := c.TxPipelined(ctx, set)
	require.NoError(t, err)
	require.Equal(t, left+1, budget.TokensOf("localhost:"+port), "a transaction")
	require.Equal(t, 100, budget.Tokens(), "of operations that name no node")
}

// TestBudgetOfShards: a shard that is gone leaves the others their tokens.
func TestBudgetOfShards(t *testing.T) {
	r := three
	r.Budget = &policy.Budget{Capacity: 100, Floor: policy.NoFloor}
	g := newShards(t, r)
	require.NoError(t, g.proxies[0].Refuse())
	g.proxies[0].SetPlan(on("get", cutBefore)) // the connection that is open
	require.ErrorContains(t, g.Get(t.Context(), g.keys[0]).Err(), "connection refused")
	require.ErrorContains(t, g.Incr(t.Context(), g.keys[0]).Err(), "connection refused")
	_, port, _ := strings.Cut(g.proxies[0].Addr(), ":")
	require.Equal(t, 100-6*5, r.Budget.TokensOf("localhost:"+port), "the broken connection, and the dials")
	require.NoError(t, g.proxies[0].Listen())
	require.NoError(t, g.Get(t.Context(), g.keys[0]).Err())
	require.Equal(t, 100-6*5+1, r.Budget.TokensOf("localhost:"+port), "a success")
	require.Equal(t, 100, r.Budget.Tokens(), "of operations that name no shard")
}
