package bounded_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/internal/bounded"
)

func TestTable(t *testing.T) {
	var table bounded.Table[string, int]
	_, ok := table.Find("a")
	require.False(t, ok)
	require.Empty(t, table.All())

	for _, tt := range []struct {
		key   string
		value int
		kept  int
		ok    bool
	}{
		{"a", 1, 1, true},
		{"a", 2, 1, true}, // the first value stays
		{"b", 2, 2, true},
		{"c", 3, 0, false}, // there is no room
		{"b", 4, 2, true},  // what is there is found, room or none
	} {
		kept, ok := table.Add(2, tt.key, tt.value)
		require.Equal(t, tt.kept, kept, tt)
		require.Equal(t, tt.ok, ok, tt)
	}
	require.Equal(t, map[string]int{"a": 1, "b": 2}, table.All())
	require.Equal(t, 2, table.Len())
	found, ok := table.Find("b")
	require.Equal(t, 2, found)
	require.True(t, ok)
}

// TestOneValuePerKey: goroutines that add at the same time agree, and exceed no limit.
func TestOneValuePerKey(t *testing.T) {
	const limit, keys, goroutines = 5, 10, 8
	var table bounded.Table[int, int]
	var got [goroutines][keys]int
	var group sync.WaitGroup
	for g := range goroutines {
		group.Go(func() {
			for k := range keys {
				got[g][k], _ = table.Add(limit, k, g+1)
			}
		})
	}
	group.Wait()
	require.Equal(t, limit, table.Len())
	for k := range keys {
		kept, _ := table.Find(k)
		for g := range goroutines {
			require.Equal(t, kept, got[g][k])
		}
	}
}

func TestFindDoesNotAllocate(t *testing.T) {
	type key struct{ op, kind string }
	var table bounded.Table[key, *int]
	table.Add(1, key{"get", "timeout"}, new(int))
	require.Zero(t, testing.AllocsPerRun(100, func() { table.Find(key{"get", "timeout"}) }))
}
