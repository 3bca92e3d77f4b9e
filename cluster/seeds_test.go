package cluster_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/cluster"
)

// fail runs an operation that fails on a node.
func fail(t *testing.T, o *cluster.Orchestrator, node string, err error) {
	t.Helper()
	require.Error(t, o.Do(t.Context(), classify.ReadOnly, func(context.Context) (string, error) { return node, err }))
}

// TestDemotion: a node that failed is asked last, is not forgotten, and returns.
func TestDemotion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var top topology
		listed := slices.Clone(seeds)
		top.refresh = func(context.Context, []string) ([]string, error) { return listed, nil }
		o := must(cluster.New(&top, cluster.Config{Seeds: seeds, ErrorRetries: 1, Backoff: backoff.NoBackoff{}, Refresh: cluster.Refresh{SecondLook: cluster.None}}))
		defer o.Close()

		fail(t, o, "b:7000", refused)
		require.Equal(t, "b:7000", o.Seeds()[2], "last, though the map that was read since still names it")
		require.Len(t, o.Seeds(), 3)
		require.True(t, o.Demoted("b:7000"))
		time.Sleep(500 * time.Millisecond)
		fail(t, o, "a:7000", timedOut)
		require.Equal(t, []string{"c:7000", "b:7000", "a:7000"}, o.Seeds(), "the longest demoted is asked before")
		time.Sleep(600 * time.Millisecond)
		require.False(t, o.Demoted("b:7000"), "on probation")
		require.True(t, o.Demoted("a:7000"))
		require.Equal(t, []string{"c:7000", "b:7000", "a:7000"}, o.Seeds())

		fail(t, o, "c:7000", reply("CLUSTERDOWN …"))
		require.False(t, o.Demoted("c:7000"), "it answers")
		require.Equal(t, []string{"b:7000", "c:7000"}, sorted(o.Seeds()[:2]), "the map that was read names b, so that it is as good as any")

		require.NoError(t, o.Do(t.Context(), classify.ReadOnly, func(context.Context) (string, error) { return "a:7000", nil }))
		require.False(t, o.Demoted("a:7000"), "it has proved itself")
	})
}

// TestRepeatedDemotion lasts longer and longer, up to 32 times.
func TestRepeatedDemotion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var top topology
		top.refresh = func(context.Context, []string) ([]string, error) { return []string{"a:7000"}, nil }
		o := must(cluster.New(&top, cluster.Config{Seeds: seeds, ErrorRetries: cluster.None, Refresh: cluster.Refresh{SecondLook: cluster.None}}))
		defer o.Close()
		for _, seconds := range []int{1, 2, 4, 8, 16, 32, 32} {
			want := time.Duration(seconds) * time.Second
			fail(t, o, "b:7000", refused)
			fail(t, o, "b:7000", refused) // one failure, seen twice
			time.Sleep(want - time.Millisecond)
			require.True(t, o.Demoted("b:7000"), want)
			time.Sleep(time.Millisecond)
			require.False(t, o.Demoted("b:7000"), want)
		}
	})
}

// TestNoSeedIsLost, though all have failed and a map names others: redis-py's clusters died of it.
func TestNoSeedIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var top topology
		top.refresh = func(context.Context, []string) ([]string, error) { return []string{"x:1", "y:1"}, nil }
		o := must(cluster.New(&top, cluster.Config{Seeds: seeds, Backoff: backoff.NoBackoff{}, Refresh: cluster.Refresh{SecondLook: cluster.None}}))
		defer o.Close()
		fail(t, o, "a:7000", refused)
		require.Equal(t, sorted(append(slices.Clone(seeds), "x:1", "y:1")), sorted(o.Seeds()), "and what the map names is a seed")
		for _, node := range append(slices.Clone(seeds), "x:1", "y:1") {
			fail(t, o, node, refused)
		}
		require.Equal(t, sorted(append(slices.Clone(seeds), "x:1", "y:1")), sorted(o.Seeds()))
	})
}

// TestSeedsAreShuffled, so that not every process of a fleet asks the first.
func TestSeedsAreShuffled(t *testing.T) {
	first := map[string]int{}
	for range 300 {
		o := must(cluster.New(&topology{}, cluster.Config{Seeds: seeds}))
		first[o.Seeds()[0]]++
		o.Close()
	}
	for _, seed := range seeds {
		require.Greater(t, first[seed], 50, "of 300, one in three; less than 50 has a chance of 10^-10")
	}
}

func sorted(all []string) []string { return slices.Sorted(slices.Values(all)) }
