package goredis

import (
	"context"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/internal/batch"
)

func TestRead(t *testing.T) {
	text := "pointer"
	cmd := redis.NewCmd(context.Background(), "SeT", []byte("key"), 1, int64(-2), uint8(3), 1.5, &text, (*string)(nil), struct{}{})
	require.Equal(t, batch.Command{"SeT", "key", "1", "-2", "3", "1.5", "pointer", "", ""}, read(cmd))
	require.Empty(t, read(redis.NewCmd(context.Background())))
}
