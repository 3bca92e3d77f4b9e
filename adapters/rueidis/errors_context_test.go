package rueidis_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"

	retry "github.com/reprise-go/reprise/adapters/rueidis"
	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/faultproxy"
	"github.com/reprise-go/reprise/internal/redistest"
	"github.com/reprise-go/reprise/policy"
)

// An ending is a moment at which the caller's context ends.
type ending struct {
	name string
	// begin prepares a rig whose operation gets to the moment, and calls end there.
	begin   func(t *testing.T, server *redistest.Server, end func()) *rig
	reasons string // "" if there was no attempt
}

// hourly waits for an hour before each retry, so that a test which ends has not waited, and calls end as it decides.
func hourly(end func()) policy.Retry {
	return policy.Retry{Retries: 9, Backoff: backoff.Constant(time.Hour), Classify: func(err error) classify.Verdict {
		end()
		return retry.Classify(err)
	}}
}

func nothing() {}

// request selects what the calls ask for.
var request = faultproxy.Named("strlen", "subscribe", "multi", "mget")

var endings = []ending{
	{"before", func(t *testing.T, server *redistest.Server, end func()) *rig {
		end()
		return rigAt(t, server, hourly(nothing), nil)
	}, ""},
	{"in a dial", func(t *testing.T, server *redistest.Server, end func()) *rig {
		return reconnecting(t, server, hourly(nothing), nil, func(ctx context.Context, _ string, _ *net.Dialer, _ *tls.Config) (net.Conn, error) {
			end()
			<-ctx.Done()
			return nil, ctx.Err()
		})
	}, "canceled"},
	{"in a handshake", func(t *testing.T, server *redistest.Server, end func()) *rig {
		return reconnecting(t, server, hourly(nothing), func(r faultproxy.Request) faultproxy.Action {
			if r.Name() == "HELLO" {
				end()
				return faultproxy.Action{Fault: cutAfter}
			}
			return faultproxy.Action{}
		}, nil)
	}, "canceled"},
	{"as the reply is awaited", func(t *testing.T, server *redistest.Server, end func()) *rig {
		return rigAt(t, server, hourly(nothing), func(r faultproxy.Request) faultproxy.Action {
			if request(r) {
				end()
				return faultproxy.Action{Fault: faultproxy.StallAfter}
			}
			return faultproxy.Action{}
		})
	}, "canceled"},
	{"before a delay", func(t *testing.T, server *redistest.Server, end func()) *rig {
		return reconnecting(t, server, hourly(end), always("HELLO", faultproxy.Action{Fault: cutAfter}), nil)
	}, "retrying canceled"},
	{"in a delay", func(t *testing.T, server *redistest.Server, end func()) *rig {
		return reconnecting(t, server, hourly(func() { go end() }), always("HELLO", faultproxy.Action{Fault: cutAfter}), nil)
	}, "retrying canceled"},
}

// reconnecting returns a rig whose client has no connection yet: the dial with which it was made has failed, and
// nobody has heard of it.
func reconnecting(t *testing.T, server *redistest.Server, r policy.Retry, plan faultproxy.Plan, dial dialer) *rig {
	t.Helper()
	if dial == nil {
		dial = func(ctx context.Context, addr string, d *net.Dialer, _ *tls.Config) (net.Conn, error) {
			return d.DialContext(ctx, "tcp", addr)
		}
	}
	var first atomic.Bool
	return unconnectedUnder(t, server, r, plan, func(o *rueidis.ClientOption) {
		o.DialCtxFn = func(ctx context.Context, addr string, d *net.Dialer, c *tls.Config) (net.Conn, error) {
			if first.CompareAndSwap(false, true) {
				return nil, net.ErrClosed
			}
			return dial(ctx, addr, d, c)
		}
	})
}

type dialer func(context.Context, string, *net.Dialer, *tls.Config) (net.Conn, error)

// TestContextEndsAtAnyPoint: the call returns at once, with the last error and with the reason why the context
// ended, and makes no other attempt.
func TestContextEndsAtAnyPoint(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	for _, e := range endings {
		for call, do := range calls {
			if e.name == "as the reply is awaited" && (call == "DoStream" || call == "DoMultiStream") {
				continue // there the caller reads the reply himself
			}
			t.Run(e.name+"/"+call, func(t *testing.T) {
				t.Parallel()
				ctx, end := context.WithCancelCause(t.Context())
				g := e.begin(t, server, func() { end(io.ErrNoProgress) })
				t.Cleanup(func() { _ = g.proxy.Close() }) // or the client would wait for the reply as it is closed
				err := do(ctx, g)
				events := g.seen()
				requests := 0
				for _, x := range g.proxy.Record() {
					if x.Name() == "STRLEN" || x.Name() == "SUBSCRIBE" || x.Name() == "MGET" {
						requests++
					}
				}
				require.LessOrEqual(t, requests, 2, "those of one attempt")
				if call == "Receive" {
					require.Equal(t, context.Canceled, err, "as rueidis has it")
					return
				}
				require.ErrorIs(t, err, io.ErrNoProgress, "why the context ended")
				if e.reasons == "" {
					require.Equal(t, io.ErrNoProgress, err, "nothing else has happened")
					require.Empty(t, events)
					return
				}
				require.ErrorIs(t, err, context.Canceled)
				require.Contains(t, []string{e.reasons, "canceled"}, reasons(events))
				require.Equal(t, permanent(classify.Canceled), retry.Classify(err))
				var told *policy.Error
				require.ErrorAs(t, err, &told)
				require.Equal(t, 1, told.Attempts)
				requireDriversOwn(t, told.Err)
			})
		}
	}
}

// TestDeadlines: a deadline ends the wait for a reply, however rueidis uses the connection, and nothing is run again, not
// even what only reads. The caller learns what became of his context.
func TestDeadlines(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	for mode, options := range modes {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			g := rigAt(t, server, three, on("strlen", faultproxy.StallAfter), options)
			t.Cleanup(func() { _ = g.proxy.Close() })
			ctx, cancel := context.WithTimeoutCause(t.Context(), 5*soon, io.ErrNoProgress)
			defer cancel()
			err := calls["Do"](ctx, g)
			require.ErrorIs(t, err, io.ErrNoProgress)
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.Equal(t, "canceled", reasons(g.seen()))
			require.Equal(t, 1, g.arrived("strlen"))
		})
	}
}

// TestNoDelayBeyondTheDeadline: a retry that would come too late is not waited for.
func TestNoDelayBeyondTheDeadline(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	for call, do := range calls {
		t.Run(call, func(t *testing.T) {
			t.Parallel()
			gone := errors.New("gone")
			g := reconnecting(t, server, hourly(nothing), nil, func(context.Context, string, *net.Dialer, *tls.Config) (net.Conn, error) { return nil, gone })
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Minute)
			defer cancel()
			err := do(ctx, g)
			require.Equal(t, gone, err)
			require.Equal(t, policy.OutOfTime.String(), reasons(g.seen()))
		})
	}
}
