package goredis

import (
	"context"
	"io"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

// TestBlockOnACluster: go-redis' cluster client gives the commands of a block their errors, MULTI and EXEC none, and returns
// the first.
func TestBlockOnACluster(t *testing.T) {
	const oom, abort = errorReply("OOM no"), errorReply("EXECABORT Transaction discarded because of previous errors.")
	incr := []any{"incr", "n"}
	for _, tt := range []struct {
		name     string
		block    [][]any
		errs     []error // of each command, in each attempt
		attempts int
		want     error
	}{
		{"done", [][]any{incr}, []error{nil}, 1, nil},
		{"one has failed, the others are done", [][]any{incr, incr}, []error{nil, errorReply("WRONGTYPE …")}, 1, errorReply("WRONGTYPE …")},
		{"one has failed, another has found no key", [][]any{incr, incr}, []error{redis.Nil, oom}, 1, redis.Nil},
		{"lost", [][]any{incr, incr}, []error{io.EOF, io.EOF}, 1, io.EOF},
		{"lost, and harmless", [][]any{{"get", "n"}, {"set", "k", "v"}}, []error{io.EOF, io.EOF}, 4, io.EOF},
		{"refused for now", [][]any{incr, incr}, []error{abort, oom}, 4, oom},
		{"refused for now, and for good", [][]any{incr, incr, incr}, []error{oom, errorReply("NOPERM no"), abort}, 1, oom},
		{"refused, perhaps out of a script that has written", [][]any{{"eval", "…", "0"}}, []error{oom}, 1, oom},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := NewHook(policy.Retry{Retries: 3, Backoff: backoff.NoBackoff{}})
			h.follows = true
			h.taken.Store(true) // on no Tx
			attempts := 0
			run := h.ProcessPipelineHook(func(_ context.Context, cmds []redis.Cmder) error {
				attempts++
				var first error
				for i, cmd := range cmds[1 : len(cmds)-1] {
					require.NoError(t, cmd.Err())
					cmd.SetErr(tt.errs[i])
					if first == nil || redis.IsExecAbortError(first) {
						first = tt.errs[i]
					}
				}
				return first
			})
			cmds := []redis.Cmder{redis.NewStatusCmd(t.Context(), "multi")}
			for _, words := range tt.block {
				cmds = append(cmds, redis.NewCmd(t.Context(), words...))
			}
			cmds = append(cmds, redis.NewSliceCmd(t.Context(), "exec"))
			require.Equal(t, tt.want, run(t.Context(), cmds))
			require.Equal(t, tt.attempts, attempts)
		})
	}
}

// TestAsking: a cluster client sends the command that was asked for right behind ASKING. If the reply is lost, it may have
// been executed; a connection that was not set up is another matter.
func TestAsking(t *testing.T) {
	lost := func(context.Context, []redis.Cmder) error { return io.EOF }
	for _, tt := range []struct {
		behind []any
		want   classify.Class
	}{
		{[]any{"incr", "n"}, classify.Ambiguous},
		{[]any{"readonly"}, classify.Transient},
	} {
		err := node{of: NewHook(policy.Retry{})}.ProcessPipelineHook(lost)(t.Context(), []redis.Cmder{
			redis.NewCmd(t.Context(), "asking"), redis.NewCmd(t.Context(), tt.behind...),
		})
		require.Equal(t, tt.want, Classify(err).Class, "%v", tt.behind)
	}
}
