package rueidis

import (
	"testing"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/classify"
)

// TestRung: the table of classify, unless whoever built the command has vouched for more, or the caller's context says.
func TestRung(t *testing.T) {
	b := rueidis.Builder{} // which has slot 0, that of the key ""
	ctx := t.Context()
	for _, tt := range []struct {
		name string
		cmd  rueidis.Completed
		want classify.Replay
	}{
		{"a read by its builder", b.Arbitrary("GET", "k").ReadOnly(), classify.ReadOnly},
		{"a read by its name", b.Arbitrary("GET", "k").Build(), classify.ReadOnly},
		{"a write", b.Arbitrary("SET", "k", "v").Build(), classify.Idempotent},
		{"one that counts", b.Arbitrary("INCR", "n").Build(), classify.Accumulating},
		{"one that counts, and the caller knows better", b.Arbitrary("INCR", "n").Build().ToRetryable(), classify.Idempotent},
		{"a read that is retryable too", b.Arbitrary("GET", "k").Build().ToRetryable(), classify.ReadOnly},
		{"a script", b.Arbitrary("EVAL", "return 1", "0").Build(), classify.Accumulating},
		{"a script that may run twice", b.Arbitrary("EVAL", "return 1", "0").Build().ToRetryable(), classify.Idempotent},
		{"a module's read", b.Arbitrary("MODULE.SEARCH", "k").ReadOnly(), classify.ReadOnly},
		{"a module's command", b.Arbitrary("MODULE.SEARCH", "k").Build(), classify.Never},
		{"what waits", b.Arbitrary("BLPOP", "k", "0").Blocking(), classify.Never},
		{"what waits, but reads from where it says", b.Xread().Block(0).Streams().Key("").Id("0").Build(), classify.ReadOnly},
		{"what waits for what is new from now on", b.Xread().Block(0).Streams().Key("").Id("$").Build(), classify.Never},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := tt.cmd.Commands()
			require.Equal(t, tt.want, rung(ctx, w, tt.cmd))
			require.Equal(t, classify.Convergent, rung(WithReplay(ctx, classify.Convergent), w, tt.cmd), "the context has the last word")
		})
	}
}
