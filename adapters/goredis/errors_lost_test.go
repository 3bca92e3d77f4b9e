package goredis_test

import (
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/adapters/goredis"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/faultproxy"
	"github.com/reprise-go/reprise/internal/redistest"
)

// TestErrorsOfReads: the command was sent, the server ran it, and the client cannot know. INCR is not
// run again.
func TestErrorsOfReads(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	lost := func(a faultproxy.Action, options ...func(*redis.Options)) func(*testing.T) (*rig, error) {
		return func(t *testing.T) (*rig, error) {
			key := "n" + t.Name() // rows share the server
			g := rigAt(t, server, three, faultproxy.Script(faultproxy.Named("incr"), a), options...)
			require.NoError(t, g.Ping(t.Context()).Err())
			g.forget()
			err := g.Incr(t.Context(), key).Err()
			require.Equal(t, "1", g.direct.Get(t.Context(), key).Val(), "executed once")
			return g, err
		}
	}
	late := func(o *redis.Options) { o.ReadTimeout = 20 * time.Millisecond }
	runProvoked(t, []provoked{
		{
			name: "EOF", text: "^EOF$", verdict: ambiguous(classify.Connection), reasons: "not_replayable",
			provoke: lost(faultproxy.Action{Fault: cutAfter, Orderly: true}),
		},
		{
			name: "EOF within the reply", text: "EOF$", verdict: ambiguous(classify.Connection), reasons: "not_replayable",
			provoke: lost(faultproxy.Action{Fault: cutWithin, Bytes: 2}),
		},
		{
			// The error of a socket is told once. Where go-redis looks for pushes first, EOF is left.
			name: "reset", text: "connection reset|EOF", verdict: ambiguous(classify.Connection), reasons: "not_replayable",
			provoke: lost(faultproxy.Action{Fault: cutAfter}),
		},
		{
			name: "timeout", text: "read.*i/o timeout", verdict: ambiguous(classify.Timeout), reasons: "not_replayable",
			provoke: lost(faultproxy.Action{Fault: faultproxy.StallAfter}, late),
		},
		{
			name: "unexpected EOF within a bulk string", text: "unexpected EOF", verdict: ambiguous(classify.Connection), reasons: gaveUp,
			provoke: func(t *testing.T) (*rig, error) {
				g := rigAt(t, server, three, func(r faultproxy.Request) faultproxy.Action {
					if r.Name() == "ECHO" {
						return faultproxy.Action{Fault: cutWithin, Bytes: len("$5\r\nhel")}
					}
					return faultproxy.Action{}
				})
				return g, g.Echo(t.Context(), "hello").Err() // reads only, so it is run again
			},
		},
		{
			name: "broken Conn", text: "^redis: Conn is in a bad state", verdict: permanent(classify.Connection), reasons: "not_retryable",
			provoke: func(t *testing.T) (*rig, error) {
				g := rigAt(t, server, three, on("get", cutAfter))
				conn := g.Conn()
				defer func() { require.NoError(t, conn.Close()) }()
				require.Error(t, conn.Get(t.Context(), "k").Err())
				g.forget()
				return g, conn.Incr(t.Context(), "n").Err()
			},
		},
		{
			name: "reply of another type", text: "redis: can't parse", reasons: "not_retryable",
			provoke: func(t *testing.T) (*rig, error) {
				key := "n" + t.Name()
				g := rigAt(t, server, three, nil)
				err := g.Process(t.Context(), redis.NewStringSliceCmd(t.Context(), "incr", key))
				require.Equal(t, "1", g.direct.Get(t.Context(), key).Val(), "executed once")
				return g, err
			},
		},
	})
}

// forget drops the decisions so far.
func (g *rig) forget() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.events = nil
}

// TestErrorsOfWrites: the kernel did not take the whole of the command, so no server has run it. That
// holds for one command, and not for a pipeline, of which a part may have gone out.
func TestErrorsOfWrites(t *testing.T) {
	t.Parallel()
	big := strings.Repeat("x", 32<<20) // more than the sockets of both ends hold
	for _, tt := range []struct {
		name    string
		serve   func(*net.TCPConn) // once the command begins to arrive
		text    string
		kind    classify.Kind
		options func(*redis.Options)
	}{
		{
			"timeout", func(*net.TCPConn) {}, "write.*i/o timeout", classify.Timeout,
			func(o *redis.Options) { o.WriteTimeout = 50 * time.Millisecond },
		},
		{
			"reset", func(conn *net.TCPConn) { _ = conn.SetLinger(0); _ = conn.Close() }, "connection reset|broken pipe",
			classify.Connection, func(*redis.Options) {},
		},
		{
			"broken pipe", func(conn *net.TCPConn) { _ = conn.CloseWrite(); _ = conn.SetLinger(0); _ = conn.Close() },
			"broken pipe", classify.Connection, func(*redis.Options) {},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ended := make(chan struct{})
			t.Cleanup(func() { close(ended) })
			addr := listen(t, func(conn *net.TCPConn) {
				greet(conn, "append")
				tt.serve(conn)
				<-ended
				_ = conn.Close()
			})
			var g rig
			p := three
			p.Observe = g.observe
			o := &redis.Options{Addr: addr}
			tt.options(o)
			c := goredis.NewClient(o, p)
			defer func() { require.NoError(t, c.Close()) }()

			err := c.Append(t.Context(), "k", big).Err()
			require.Error(t, err)
			require.Regexp(t, tt.text, err.Error())
			require.Equal(t, ambiguous(tt.kind), goredis.Classify(err), "of the error alone: %v", err)
			require.Equal(t, gaveUp, g.why())
			require.Equal(t, transient(tt.kind), g.last().Decision.Verdict)

			g.forget()
			_, err = c.Pipelined(t.Context(), func(p redis.Pipeliner) error {
				p.Append(t.Context(), "k", "y")
				p.Append(t.Context(), "k", big)
				return nil
			})
			require.Error(t, err)
			require.Equal(t, "not_replayable", g.why())
			require.Equal(t, ambiguous(tt.kind), g.last().Decision.Verdict)
		})
	}
}

// TestErrorsOfDeadlines: with ContextTimeoutEnabled a deadline ends a read, without it the read goes on
// to ReadTimeout. Both ways the caller learns of the read and of the context, and nothing is run again.
func TestErrorsOfDeadlines(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	for name, options := range map[string]func(*redis.Options){
		"heeded":  func(o *redis.Options) { o.ContextTimeoutEnabled = true },
		"ignored": func(o *redis.Options) { o.ReadTimeout = time.Second },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := rigAt(t, server, three, on("get", faultproxy.StallAfter), options)
			require.NoError(t, g.Ping(t.Context()).Err())
			g.forget()
			ctx, cancel := context.WithTimeoutCause(t.Context(), 500*time.Millisecond, io.ErrNoProgress)
			defer cancel()
			err := g.Get(ctx, "k").Err()
			var read *net.OpError
			require.ErrorAs(t, err, &read)
			require.Equal(t, "read", read.Op)
			require.True(t, read.Timeout())
			require.ErrorIs(t, err, io.ErrNoProgress)
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.Equal(t, "canceled", g.why())
			require.Equal(t, ambiguous(classify.Timeout), g.last().Decision.Verdict)
			require.Equal(t, 1, g.runs("get"))
		})
	}
}
