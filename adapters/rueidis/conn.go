package rueidis

import (
	"bytes"
	"net"
	"sync"
	"time"
)

// conn is a connection that marks the error by which it fails: whether a command can have been sent before, and
// when it was. Nothing is written once it has failed, so that an attempt that began later, and is told of that
// failure, was not sent. rueidis puts commands on a connection for some time after it has failed.
type conn struct {
	net.Conn
	addr  string
	of    *dials
	limit time.Time // of the handshake; zero if its context tells
	way   *way      // of a cluster client; nil for any other

	mu      sync.Mutex
	writes  int
	waiting bool // nothing has been read since the last write
	live    bool // commands have been written
	failed  *marked
}

// Read reads into b.
func (c *conn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	switch {
	case err != nil:
		err = c.fail(err)
	case c.way != nil:
		c.mu.Lock()
		c.waiting = false
		c.mu.Unlock()
	}
	return n, err
}

// Write writes b, unless the connection has failed.
func (c *conn) Write(b []byte) (int, error) {
	if err := c.begin(b); err != nil {
		return 0, err
	}
	n, err := c.Conn.Write(b)
	if err != nil {
		err = c.fail(err)
	}
	return n, err
}

// begin prepares for a write.
func (c *conn) begin(b []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.failed != nil {
		return c.failed
	}
	c.writes++
	c.waiting = true
	if !c.live && !c.shakesHands(b) {
		c.live = true
		c.way.stands()
	}
	return nil
}

// fail returns the error by which the connection has failed: err, if it is the first.
func (c *conn) fail(err error) *marked {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.failed == nil {
		c.failed = &marked{err: err, addr: c.addr, unsent: !c.live, at: c.of.failures.Add(1)}
		if !c.live {
			c.way.failed(err)
		}
	}
	return c.failed
}

// Close closes the connection.
func (c *conn) Close() error {
	c.way.end()
	return c.Conn.Close()
}

// traffic returns how often the connection was written to, and whether the last write may still be unanswered.
func (c *conn) traffic() (writes int, waiting bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.writes, c.waiting
}

// shakesHands reports whether b belongs to the handshake. rueidis writes that in one go, and in a second one to a
// server that does not speak RESP3. A handshake that does not fit into the buffer (WriteBufferEachConn) is taken
// for commands.
func (c *conn) shakesHands(b []byte) bool {
	switch c.writes {
	case 1:
		return true
	case 2:
		_, words, _ := bytes.Cut(b, []byte("\r\n")) // after the number of words
		return bytes.HasPrefix(words, []byte("$5\r\nHELLO\r\n$1\r\n2\r\n")) || bytes.HasPrefix(words, []byte("$4\r\nAUTH\r\n"))
	}
	return false
}

// SetDeadline sets the deadline, or that of the caller for whom the connection is being made.
func (c *conn) SetDeadline(t time.Time) error {
	c.mu.Lock()
	handshake := c.writes == 0 && !c.limit.IsZero()
	c.mu.Unlock()
	if handshake && (t.IsZero() || t.After(c.limit)) {
		t = c.limit
	}
	return c.Conn.SetDeadline(t)
}

// RemoteAddr returns an address that knows its connection, for AuthCredentialsFn.
func (c *conn) RemoteAddr() net.Addr { return &address{c.Conn.RemoteAddr(), c} }

// address is the address of a connection.
type address struct {
	net.Addr
	conn *conn
}
