package goredis_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/faultproxy"
	"github.com/reprise-go/reprise/internal/nameserver"
	"github.com/reprise-go/reprise/internal/redistest"
)

// TestErrorsOfDials: where there was no connection, nothing was sent, and an INCR is run again.
func TestErrorsOfDials(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	// dialing returns an INCR by a client of those options.
	dialing := func(options func(*testing.T, *redis.Options)) func(*testing.T) (*rig, error) {
		return func(t *testing.T) (*rig, error) {
			g := rigAt(t, server, three, nil, func(o *redis.Options) { options(t, o) })
			return g.incr(t)
		}
	}
	hangsUp := func(conn *net.TCPConn) {
		_ = conn.CloseWrite()
		_, _ = io.Copy(io.Discard, conn) // with bytes unread it would be a reset
	}
	runProvoked(t, []provoked{
		{name: "refused", text: "connection refused", verdict: transient(classify.Connection), provoke: dialing(func(t *testing.T, o *redis.Options) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			require.NoError(t, err)
			require.NoError(t, l.Close())
			o.Addr = l.Addr().String()
		})},
		{name: "no such host", text: "no such host", verdict: transient(classify.Connection), provoke: dialing(func(t *testing.T, o *redis.Options) {
			d := net.Dialer{Resolver: nameserver.Start(t, nameserver.NoName)}
			o.Addr, o.Dialer = "nothing.invalid.:6379", d.DialContext
		})},
		{name: "timeout", text: "i/o timeout", verdict: transient(classify.Timeout), provoke: dialing(func(_ *testing.T, o *redis.Options) {
			o.DialTimeout = 1 // a nanosecond
		})},
		{
			name: "TLS with a server that hangs up", text: "EOF", verdict: transient(classify.Connection), alone: ambiguous(classify.Connection),
			provoke: dialing(func(t *testing.T, o *redis.Options) {
				o.Addr, o.TLSConfig = listen(t, hangsUp), &tls.Config{ServerName: "localhost"}
			}),
		},
		{
			name: "TLS with a server that nobody vouches for", text: "certificate", verdict: permanent(classify.TLS), reasons: "not_retryable",
			provoke: dialing(func(t *testing.T, o *redis.Options) {
				s := httptest.NewUnstartedServer(nil)
				s.Config.ErrorLog = log.New(io.Discard, "", 0)
				s.StartTLS()
				t.Cleanup(s.Close)
				o.Addr, o.TLSConfig = s.Listener.Addr().String(), &tls.Config{ServerName: "localhost"}
			}),
		},
		{
			name: "TLS with a server that does not speak it", text: "does not look like a TLS handshake", verdict: permanent(classify.TLS),
			reasons: "not_retryable", provoke: dialing(func(t *testing.T, o *redis.Options) {
				o.Addr, o.TLSConfig = listen(t, func(conn *net.TCPConn) { _, _ = conn.Write([]byte("-ERR Protocol error\r\n")) }),
					&tls.Config{ServerName: "localhost"}
			}),
		},
		{
			name: "custom dialer whose gateway hangs up", text: "EOF", verdict: transient(classify.Connection), alone: ambiguous(classify.Connection),
			provoke: dialing(func(t *testing.T, o *redis.Options) {
				o.Addr, o.Dialer = listen(t, hangsUp), throughGateway(0)
			}),
		},
		{
			name: "custom dialer whose gateway is silent", text: "i/o timeout", verdict: transient(classify.Timeout), alone: ambiguous(classify.Timeout),
			provoke: dialing(func(t *testing.T, o *redis.Options) {
				o.Addr, o.Dialer = listen(t, func(conn *net.TCPConn) { _, _ = conn.Read(make([]byte, 1)) }), throughGateway(10*time.Millisecond)
			}),
		},
	})
}

// throughGateway returns a dialer that waits for one byte of greeting, for so long; 0 means for ever.
func throughGateway(patience time.Duration) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		var d net.Dialer
		conn, err := d.DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		if patience > 0 {
			_ = conn.SetReadDeadline(time.Now().Add(patience))
		}
		if _, err := conn.Read(make([]byte, 1)); err != nil {
			_ = conn.Close()
			return nil, err
		}
		return conn, nil
	}
}

