package rueidis_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"testing"

	"github.com/redis/rueidis"
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
	dialing := func(options func(*testing.T, *rueidis.ClientOption)) func(*testing.T) (*rig, error) {
		return func(t *testing.T) (*rig, error) {
			return unconnected(t, server, nil, func(o *rueidis.ClientOption) { options(t, o) }).incr(t)
		}
	}
	// to returns an INCR by a client that speaks TLS with a server.
	to := func(addr func(t *testing.T) string) func(*testing.T) (*rig, error) {
		return dialing(func(t *testing.T, o *rueidis.ClientOption) {
			o.InitAddress, o.TLSConfig = []string{addr(t)}, &tls.Config{ServerName: "localhost"}
		})
	}
	runProvoked(t, []provoked{
		{name: "refused", text: "connection refused", verdict: transient(classify.Connection), provoke: func(t *testing.T) (*rig, error) {
			gone := rigAt(t, server, three, nil)
			require.NoError(t, gone.proxy.Refuse())
			return unconnected(t, server, nil, func(o *rueidis.ClientOption) { o.InitAddress = []string{gone.proxy.Addr()} }).incr(t)
		}},
		{name: "no such host", text: "no such host", verdict: transient(classify.Connection), provoke: dialing(func(t *testing.T, o *rueidis.ClientOption) {
			o.InitAddress, o.Dialer.Resolver = []string{"nothing.invalid.:6379"}, nameserver.Start(t, nameserver.NoName)
		})},
		{name: "timeout", text: "i/o timeout", verdict: transient(classify.Timeout), provoke: dialing(func(_ *testing.T, o *rueidis.ClientOption) {
			o.Dialer.Timeout = 1 // a nanosecond
		})},
		{
			name: "reset", text: "connection reset|EOF", verdict: transient(classify.Connection), alone: ambiguous(classify.Connection),
			provoke: func(t *testing.T) (*rig, error) {
				return unconnected(t, server, func(r faultproxy.Request) faultproxy.Action {
					return faultproxy.Action{Fault: faultproxy.RefuseDial} // and for commands it means nothing
				}).incr(t)
			},
		},
		{
			name: "TLS with a server that hangs up", text: "EOF", verdict: transient(classify.Connection), alone: ambiguous(classify.Connection),
			provoke: to(func(t *testing.T) string {
				return serve(t, func(conn *net.TCPConn) {
					_ = conn.CloseWrite()
					_, _ = io.Copy(io.Discard, conn) // with bytes unread it would be a reset
				})
			}),
		},
		{
			name: "TLS with a server that nobody vouches for", text: "certificate", verdict: permanent(classify.TLS), reasons: final,
			provoke: to(func(t *testing.T) string {
				s := httptest.NewUnstartedServer(nil)
				s.Config.ErrorLog = log.New(io.Discard, "", 0)
				s.StartTLS()
				t.Cleanup(s.Close)
				return s.Listener.Addr().String()
			}),
		},
		{
			name: "TLS with a server that does not speak it", text: "does not look like a TLS handshake", verdict: permanent(classify.TLS),
			reasons: final, provoke: to(func(t *testing.T) string {
				return serve(t, func(conn *net.TCPConn) { _, _ = conn.Write([]byte("-ERR Protocol error\r\n")) })
			}),
		},
	})
}

// TestErrorsOfDialers: what the caller's own dialer says is handed back as it is, and nothing was sent whatever it
// looks like.
func TestErrorsOfDialers(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	quarantine := errors.New("the address is quarantined")
	for _, tt := range []struct {
		err     error
		verdict classify.Verdict
		reasons string
	}{
		{quarantine, transient(classify.Connection), gaveUp},
		{context.Canceled, transient(classify.Connection), gaveUp},
		{context.DeadlineExceeded, transient(classify.Timeout), gaveUp},
		{io.EOF, transient(classify.Connection), gaveUp},
		{net.ErrClosed, transient(classify.Connection), gaveUp},
		{&net.OpError{Op: "dial", Net: "tcp", Err: &net.AddrError{Err: "no port"}}, permanent(classify.Connection), final},
	} {
		t.Run(tt.err.Error(), func(t *testing.T) {
			t.Parallel()
			g := unconnected(t, server, nil, func(o *rueidis.ClientOption) {
				o.DialCtxFn = func(context.Context, string, *net.Dialer, *tls.Config) (net.Conn, error) { return nil, tt.err }
			})
			_, err := g.incr(t)
			require.Equal(t, tt.err, err)
			events := g.seen()
			require.Equal(t, tt.reasons, reasons(events))
			require.Equal(t, tt.verdict, events[len(events)-1].Decision.Verdict)
			require.Nil(t, g.direct(t, "GET", "n"))
		})
	}
}
