package cluster_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/cluster"
)

// TestDemotedInOrder: of many demoted nodes the one that has been so for the longest is asked first.
func TestDemotedInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		nodes := []string{"a:1", "b:1", "c:1", "d:1", "e:1", "f:1", "g:1", "h:1"}
		var top topology
		top.refresh = func(context.Context, []string) ([]string, error) { return nil, nil }
		o := must(cluster.New(&top, cluster.Config{Seeds: nodes, ErrorRetries: cluster.None, Refresh: cluster.Refresh{SecondLook: cluster.None}}))
		defer o.Close()
		order := o.Seeds()
		slices.Reverse(order) // not the order in which they stand
		order[0], order[1] = order[1], order[0]
		for _, node := range order {
			fail(t, o, node, refused)
			time.Sleep(time.Millisecond)
		}
		require.Equal(t, order, o.Seeds())
	})
}

// TestRestoredBeginsAnew: a node that was of use again is demoted for no longer than at first.
func TestRestoredBeginsAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var top topology
		top.refresh = func(context.Context, []string) ([]string, error) { return nil, nil }
		o := must(cluster.New(&top, cluster.Config{Seeds: seeds, ErrorRetries: cluster.None, Refresh: cluster.Refresh{SecondLook: cluster.None}}))
		defer o.Close()
		for range 3 {
			fail(t, o, "b:7000", refused)
			time.Sleep(999 * time.Millisecond)
			require.True(t, o.Demoted("b:7000"))
			time.Sleep(time.Millisecond)
			require.False(t, o.Demoted("b:7000"))
			o.Restore("b:7000")
		}
	})
}

// TestDemotedIsTold with each start and end of a refresh, as it is at that time.
func TestDemotedIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var top topology
		top.refresh = func(context.Context, []string) ([]string, error) {
			time.Sleep(600 * time.Millisecond)
			return []string{"a:7000", "b:7000"}, nil
		}
		var got []map[string]time.Time
		o := must(cluster.New(&top, cluster.Config{
			Seeds: seeds, ErrorRetries: cluster.None, Refresh: cluster.Refresh{SecondLook: cluster.None},
			Observe: func(e cluster.RefreshEvent) { got = append(got, e.Demoted) },
		}))
		defer o.Close()
		b := time.Now().Add(time.Second)
		fail(t, o, "b:7000", refused)
		time.Sleep(500 * time.Millisecond)
		c := time.Now().Add(time.Second)
		fail(t, o, "c:7000", refused)
		time.Sleep(time.Minute)
		o.Stale(refused)
		time.Sleep(time.Minute)
		synctest.Wait()
		require.Equal(t, []map[string]time.Time{
			{"b:7000": b},
			{"b:7000": b, "c:7000": c}, // after 0.6 s
			{"b:7000": b, "c:7000": c}, // of the refresh that trails behind, after 0.75 s at most
			{"c:7000": c},              // after 1.35 s at most
			nil, nil,
		}, got)
	})
}
