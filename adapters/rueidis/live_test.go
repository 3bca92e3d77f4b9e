package rueidis_test

import (
	"context"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"

	retry "github.com/reprise-go/reprise/adapters/rueidis"
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

// refusing refuses a command a hundred times.
func refusing(name string) faultproxy.Plan {
	return refused(name, slices.Repeat([]string{"LOADING Redis is loading the dataset in memory"}, 100)...)
}

const unfit = "rueidis: policy: MinAttempt is 1s; allowed with rueidis: 0"

// TestLive: what a client does changes between two commands, and not in the middle of one.
func TestLive(t *testing.T) {
	for name, open := range map[string]func(*testing.T, rueidis.ClientOption, policy.Retry) rueidis.Client{
		"NewClient": func(t *testing.T, o rueidis.ClientOption, r policy.Retry) rueidis.Client {
			t.Helper()
			c, err := retry.NewClient(o, r)
			require.NoError(t, err)
			return c
		},
		"Wrap": func(t *testing.T, o rueidis.ClientOption, r policy.Retry) rueidis.Client {
			t.Helper()
			o.DisableRetry = true
			return retry.Wrap(plainClient(t, o), r)
		},
	} {
		t.Run(name, func(t *testing.T) {
			server := redistest.Start(t)
			proxy, err := faultproxy.Start(server.Addr(), faultproxy.Config{Record: true})
			require.NoError(t, err)
			defer func() { require.NoError(t, proxy.Close()) }()
			during := func(policy.Event) {}
			live := newLive(t, policy.Retry{Retries: 3, Backoff: backoff.NoBackoff{}, Observe: func(_ context.Context, e policy.Event) { during(e) }})
			c := open(t, small(proxy.Addr()), policy.Retry{Live: live})
			defer c.Close()
			proxy.SetPlan(refusing("get"))
			seen := 0
			get := func() rueidis.Completed { return c.B().Get().Key("k").Build() }
			attempts := func(says string) int {
				require.ErrorContains(t, c.Do(t.Context(), get()).Error(), says)
				before := seen
				seen = proxy.Received("get")
				return seen - before
			}
			const loading = "LOADING"
			require.Equal(t, 4, attempts(loading))
			require.NoError(t, live.Set("retries=1 backoff=none"))
			require.Equal(t, 2, attempts(loading))
			during = func(policy.Event) { require.NoError(t, live.Set("retries=5 backoff=none")) }
			require.Equal(t, 2, attempts(loading), "it has the policy that it began with")
			during = func(policy.Event) {}
			require.Equal(t, 6, attempts(loading))
			during = func(e policy.Event) {
				if e.State.Attempt == 3 {
					live.Off()
				}
			}
			require.Equal(t, 3, attempts(loading), "off ends one under way")
			require.Equal(t, 1, attempts(loading))
			live.On()
			during = func(policy.Event) {}
			require.ErrorContains(t, c.DoMulti(t.Context(), get())[0].Error(), loading)
			require.Equal(t, seen+6, proxy.Received("get"))
			seen += 6
			require.NoError(t, live.Store(policy.Retry{Retries: 3, MinAttempt: time.Second}))
			require.Equal(t, 1, attempts(unfit))
			require.ErrorContains(t, c.DoMulti(t.Context(), get())[0].Error(), unfit)
			require.NoError(t, live.Set("retries=3 backoff=none replay=accumulating"))
			proxy.SetPlan(on("incr", cutAfter))
			n, err := c.Do(t.Context(), c.B().Incr().Key("n").Build()).AsInt64()
			require.NoError(t, err)
			require.EqualValues(t, 2, n, "the rung is that of the new policy")
			require.NoError(t, live.Set("retries=3 backoff=none"))
			proxy.SetPlan(on("incr", cutAfter))
			require.Error(t, c.Do(t.Context(), c.B().Incr().Key("n").Build()).Error())
		})
	}
}

// TestLiveWithoutObserve: the first attempt of a policy that does not attend to success is made past the loop.
func TestLiveWithoutObserve(t *testing.T) {
	server := redistest.Start(t)
	proxy, err := faultproxy.Start(server.Addr(), faultproxy.Config{Record: true})
	require.NoError(t, err)
	defer func() { require.NoError(t, proxy.Close()) }()
	live := newLive(t, policy.Retry{Retries: 3, Backoff: backoff.NoBackoff{}})
	c, err := retry.NewClient(small(proxy.Addr()), policy.Retry{Live: live})
	require.NoError(t, err)
	defer c.Close()
	proxy.SetPlan(refusing("get"))
	for _, want := range []int{4, 4 + 1} {
		require.ErrorContains(t, c.Do(t.Context(), c.B().Get().Key("k").Build()).Error(), "LOADING")
		require.Equal(t, want, proxy.Received("get"))
		live.Off()
	}
}

// TestLiveRefused: a policy that has a Live and more is none.
func TestLiveRefused(t *testing.T) {
	both := policy.Retry{Live: newLive(t, policy.Retry{Retries: 3}), Retries: 3}
	const want = "rueidis: policy: Live is set, and so are other fields"
	_, err := retry.NewClient(rueidis.ClientOption{InitAddress: []string{"localhost:1"}}, both)
	require.ErrorContains(t, err, want)
	_, err = retry.NewClusterClient(rueidis.ClientOption{InitAddress: []string{"localhost:1"}}, cluster.Config{Retry: both})
	require.ErrorContains(t, err, want)
	live := policy.Retry{Live: newLive(t, policy.Retry{MinAttempt: time.Second})}
	_, err = retry.NewClient(rueidis.ClientOption{InitAddress: []string{"localhost:1"}}, live)
	require.ErrorContains(t, err, unfit)
	_, err = retry.NewClusterClient(rueidis.ClientOption{InitAddress: []string{"localhost:1"}}, cluster.Config{Retry: live})
	require.ErrorContains(t, err, unfit)
	g := newRig(t, three, nil)
	c := retry.Wrap(g.Client, both)
	g.proxy.SetPlan(refusing("get"))
	require.ErrorContains(t, c.Do(t.Context(), c.B().Get().Key("k").Build()).Error(), want)
	require.Equal(t, 1, g.proxy.Received("get"))
}

// TestLiveCluster: the same through the cycles of a cluster, and a success is credited to the node of its slot.
func TestLiveCluster(t *testing.T) {
	d := redistest.StartCluster(t, 1, 0)
	live := newLive(t, policy.Retry{
		Retries: 1, Backoff: backoff.NoBackoff{}, Budget: &policy.Budget{Capacity: 100, Floor: policy.NoFloor},
		Classify: func(err error) classify.Verdict { // a refusal that a healthy server gives, as often as it is asked
			if strings.HasPrefix(err.Error(), "WRONGTYPE") {
				return classify.Verdict{Class: classify.Transient, Kind: classify.ClusterDown}
			}
			return retry.Classify(err)
		},
	})
	budget := live.Load().Budget
	c := clusterOf(t, d, cluster.Config{
		Retry: policy.Retry{Live: live}, ErrorRetries: 1, Backoff: backoff.NoBackoff{},
	})
	set := func() { require.NoError(t, c.Do(t.Context(), c.B().Set().Key("k").Value("v").Build()).Error()) }
	set()
	fails := func(says string) {
		require.ErrorContains(t, c.Do(t.Context(), c.B().Lpush().Key("k").Element("e").Build()).Error(), says)
	}
	fails("WRONGTYPE")
	node := d.Addrs()[0]
	require.Equal(t, 100, budget.Tokens())
	require.Equal(t, 85, budget.TokensOf(node), "four attempts in two cycles")
	set()
	require.Equal(t, 86, budget.TokensOf(node))
	require.NoError(t, c.DoMulti(t.Context(), c.B().Set().Key("k").Value("v").Build())[0].Error())
	require.Equal(t, 87, budget.TokensOf(node))
	require.NoError(t, live.Set("retries=2 backoff=none"))
	fails("WRONGTYPE")
	require.Equal(t, 87-25, budget.TokensOf(node), "six attempts")
	require.NoError(t, live.Store(policy.Retry{Retries: 3, MinAttempt: time.Second, Budget: budget, Classify: live.Load().Classify}))
	fails(unfit)
	require.Equal(t, 62, budget.TokensOf(node))
	require.NoError(t, live.Set("retries=2 backoff=none"))
	live.Off()
	fails("WRONGTYPE")
	require.Equal(t, 62, budget.TokensOf(node))
}

// TestRetryDelayOfALive: each delay is by the policy in use.
func TestRetryDelayOfALive(t *testing.T) {
	live := newLive(t, policy.Retry{Retries: 3, Backoff: backoff.Constant(time.Second), MinAttempt: time.Second})
	delay := retry.RetryDelay(policy.Retry{Live: live})
	ask := func() time.Duration { return delay(1, rueidis.Completed{}, io.EOF) }
	require.Equal(t, time.Second, ask())
	require.NoError(t, live.Set("retries=3 backoff=constant(2s)"))
	require.Equal(t, 2*time.Second, ask())
	live.Off()
	require.Equal(t, time.Duration(-1), ask())
	require.Equal(t, time.Duration(-1), retry.RetryDelay(policy.Retry{Live: live, Retries: 3})(1, rueidis.Completed{}, io.EOF))
}
