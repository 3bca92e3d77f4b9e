package rueidis

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"os"
	"sync/atomic"

	"github.com/redis/rueidis"
)

// markDials makes the options mark the errors of dials, handshakes and credentials. rueidis makes connections within
// commands, and without the mark the errors look like those of the command itself.
func markDials(o *rueidis.ClientOption) {
	plainNoDelay := o.DisableTCPNoDelay
	dial := dialer(o)
	o.DialCtxFn = func(ctx context.Context, addr string, d *net.Dialer, t *tls.Config) (net.Conn, error) {
		c, err := dial(ctx, addr, d, t)
		if err != nil {
			return nil, &marked{err: err, addr: addr, unsent: true}
		}
		if plainNoDelay {
			disableNoDelay(c) // rueidis cannot see the type of c
		}
		return &conn{Conn: c, addr: addr}, nil
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
				// In a handshake nothing has been sent. Where the password is renewed, whatever is under way ends by
				// this error.
				err = &marked{err: err, addr: of.conn.addr, unsent: of.conn.state.Load() != live}
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
	if fn := o.DialFn; fn != nil { //nolint:staticcheck // deprecated, and yet somebody's
		return func(_ context.Context, addr string, d *net.Dialer, t *tls.Config) (net.Conn, error) { return fn(addr, d, t) }
	}
	return func(ctx context.Context, addr string, d *net.Dialer, t *tls.Config) (net.Conn, error) {
		if t != nil {
			return (&tls.Dialer{NetDialer: d, Config: t}).DialContext(ctx, "tcp", addr)
		}
		return d.DialContext(ctx, "tcp", addr)
	}
}

func disableNoDelay(c net.Conn) {
	if t, ok := c.(*tls.Conn); ok {
		c = t.NetConn()
	}
	if t, ok := c.(*net.TCPConn); ok {
		_ = t.SetNoDelay(false) // a matter of speed, as in rueidis
	}
}

// The states of a conn.
const (
	fresh  = iota // nothing but the handshake has been written
	live          // commands have been written
	broken        // it failed while fresh, and takes no commands any more
)

// conn is a connection that tells what fails in its handshake, or before the first command, from what fails later.
type conn struct {
	net.Conn
	addr   string
	state  atomic.Int32
	writes int // while fresh, by one goroutine at a time
}

// Write writes b. A command is not written to a connection that has failed before: the error says that it was not
// sent.
func (c *conn) Write(b []byte) (int, error) {
	if c.state.Load() != live && !c.shakesHands(b) && !c.state.CompareAndSwap(fresh, live) && c.state.Load() == broken {
		return 0, &marked{err: net.ErrClosed, addr: c.addr, unsent: true}
	}
	n, err := c.Conn.Write(b)
	return n, c.mark(err)
}

// Read reads into b.
func (c *conn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	return n, c.mark(err)
}

// mark marks an error while the connection is fresh, and makes it take no commands.
func (c *conn) mark(err error) error {
	if err == nil || c.state.Load() == live || !c.state.CompareAndSwap(fresh, broken) && c.state.Load() == live {
		return err
	}
	return &marked{err: err, addr: c.addr, unsent: true}
}

// shakesHands reports whether b belongs to the handshake. rueidis writes that in one go, and in a second one to a
// server that does not speak RESP3. A handshake that does not fit into the buffer (WriteBufferEachConn) is taken
// for commands.
func (c *conn) shakesHands(b []byte) bool {
	c.writes++
	switch c.writes {
	case 1:
		return true
	case 2:
		_, words, _ := bytes.Cut(b, []byte("\r\n")) // after the number of words
		return bytes.HasPrefix(words, []byte("$5\r\nHELLO\r\n$1\r\n2\r\n")) || bytes.HasPrefix(words, []byte("$4\r\nAUTH\r\n"))
	}
	return false
}

// RemoteAddr returns an address that knows its connection, for AuthCredentialsFn.
func (c *conn) RemoteAddr() net.Addr { return &address{c.Conn.RemoteAddr(), c} }

// address is the address of a connection.
type address struct {
	net.Addr
	conn *conn
}

// marked is an error of which more is known than it says: where, and whether a command can have been sent.
type marked struct {
	err    error
	addr   string
	unsent bool
}

func (m *marked) Error() string { return m.err.Error() }

// Unwrap returns the error, but for a timeout of a handshake: rueidis would put a bare context.DeadlineExceeded in
// its place, which is what a context of the caller gives too.
func (m *marked) Unwrap() error {
	if errors.Is(m.err, os.ErrDeadlineExceeded) {
		return nil
	}
	return m.err
}

// driver returns the error without the mark.
func driver(err error) error {
	if m, ok := err.(*marked); ok { //nolint:errorlint // rueidis returns it unwrapped
		return m.err
	}
	return err
}
