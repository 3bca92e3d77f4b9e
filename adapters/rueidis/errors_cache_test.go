package rueidis_test

import (
	"context"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/faultproxy"
	"github.com/reprise-go/reprise/policy"
)

// TestErrorsOfTheCache: callers of DoCache for one key wait for the first of them, and share its end, of the connection or
// of its context. They only read, and ask again.
func TestErrorsOfTheCache(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		fault    faultproxy.Fault // of the first one's EXEC, once the second one waits
		cancel   bool             // the first one's context, then
		leader   error            // nil for a success
		verdicts []classify.Verdict
	}{
		{
			name: "lost", fault: cutAfter,
			verdicts: []classify.Verdict{ambiguous(classify.Connection), ambiguous(classify.Connection)},
		},
		{
			name: "canceled", cancel: true, leader: io.ErrNoProgress,
			verdicts: []classify.Verdict{permanent(classify.Canceled), ambiguous(classify.Connection)},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			waiting, asked, told := make(chan struct{}), make(chan struct{}), make(chan struct{})
			heard := sync.OnceFunc(func() { close(told) })
			ask := sync.OnceFunc(func() { close(asked) })
			var once sync.Once
			g := newRig(t, three, nil, oneConn, func(o *rueidis.ClientOption) { o.DisableCache = false })
			g.direct(t, "SET", "k", "v")
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			g.proxy.SetPlan(func(r faultproxy.Request) (a faultproxy.Action) {
				if r.Name() != "EXEC" {
					return a
				}
				once.Do(func() {
					ask()
					<-waiting
					if a.Fault = tt.fault; tt.cancel {
						cancel(io.ErrNoProgress)
						<-told
					}
				})
				return a
			})
			get := func(ctx context.Context) (string, error) {
				return g.DoCache(ctx, g.B().Get().Key("k").Cache(), time.Minute).ToString()
			}
			leader := make(chan error)
			go func() { _, err := get(ctx); heard(); leader <- err }()
			<-asked
			v, err := get(noticed{t.Context(), sync.OnceFunc(func() { close(waiting) })})
			require.NoError(t, err)
			require.Equal(t, "v", v)
			require.ErrorIs(t, <-leader, tt.leader)
			var verdicts []classify.Verdict
			again := 0
			for _, e := range g.seen() {
				if e.Err != nil {
					verdicts = append(verdicts, e.Decision.Verdict)
				}
				if e.Decision.Reason == policy.Retrying {
					again++
				}
			}
			// At least one each: who asks again at once may meet the connection that is just being given up.
			require.GreaterOrEqual(t, len(verdicts), len(tt.verdicts))
			require.Subset(t, tt.verdicts, verdicts)
			require.Subset(t, verdicts, tt.verdicts)
			require.GreaterOrEqual(t, again, 1)
		})
	}
}

// TestErrorsOfCachedCommands: rueidis asks within a transaction, which hides what the server has said of the command.
func TestErrorsOfCachedCommands(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"get": "LOADING Redis is loading", "exec": "LOADING Redis is loading", "multi": "BUSY a script"} {
		g := newRig(t, three, nil, func(o *rueidis.ClientOption) { o.DisableCache = false })
		g.direct(t, "SET", "k", "v")
		g.proxy.SetPlan(refused(name, text))
		v, err := g.DoCache(t.Context(), g.B().Get().Key("k").Cache(), time.Minute).ToString()
		require.NoError(t, err, "%s", name)
		require.Equal(t, "v", v)
		require.Equal(t, "retrying succeeded", reasons(g.seen()), "%s", name)
	}
}
