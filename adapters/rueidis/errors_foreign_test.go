package rueidis_test

import (
	"context"
	"crypto/tls"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"

	retry "github.com/reprise-go/reprise/adapters/rueidis"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/faultproxy"
)

// wires are the connections of a client, which a test may have time out.
type wires struct {
	mu  sync.Mutex
	all []net.Conn
}

func (w *wires) option(o *rueidis.ClientOption) {
	o.DialCtxFn = func(ctx context.Context, addr string, d *net.Dialer, _ *tls.Config) (net.Conn, error) {
		conn, err := d.DialContext(ctx, "tcp", addr)
		w.mu.Lock()
		defer w.mu.Unlock()
		w.all = append(w.all, conn)
		return conn, err
	}
}

// expire does what the deadline of the one who uses the last connection would do.
func (w *wires) expire(t *testing.T) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	require.NoError(t, w.all[len(w.all)-1].SetReadDeadline(time.Unix(1, 0)))
}

// noticed is a context that tells when it is first waited for.
type noticed struct {
	context.Context
	once func()
}

func (n noticed) Done() <-chan struct{} {
	n.once()
	return n.Context.Done()
}

// TestForeignDeadline: until two calls meet, rueidis gives a connection the deadline of the one call that uses it. When that
// ends the connection, whoever waits behind is told that a context has ended. It was not his: what only reads is run
// again. Of an INCR nobody knows here that it was not sent.
func TestForeignDeadline(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, cmd, reasons string
		want               error
	}{
		{"a read", "EXISTS n", "retrying succeeded", nil},
		{"a write", "INCR n", unsure, context.DeadlineExceeded},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			g := newRig(t, three, nil)
			g.proxy.SetPlan(on("strlen", faultproxy.StallBefore))
			var w wires
			first := bystander(t, g.server, oneConn, w.option, func(o *rueidis.ClientOption) {
				o.InitAddress = []string{g.proxy.Addr()}
				o.ConnWriteTimeout = 2 * time.Hour // the caller's deadline is the sooner one
			})
			p := three
			p.Observe = g.observe
			second := retry.Wrap(first, p)

			ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
			defer cancel()
			leader, victim, queued := make(chan error), make(chan error), make(chan struct{})
			go func() { leader <- first.Do(ctx, first.B().Strlen().Key("k").Build()).Error() }()
			await(t, "the connection is in use", func() bool { return g.arrived("strlen") == 1 })
			go func() {
				behind := noticed{t.Context(), sync.OnceFunc(func() { close(queued) })}
				victim <- second.Do(behind, second.B().Arbitrary(strings.Fields(tt.cmd)...).Build()).Error()
			}()
			<-queued
			w.expire(t)
			require.Equal(t, context.DeadlineExceeded, <-leader)
			require.Equal(t, tt.want, <-victim)
			events := g.seen()
			require.Equal(t, tt.reasons, reasons(events))
			require.Equal(t, ambiguous(classify.Timeout), events[0].Decision.Verdict)
			require.Nil(t, g.direct(t, "GET", "n"))
		})
	}
}

// TestForeignDial: all who need a connection wait for the one who dials, under his context. When that ends they have
// sent nothing, and an INCR is run again.
//
// The test does not run beside others: it looks at what every goroutine does.
func TestForeignDial(t *testing.T) {
	for _, tt := range []struct {
		name    string
		plan    faultproxy.Plan
		dial    func(w *wires, dialing chan<- struct{}) func(*rueidis.ClientOption)
		end     func(t *testing.T, w *wires, cancel func())
		verdict classify.Verdict
	}{
		{
			"in a dial", nil, func(_ *wires, dialing chan<- struct{}) func(*rueidis.ClientOption) {
				var dials int
				return func(o *rueidis.ClientOption) {
					o.DialCtxFn = func(ctx context.Context, addr string, d *net.Dialer, _ *tls.Config) (net.Conn, error) {
						dials++
						switch dials {
						case 1:
							return nil, net.ErrClosed // as the client is made
						case 2:
							close(dialing)
							<-ctx.Done()
							return nil, ctx.Err()
						}
						return d.DialContext(ctx, "tcp", addr)
					}
				}
			},
			func(_ *testing.T, _ *wires, cancel func()) { cancel() }, transient(classify.Connection),
		},
		{
			"in a handshake", nil, func(w *wires, _ chan<- struct{}) func(*rueidis.ClientOption) {
				return w.option
			},
			func(t *testing.T, w *wires, _ func()) { w.expire(t) }, transient(classify.Timeout),
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var w wires
			dialing := make(chan struct{})
			hellos := 0
			g := unconnected(t, newRig(t, three, nil).server, func(r faultproxy.Request) faultproxy.Action {
				if r.Name() != "HELLO" || tt.name == "in a dial" {
					return faultproxy.Action{}
				}
				hellos++
				switch hellos {
				case 1:
					return faultproxy.Action{Fault: cutBefore} // as the client is made
				case 2:
					close(dialing)
					return faultproxy.Action{Fault: faultproxy.StallBefore}
				}
				return faultproxy.Action{}
			}, oneConn, tt.dial(&w, dialing))

			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			leader, victims := make(chan error), make(chan error)
			go func() { leader <- g.Do(ctx, g.B().Strlen().Key("k").Build()).Error() }()
			<-dialing
			for range 2 {
				go func() {
					_, err := g.incr(t)
					victims <- err
				}()
			}
			await(t, "both wait for the dial", func() bool { return waiting() == 2 })
			tt.end(t, &w, cancel)
			if tt.name == "in a dial" {
				require.ErrorIs(t, <-leader, context.Canceled)
			} else {
				require.NoError(t, <-leader) // that was not his context either, but rueidis'
			}
			require.NoError(t, <-victims)
			require.NoError(t, <-victims)
			retried := 0
			for _, e := range g.seen() {
				if e.Op == "incr" && e.Err != nil {
					retried++
					require.Equal(t, tt.verdict, e.Decision.Verdict)
				}
			}
			require.Equal(t, 2, retried)
			require.Equal(t, "2", g.direct(t, "GET", "n"))
		})
	}
}

// waiting returns how many goroutines wait for a connection that another one makes.
func waiting() (n int) {
	stacks := make([]byte, 1<<20)
	for stack := range strings.SplitSeq(string(stacks[:runtime.Stack(stacks, true)]), "\n\n") {
		if strings.Contains(stack, "rueidis.(*mux)._pipe") && strings.Contains(stack, "sync.(*WaitGroup).Wait") {
			n++
		}
	}
	return n
}