// TestErrorsOfHandshakes: what fails before the command's turn did not run it.
func TestErrorsOfHandshakes(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	shaking := func(a faultproxy.Action, options ...func(*redis.Options)) func(*testing.T) (*rig, error) {
		return func(t *testing.T) (*rig, error) {
			g := rigAt(t, server, three, func(r faultproxy.Request) faultproxy.Action {
				if r.Name() == "HELLO" {
					return a
				}
				return faultproxy.Action{}
			}, options...)
			return g.incr(t)
		}
	}
	late := func(o *redis.Options) { o.ReadTimeout = 20 * time.Millisecond }
	runProvoked(t, []provoked{
		{
			name: "EOF", text: "EOF", verdict: transient(classify.Connection), alone: ambiguous(classify.Connection),
			provoke: shaking(faultproxy.Action{Fault: cutAfter, Orderly: true}),
		},
		{
			name: "reset", text: "connection reset|EOF", verdict: transient(classify.Connection), alone: ambiguous(classify.Connection),
			provoke: shaking(faultproxy.Action{Fault: cutAfter}),
		},
		{
			name: "timeout", text: "i/o timeout", verdict: transient(classify.Timeout), alone: ambiguous(classify.Timeout),
			provoke: shaking(faultproxy.Action{Fault: faultproxy.StallAfter}, late),
		},
		{
			name: "within the reply", text: "EOF", verdict: transient(classify.Connection), alone: ambiguous(classify.Connection),
			provoke: shaking(faultproxy.Action{Fault: cutWithin}),
		},
	})
}

// TestErrorsOfThePool: without a connection nothing was sent. A closed client stays closed, and
// what a Limiter says is the user's own business.
func TestErrorsOfThePool(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	// crowded returns an INCR by a client whose only connection is in use.
	crowded := func(options func(*redis.Options)) func(*testing.T) (*rig, error) {
		return func(t *testing.T) (*rig, error) {
			g := rigAt(t, server, three, stallGet, func(o *redis.Options) { o.ReadTimeout = -1; options(o) })
			t.Cleanup(g.occupy(t))
			return g.incr(t)
		}
	}
	runProvoked(t, []provoked{
		{
			name: "no connection in time", text: redis.ErrPoolTimeout.Error(), verdict: transient(classify.Pool),
			provoke: crowded(func(o *redis.Options) { o.PoolSize, o.PoolTimeout = 1, time.Millisecond }),
		},
		{
			name: "no connection at all", text: redis.ErrPoolExhausted.Error(), verdict: transient(classify.Pool),
			provoke: crowded(func(o *redis.Options) { o.PoolSize, o.MaxActiveConns = 2, 1 }),
		},
		{
			name: "client closed", text: redis.ErrClosed.Error(), verdict: permanent(classify.Closed), reasons: "not_retryable",
			provoke: func(t *testing.T) (*rig, error) {
				g := rigAt(t, server, three, nil)
				c := g.client(t, three)
				require.NoError(t, c.Close())
				return g, c.Incr(t.Context(), "n").Err()
			},
		},
		{
			name: "limiter", text: errLimit.Error(), reasons: "not_retryable",
			provoke: func(t *testing.T) (*rig, error) {
				g := rigAt(t, server, three, nil, func(o *redis.Options) { o.Limiter = limiter{} })
				_, err := g.incr(t)
				require.Equal(t, errLimit, err)
				return g, err
			},
		},
	})
}

var errLimit = errors.New("the breaker is open")

// limiter allows nothing.
type limiter struct{}

func (limiter) Allow() error       { return errLimit }
func (limiter) ReportResult(error) {}

// stallGet leaves each GET without an answer.
func stallGet(r faultproxy.Request) faultproxy.Action {
	if r.Name() == "GET" {
		return faultproxy.Action{Fault: faultproxy.StallBefore}
	}
	return faultproxy.Action{}
}

// occupy has a connection of the client wait for a GET that stallGet stalls. The function that it
// returns ends the wait.
func (g *rig) occupy(t *testing.T) (free func()) {
	t.Helper()
	hung := make(chan error)
	ctx, cancel := context.WithCancel(context.Background()) // outlives the test's own context
	go func() { hung <- g.Get(ctx, "k").Err() }()
	wait(t, "the GET is on its way", func() bool { return g.seen("get") > 0 })
	return func() {
		cancel()
		_ = g.proxy.Close()
		require.Error(t, <-hung)
	}
}
