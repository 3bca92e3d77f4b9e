package cluster_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/cluster"
	"github.com/reprise-go/reprise/policy"
)

// The tests of redis-py's cluster client (tests/test_cluster.py, test_cluster_transaction.py and their asyncio twins, and
// what test_max_connections_error.py and test_defaults.py say of it), as far as they need no client: what a client and real
// servers are needed for is in internal/redispy. The lines are those of redis-py after v7.1.0.
//
// These have no meaning here:
//
//	test_cluster.py:1032 (async :402),       set_retry: a Config is a value, and an Orchestrator keeps the one that it
//	test_retry.py:264                        was made from.
//	test_cluster.py:1054 (async :432), of    nodes have no policy of their own, which could be the wrong one: the constructors of
//	the policy of nodes                      the adapters switch the driver's off.
//	test_cluster.py:995, of the objects      which objects stand for connection pools is the driver's business. That the
//	                                         connections stay is tested.
//	test_cluster.py:1088 (async :4195), of   there is no default node: who has no key goes to any, and the next attempt to
//	the default node                         another.
//	test_cluster.py:4451, of the counter     every MOVED has a refresh behind it, at most one in an interval; redis-py
//	                                         counts, and reads the map after each fifth.
//	test_max_connections_error.py:55         that one class of exceptions is a special case of another: see classify.Kind.Is,
//	                                         and TestFullPool for what does not follow from it.
//	test_cluster.py:878, SlotNotCoveredError no node is asked about a slot that the map does not have: that is an error of the
//	                                         driver. go-redis asks any node, which answers CLUSTERDOWN.

// TestAsRedisPy: an operation on a slot that a has, and b after a refresh.
func TestAsRedisPy(t *testing.T) {
	const a, b, c = "a:7000", "b:7000", "c:7000"
	down := reply("CLUSTERDOWN The cluster is down")
	for _, tt := range []struct {
		from, name string
		retries    int // ErrorRetries
		// answers are what the nodes say, in turn; the last goes on.
		answers   []error
		visits    []string
		refreshes int
		want      error
	}{
		{"test_cluster.py:479 (async :632)", "ASK once", 0, []error{reply("ASK 1 b:7000"), nil}, []string{a, b + "+ASK"}, 0, nil},
		{
			"test_cluster.py:505 (async :660)", "ASK, then MOVED: the third attempt follows MOVED, not the old ASK", 0,
			[]error{reply("ASK 1 b:7000"), reply("MOVED 1 c:7000"), nil},
			[]string{a, b + "+ASK", c}, 1, nil,
		},
		{"test_cluster.py:609, :615 (async :714, :722)", "MOVED to another node", 0, []error{reply("MOVED 1 b:7000"), nil}, []string{a, b}, 1, nil},
		{"test_cluster.py:621 (async :730)", "MOVED to the node that says so", 0, []error{reply("MOVED 1 a:7000"), nil}, []string{a, a}, 1, nil},
		{"test_cluster.py:628", "CLUSTERDOWN: one failed attempt, one that succeeds", 0, []error{down, nil}, []string{a, b}, 1, nil},
		{"test_cluster.py:555", "nobody there: the node that the map has next", 0, []error{refused, nil}, []string{a, b}, 1, nil},
		{"test_cluster.py:878 (async :985)", "ConnectionError for ever", 3, []error{refused}, []string{a, b, b, b}, 4, refused},
		{"test_cluster.py:878 (async :985)", "TimeoutError for ever", 3, []error{timedOut}, []string{a, b, b, b}, 4, timedOut},
		{"test_cluster.py:878 (async :985)", "ClusterDownError for ever", 3, []error{down}, []string{a, b, b, b}, 4, down},
		{"test_cluster.py:1054 (async :432)", "cluster_error_retry_attempts=0", cluster.None, []error{refused}, []string{a}, 1, refused},
		{"test_max_connections_error.py:74", "ConnectionError: raised, and one refresh", cluster.None, []error{refused}, []string{a}, 1, refused},
		{
			"test_cluster.py:995", "five timeouts, then a reply", 5,
			[]error{timedOut, timedOut, timedOut, timedOut, timedOut, nil},
			[]string{a, b, b, b, b, b}, 5, nil,
		},
		{
			"test_cluster_transaction.py:118 (async :152)", "ASK for ever: redis-py follows 15, this five in each cycle", cluster.None,
			[]error{reply("ASK 1 b:7000")},
			[]string{a, b + "+ASK", b + "+ASK", b + "+ASK", b + "+ASK", b + "+ASK"}, 0, reply("ASK 1 b:7000"),
		},
	} {
		t.Run(tt.from+" "+tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var top topology
				o := must(cluster.New(&top, cluster.Config{
					Seeds: seeds, ErrorRetries: tt.retries, Backoff: backoff.Constant(time.Second), Refresh: cluster.Refresh{SecondLook: cluster.None},
				}))
				defer o.Close()
				var visits []string
				err := o.Do(t.Context(), classify.Never, func(ctx context.Context) (string, error) {
					node, ask := a, ""
					if top.count() > 0 {
						node = b
					}
					if r, redirected := cluster.RedirectFrom(ctx); redirected {
						node = r.Addr
						if r.Ask {
							ask = "+ASK"
						}
					}
					visits = append(visits, node+ask)
					return node, tt.answers[min(len(visits), len(tt.answers))-1]
				})
				time.Sleep(time.Minute) // one may trail behind
				require.Equal(t, tt.visits, visits)
				require.Equal(t, tt.refreshes, top.count())
				if tt.want == nil {
					require.NoError(t, err)
					return
				}
				require.ErrorIs(t, err, tt.want)
			})
		})
	}
}

// TestDefaultsOfRedisPy: test_defaults.py:139 and test_cluster.py:1054 (async :432) hold ten retries, none of them delayed
// in a cluster, which are over within 33 ms. Here there are three, which are meant to outlast an election.
func TestDefaultsOfRedisPy(t *testing.T) {
	c := cluster.Config{Seeds: seeds}
	require.Equal(t, cluster.Plan{
		Cycles: 4, Attempts: 4, Wait: policy.Bounds{Min: 1750 * time.Millisecond, Max: 3500 * time.Millisecond}, Refreshing: c.Plan().Refreshing,
	}, c.Plan())
}

// TestOrderOfRedisPy: which seed is asked first. redis-py shuffles them for each refresh (test_cluster.py:2990, async
// :2929), here for each client, and moves one that has failed to the end, but does not remove it (async :3723).
func TestOrderOfRedisPy(t *testing.T) {
	first := map[string]bool{}
	for range 200 { // each of three is missing once in 10^34 runs
		o := must(cluster.New(&topology{}, cluster.Config{Seeds: seeds}))
		first[o.Seeds()[0]] = true
		o.Close()
	}
	require.Len(t, first, len(seeds))

	synctest.Test(t, func(t *testing.T) {
		var top topology
		o := must(cluster.New(&top, cluster.Config{Seeds: seeds, Backoff: backoff.NoBackoff{}, Refresh: cluster.Refresh{SecondLook: cluster.None}}))
		defer o.Close()
		require.NoError(t, o.Do(t.Context(), classify.ReadOnly, failingOnce()))
		require.Equal(t, "a:7000", top.asked[0][2])
		require.ElementsMatch(t, seeds, o.Seeds())
	})
}
