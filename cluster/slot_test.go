package cluster_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/cluster"
	"github.com/reprise-go/reprise/internal/redistest"
)

func TestSlot(t *testing.T) {
	for key, want := range map[string]int{
		"":                   0,
		"123456789":          0x31c3, // the check value of the algorithm
		"foo":                12182,
		"{user1000}.follow":  3443,
		"user1000":           3443,
		"foo{}{bar}":         8363, // an empty tag is none
		"foo{{bar}}zap":      4015, // up to the first closing brace
		"foo{bar}{zap}":      5061,
		"foo{bar":            15278,
		"\x00\xff{\x00\xff}": cluster.Slot("\x00\xff"),
	} {
		require.Equal(t, want, cluster.Slot(key), "%q", key)
	}
	require.Zero(t, testing.AllocsPerRun(100, func() { cluster.Slot("some{long}key") }))
}

// TestSlotOfTheServer: the server's own CLUSTER KEYSLOT says the same of any key.
func TestSlotOfTheServer(t *testing.T) {
	server := redistest.Start(t, "--cluster-enabled", "yes")
	rapid.Check(t, func(rt *rapid.T) {
		// Braces come often enough to make tags of every kind.
		key := rapid.OneOf(rapid.String(), rapid.StringOfN(rapid.SampledFrom([]rune("{}ab")), 0, 12, -1)).Draw(rt, "key")
		want, err := server.Do(t.Context(), "CLUSTER", "KEYSLOT", key)
		require.NoError(rt, err)
		require.EqualValues(rt, want, cluster.Slot(key))
	})
}

func FuzzSlot(f *testing.F) {
	for _, key := range []string{"", "foo", "{a}b", "{}", "{{}}", "}{"} {
		f.Add(key)
	}
	f.Fuzz(func(t *testing.T, key string) {
		slot := cluster.Slot(key)
		require.GreaterOrEqual(t, slot, 0)
		require.Less(t, slot, cluster.Slots)
	})
}
