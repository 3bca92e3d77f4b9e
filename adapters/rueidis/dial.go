package rueidis

import (
	"context"
	"crypto/tls"
	"net"
	"sync/atomic"

	"github.com/redis/rueidis"
)

// dials is what a client knows of its connections.
type dials struct {
	// failures numbers the connections that have failed, in the order of their failures.
	failures atomic.Uint64
}

// mark makes the options mark the errors of dials, handshakes, credentials and connections. rueidis makes
// connections within commands, and without the mark their errors look like those of the command itself.
func (d *dials) mark(o *rueidis.ClientOption) {
	nagle := o.DisableTCPNoDelay
	dial := dialer(o)
	o.DialCtxFn = func(ctx context.Context, addr string, nd *net.Dialer, t *tls.Config) (net.Conn, error) {
		c, err := dial(ctx, addr, nd, t)
		if err != nil {
			return nil, &marked{err: err, addr: addr, unsent: true}
		}
		if nagle {
			setNagle(c) // rueidis cannot see what c is
		}
		made := &conn{Conn: c, addr: addr, of: d}
		if q, ok := ctx.(*queued); ok {
			made.limit, _ = q.Context.Deadline()
		}
		return made, nil
	}
	if fn := o.AuthCredentialsFn; fn != nil {
		o.AuthCredentialsFn = func(a rueidis.AuthCredentialsContext) (rueidis.AuthCredentials, error) {
			of, ok := a.Address.(*address)
			if !ok {
				return fn(a)
			}
			a.Address = of.Addr
			credentials, err := fn(a)
			if err != nil {
				// Where the password of a connection in use is renewed, all that is under way there ends by this error.
				err = of.conn.fail(err)
			}
			return credentials, err
		}
	}
}

// dialer returns the function that dials, as rueidis chooses it.
func dialer(o *rueidis.ClientOption) func(context.Context, string, *net.Dialer, *tls.Config) (net.Conn, error) {
	if o.DialCtxFn != nil {
		return o.DialCtxFn
	}
	if fn := o.DialFn; fn != nil {
		return func(_ context.Context, addr string, d *net.Dialer, t *tls.Config) (net.Conn, error) {
			return fn(addr, d, t)
		}
	}
	return func(ctx context.Context, addr string, d *net.Dialer, t *tls.Config) (net.Conn, error) {
		if t != nil {
			return (&tls.Dialer{NetDialer: d, Config: t}).DialContext(ctx, "tcp", addr)
		}
		return d.DialContext(ctx, "tcp", addr)
	}
}

// setNagle does what rueidis does for DisableTCPNoDelay.
func setNagle(c net.Conn) {
	if t, ok := c.(*tls.Conn); ok {
		c = t.NetConn()
	}
	if t, ok := c.(*net.TCPConn); ok {
		_ = t.SetNoDelay(false) // a matter of speed
	}
}
