package goredis_test

import (
	"context"
	"io"
	"net"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/adapters/goredis"
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
	begin   func(t *testing.T, server *redistest.Server, end context.CancelCauseFunc) *rig
	last    error // of the last attempt; nil for one of a socket
	reasons string
}

// hourly waits for an hour before each retry, so that a test which ends has not waited.
func hourly(end func()) policy.Retry {
	return policy.Retry{Retries: 9, Backoff: backoff.Constant(time.Hour), Classify: func(err error) classify.Verdict {
		if v := goredis.Classify(err); v.Class != classify.Permanent {
			defer end()
			return v
		}
		return goredis.Classify(err)
	}}
}

var endings = []ending{
	{"before", func(t *testing.T, server *redistest.Server, end context.CancelCauseFunc) *rig {
		end(io.ErrNoProgress)
		return rigAt(t, server, hourly(nothing), nil)
	}, nil, ""},
	{"waiting for the pool", func(t *testing.T, server *redistest.Server, end context.CancelCauseFunc) *rig {
		g := rigAt(t, server, hourly(nothing), stallGet, func(o *redis.Options) { o.PoolSize, o.ReadTimeout, o.PoolTimeout = 1, -1, time.Hour })
		t.Cleanup(g.occupy(t))
		go func() {
			for g.PoolStats().PendingRequests == 0 {
				select {
				case <-t.Context().Done():
					return
				case <-time.After(time.Millisecond):
				}
			}
			end(io.ErrNoProgress)
		}()
		return g
	}, context.Canceled, "canceled"},
	{"in a dial", func(t *testing.T, server *redistest.Server, end context.CancelCauseFunc) *rig {
		over := make(chan struct{})
		g := rigAt(t, server, hourly(nothing), nil, func(o *redis.Options) {
			o.Dialer = func(context.Context, string, string) (net.Conn, error) {
				end(io.ErrNoProgress)
				<-over
				return nil, io.ErrClosedPipe
			}
		})
		t.Cleanup(func() { close(over) })
		return g
	}, context.Canceled, "canceled"},
	{"in a handshake", func(t *testing.T, server *redistest.Server, end context.CancelCauseFunc) *rig {
		return rigAt(t, server, hourly(nothing), func(r faultproxy.Request) faultproxy.Action {
			if r.Name() != "HELLO" {
				return faultproxy.Action{}
			}
			end(io.ErrNoProgress)
			return faultproxy.Action{Fault: cutAfter}
		})
	}, nil, "canceled"},
	{"in a read", func(t *testing.T, server *redistest.Server, end context.CancelCauseFunc) *rig {
		return rigAt(t, server, hourly(nothing), func(r faultproxy.Request) faultproxy.Action {
			if r.Name() != "STRLEN" {
				return faultproxy.Action{}
			}
			end(io.ErrNoProgress)
			return faultproxy.Action{Fault: faultproxy.StallAfter}
		}, func(o *redis.Options) { o.ReadTimeout, o.ContextTimeoutEnabled = 20*time.Millisecond, true })
	}, nil, "canceled"},
	{"before a delay", func(t *testing.T, server *redistest.Server, end context.CancelCauseFunc) *rig {
		return rigAt(t, server, hourly(func() { end(io.ErrNoProgress) }), on("hello", cutAfter))
	}, nil, "retrying canceled"},
	{"in a delay", func(t *testing.T, server *redistest.Server, end context.CancelCauseFunc) *rig {
		return rigAt(t, server, hourly(func() { go end(io.ErrNoProgress) }), on("strlen", cutAfter))
	}, nil, "retrying canceled"},
}

func nothing() {}

// TestContextEndsAtAnyPoint: the call returns at once, with the last error and with the reason why the context
// ended, and makes no other attempt.
func TestContextEndsAtAnyPoint(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	strlen := func(ctx context.Context) func(redis.Pipeliner) error {
		return func(p redis.Pipeliner) error { p.StrLen(ctx, "k"); return nil }
	}
	for _, e := range endings {
		for shape, call := range map[string]func(context.Context, *rig) error{
			"command": func(ctx context.Context, g *rig) error { return g.StrLen(ctx, "k").Err() },
			"pipeline": func(ctx context.Context, g *rig) error {
				cmds, err := g.Pipelined(ctx, strlen(ctx))
				require.Error(t, cmds[0].Err())
				return err
			},
			"transaction": func(ctx context.Context, g *rig) error {
				cmds, err := g.TxPipelined(ctx, strlen(ctx))
				require.Error(t, cmds[0].Err())
				return err
			},
		} {
			t.Run(e.name+"/"+shape, func(t *testing.T) {
				t.Parallel()
				ctx, end := context.WithCancelCause(t.Context())
				g := e.begin(t, server, end)
				err := call(ctx, g)
				require.ErrorIs(t, err, io.ErrNoProgress, "why the context ended")
				require.LessOrEqual(t, g.runs("strlen"), 1)
				if e.reasons == "" {
					require.Equal(t, io.ErrNoProgress, err, "nothing else has happened")
					require.Empty(t, g.why())
					return
				}
				require.ErrorIs(t, err, context.Canceled)
				require.Contains(t, []string{e.reasons, "canceled"}, g.why())
				var told *policy.Error
				require.ErrorAs(t, err, &told)
				require.Equal(t, 1, told.Attempts)
				if e.last != nil {
					require.Equal(t, e.last, told.Err)
				} else {
					require.NotEqual(t, classify.Canceled, goredis.Classify(told.Err).Kind, "%v", told.Err)
				}
			})
		}
	}
}
