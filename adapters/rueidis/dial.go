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
	// ways are those of a cluster client; nil for any other.
	ways *ways
}

// mark makes the options mark the errors of dials, handshakes, credentials and connections. rueidis makes
// connections within commands, and without the mark their errors look like those of the command itself.
func (d *dials) mark(o *rueidis.ClientOption) {
	nagle := o.DisableTCPNoDelay
	dial := dialer(o)
	o.DialCtxFn = func(ctx context.Context, addr string, nd *net.Dialer, t *tls.Config) (net.Conn, error) {
		made, err := d.connect(ctx, addr, nd, t, dial)
		if err != nil {
			return nil, err
		}
		if nagle {
			setNagle(made.Conn) // rueidis cannot see what it is
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

// connect dials, and returns a connection that marks its errors.
func (d *dials) connect(ctx context.Context, addr string, nd *net.Dialer, t *tls.Config, dial dialFunc) (*conn, error) {
	made := &conn{addr: addr, of: d}
	var err error
	if d.ways == nil {
		made.Conn, err = dial(ctx, addr, nd, t)
	} else {
		made.Conn, made.way, err = d.ways.connect(ctx, addr, nd, t)
		made.addr = made.way.addr
	}
	if err != nil {
		return nil, &marked{err: err, addr: made.addr, unsent: true}
	}
	if q, ok := ctx.(*queued); ok {
		made.limit, _ = q.Context.Deadline()
	}
	made.way.made(made)
	return made, nil
}

// dialFunc dials as rueidis.ClientOption.DialCtxFn does.
type dialFunc = func(context.Context, string, *net.Dialer, *tls.Config) (net.Conn, error)

// dialer returns the function that dials, as rueidis chooses it.
func dialer(o *rueidis.ClientOption) dialFunc {
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
