package goredis

import (
	"context"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/classify"
)

func TestRead(t *testing.T) {
	text := "pointer"
	cmd := redis.NewCmd(context.Background(), "SeT", []byte("key"), 1, int64(-2), uint8(3), 1.5, &text, (*string)(nil), struct{}{})
	require.Equal(t, command{"set", "key", "1", "-2", "3", "1.5", "pointer", "", ""}, read(cmd))
	require.Empty(t, read(redis.NewCmd(context.Background())))
}

func TestCrossing(t *testing.T) {
	for _, tt := range []struct {
		name          string
		earlier, late command
		want          bool
	}{
		{"same key", command{"get", "a"}, command{"set", "a", "1"}, true},
		{"other key", command{"get", "a"}, command{"set", "b", "a"}, false},
		{"one of several keys", command{"get", "a"}, command{"mset", "b", "1", "a", "2"}, true},
		{"a destination", command{"set", "a", "1"}, command{"copy", "b", "a"}, true},
		{"anything", command{"get", "a"}, command{"flushall"}, true},
		{"a script", command{"get", "a"}, command{"eval", "…", "0"}, true},
		{"a reader of anything", command{"keys", "*"}, command{"set", "b", "1"}, true},
		{"no key at all", command{"ping"}, command{"flushall"}, false},
		{"no words", command{}, command{"set", "b", "1"}, true},
		{"name only", command{"get"}, command{"set", "b", "1"}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var later trail
			require.False(t, later.crosses(tt.earlier.reach()), "nothing was written")
			later.add(tt.late.reach())
			require.Equal(t, tt.want, later.crosses(tt.earlier.reach()))
		})
	}
}

func TestBlockReplay(t *testing.T) {
	ctx := context.Background()
	cmd := func(args ...any) redis.Cmder { return redis.NewCmd(ctx, args...) }
	for _, tt := range []struct {
		name  string
		block []redis.Cmder
		want  classify.Replay
	}{
		{"empty", nil, classify.ReadOnly},
		{"reads", []redis.Cmder{cmd("get", "a"), cmd("get", "b")}, classify.ReadOnly},
		{"the worst", []redis.Cmder{cmd("get", "a"), cmd("set", "b", 1), cmd("incr", "c")}, classify.Accumulating},
		{"write, then read", []redis.Cmder{cmd("set", "a", 1), cmd("get", "a")}, classify.Idempotent},
		{"read, then write", []redis.Cmder{cmd("get", "a"), cmd("set", "a", 1)}, classify.Convergent},
		{"copy, then write the source", []redis.Cmder{cmd("copy", "a", "b", "replace"), cmd("set", "a", 1)}, classify.Accumulating},
		{"unknown", []redis.Cmder{cmd("frobnicate", "a")}, classify.Never},
	} {
		t.Run(tt.name, func(t *testing.T) { require.Equal(t, tt.want, blockReplay(tt.block)) })
	}
}
