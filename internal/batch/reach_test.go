package batch

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/classify"
)

func TestCrossing(t *testing.T) {
	for _, tt := range []struct {
		name          string
		earlier, late Command
		want          bool
	}{
		{"same key, whatever the case", Command{"GET", "a"}, Command{"set", "a", "1"}, true},
		{"other key", Command{"get", "a"}, Command{"set", "b", "a"}, false},
		{"one of several keys", Command{"get", "a"}, Command{"mset", "b", "1", "a", "2"}, true},
		{"a destination", Command{"set", "a", "1"}, Command{"copy", "b", "a"}, true},
		{"anything", Command{"get", "a"}, Command{"flushall"}, true},
		{"a script", Command{"get", "a"}, Command{"eval", "…", "0"}, true},
		{"a reader of anything", Command{"keys", "*"}, Command{"set", "b", "1"}, true},
		{"no key at all", Command{"ping"}, Command{"flushall"}, false},
		{"no words", Command{}, Command{"set", "b", "1"}, true},
		{"name only", Command{"get"}, Command{"set", "b", "1"}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var later trail
			require.False(t, later.crosses(tt.earlier.Reach()), "nothing was written")
			later.add(tt.late.Reach())
			require.Equal(t, tt.want, later.crosses(tt.earlier.Reach()))
		})
	}
}

func TestReplay(t *testing.T) {
	for _, tt := range []struct {
		name  string
		block []Command
		want  classify.Replay
	}{
		{"empty", nil, classify.ReadOnly},
		{"reads", []Command{{"get", "a"}, {"get", "b"}}, classify.ReadOnly},
		{"the worst", []Command{{"get", "a"}, {"set", "b", "1"}, {"incr", "c"}}, classify.Accumulating},
		{"write, then read", []Command{{"set", "a", "1"}, {"get", "a"}}, classify.Idempotent},
		{"read, then write", []Command{{"get", "a"}, {"set", "a", "1"}}, classify.Convergent},
		{"copy, then write the source", []Command{{"copy", "a", "b", "replace"}, {"set", "a", "1"}}, classify.Accumulating},
		{"unknown", []Command{{"frobnicate", "a"}}, classify.Never},
	} {
		t.Run(tt.name, func(t *testing.T) { require.Equal(t, tt.want, Replay(tt.block)) })
	}
}
