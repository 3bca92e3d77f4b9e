package goredis

import (
	"context"
	"io"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/policy"
)

// errorReply is an error reply, as go-redis' own are.
type errorReply string

func (r errorReply) Error() string { return string(r) }

func (errorReply) RedisError() {}

// TestRedirectedInAPipeline: what go-redis does after MOVED is what becomes of the command. It was run again once,
// since its first reply was taken for the last.
func TestRedirectedInAPipeline(t *testing.T) {
	for _, tt := range []struct {
		name     string
		outcomes []error // as go-redis tells them, one after the other
		attempts int
		want     error
	}{
		{"moved, and done there", []error{errorReply("MOVED 1 b:7000"), nil}, 1, nil},
		{"asked, and done there", []error{errorReply("ASK 1 b:7000"), nil}, 1, nil},
		{"moved, and refused for good", []error{errorReply("MOVED 1 b:7000"), errorReply("WRONGTYPE …")}, 1, errorReply("WRONGTYPE …")},
		{"moved, and lost", []error{errorReply("MOVED 1 b:7000"), io.EOF}, 1, io.EOF},
		{"moved, and not followed any more", []error{errorReply("MOVED 1 b:7000")}, 4, errorReply("MOVED 1 b:7000")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := NewHook(policy.Retry{Retries: 3, Backoff: backoff.NoBackoff{}})
			h.follows = true
			attempts := 0
			run := h.ProcessPipelineHook(func(_ context.Context, cmds []redis.Cmder) error {
				attempts++
				for _, err := range tt.outcomes {
					cmds[0].SetErr(err)
				}
				return cmds[0].Err()
			})
			cmd := redis.NewIntCmd(t.Context(), "incr", "n")
			require.Equal(t, tt.want, run(t.Context(), []redis.Cmder{cmd}))
			require.Equal(t, tt.want, cmd.Err())
			require.Equal(t, tt.attempts, attempts)
		})
	}
}
