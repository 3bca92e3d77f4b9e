package rueidis_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"

	retry "github.com/reprise-go/reprise/adapters/rueidis"
	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/faultproxy"
	"github.com/reprise-go/reprise/policy"
)

// calls are the ways to ask a client for something.
var calls = map[string]func(context.Context, rueidis.Client) error{
	"Do": func(ctx context.Context, c rueidis.Client) error {
		return c.Do(ctx, c.B().Strlen().Key("k").Build()).Error()
	},
	"DoMulti": func(ctx context.Context, c rueidis.Client) error {
		return worst(c.DoMulti(ctx, c.B().Strlen().Key("k").Build(), c.B().Strlen().Key("l").Build()))
	},
	"a transaction": func(ctx context.Context, c rueidis.Client) error {
		return worst(c.DoMulti(ctx, c.B().Multi().Build(), c.B().Strlen().Key("k").Build(), c.B().Exec().Build()))
	},
	"DoCache": func(ctx context.Context, c rueidis.Client) error {
		return c.DoCache(ctx, c.B().Strlen().Key("k").Cache(), time.Minute).Error()
	},
	"DoMultiCache": func(ctx context.Context, c rueidis.Client) error {
		return worst(c.DoMultiCache(ctx, rueidis.CT(c.B().Strlen().Key("k").Cache(), time.Minute), rueidis.CT(c.B().Strlen().Key("l").Cache(), time.Minute)))
	},
	"DoStream": func(ctx context.Context, c rueidis.Client) error {
		s := c.DoStream(ctx, c.B().Strlen().Key("k").Build())
		return s.Error()
	},
	"DoMultiStream": func(ctx context.Context, c rueidis.Client) error {
		s := c.DoMultiStream(ctx, c.B().Strlen().Key("k").Build(), c.B().Strlen().Key("l").Build())
		return s.Error()
	},
	"Receive": func(ctx context.Context, c rueidis.Client) error {
		return c.Receive(ctx, c.B().Subscribe().Channel("news").Build(), func(rueidis.PubSubMessage) {})
	},
	"MGet": func(ctx context.Context, c rueidis.Client) error {
		_, err := rueidis.MGet(c, ctx, []string{"k", "l"})
		return err
	},
}

// worst returns the error of the first result that has one, and requires of the others nothing.
func worst(results []rueidis.RedisResult) error {
	for _, r := range results {
		if err := r.Error(); err != nil {
			return err
		}
	}
	return nil
}

// TestClosedStaysClosed: plain rueidis dials again with the second call after Close, and answers by the error of a dial
// that has failed before.
func TestClosedStaysClosed(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(t *testing.T, g *rig){
		"in use": func(t *testing.T, g *rig) { _, err := g.incr(t); require.NoError(t, err) },
		"before its server was down": func(t *testing.T, g *rig) {
			g.proxy.SetPlan(on("incr", cutAfter))
			require.NoError(t, g.proxy.Refuse())
			_, err := g.incr(t)
			require.Error(t, err)
			_, err = g.incr(t)
			require.ErrorContains(t, err, "connection refused")
			require.NoError(t, g.proxy.Listen())
		},
	} {
		for call, do := range calls {
			t.Run(name+"/"+call, func(t *testing.T) {
				t.Parallel()
				g := newRig(t, three, nil, oneConn)
				prepare(t, g)
				nodes := g.Nodes()
				g.Close()
				g.seen()
				dials := g.proxy.Counts().Dials
				clients := []rueidis.Client{g.Client, g.Client}
				for _, node := range nodes {
					clients = append(clients, node, node)
				}
				for _, c := range clients {
					err := do(t.Context(), c)
					require.Equal(t, rueidis.ErrClosing, err)
					require.Equal(t, permanent(classify.Closed), retry.Classify(err))
					events := g.seen()
					require.Equal(t, final, reasons(events))
					require.Equal(t, permanent(classify.Closed), events[0].Decision.Verdict)
				}
				require.Equal(t, dials, g.proxy.Counts().Dials)
			})
		}
	}
}

// TestCloseEndsAWait: an operation that waits to try again makes no other attempt once the client is closed.
func TestCloseEndsAWait(t *testing.T) {
	t.Parallel()
	for call, do := range calls {
		t.Run(call, func(t *testing.T) {
			t.Parallel()
			var g *rig
			var once sync.Once
			p := three
			p.Backoff = backoff.Constant(soon)
			p.Classify = func(err error) classify.Verdict {
				once.Do(func() { g.Close() })
				return retry.Classify(err)
			}
			g = newRig(t, p, nil)
			require.NoError(t, g.proxy.Refuse())
			g.direct(t, "CLIENT", "KILL", "TYPE", "normal") // all but this one
			err := do(t.Context(), g)
			require.Equal(t, rueidis.ErrClosing, err)
			events := g.seen()
			require.Equal(t, "retrying "+final, reasons(events))
			require.Equal(t, policy.NotRetryable, events[1].Decision.Reason)
			require.Equal(t, permanent(classify.Closed), events[1].Decision.Verdict)
		})
	}
}

// TestCloseWithACommandUnderWay: Close waits for a second, and then leaves the command alone, which is not sent again.
func TestCloseWithACommandUnderWay(t *testing.T) {
	t.Parallel()
	g := newRig(t, three, on("incr", faultproxy.StallAfter))
	ended := make(chan error)
	go func() {
		_, err := g.incr(t)
		ended <- err
	}()
	await(t, "INCR was run", func() bool { return g.direct(t, "GET", "n") != nil })
	g.Close()
	err := <-ended
	require.Equal(t, rueidis.ErrClosing, err)
	require.Equal(t, final, reasons(g.seen()))
	require.Equal(t, "1", g.direct(t, "GET", "n"))
}
