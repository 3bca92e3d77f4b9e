package clusterdemo

import (
	"bytes"
	"context"
	"errors"
	"net"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"
)

// dialTimeout is go-redis' default.
const dialTimeout = 5 * time.Second

// wire makes the connections of a client, and counts from the loss of a master what it takes to find the new one. Here
// all clients can be measured alike.
type wire struct {
	dial  func(ctx context.Context, network, addr string) (net.Conn, error)
	lost  atomic.Pointer[string] // the port of the master that was lost; nil before
	dials atomic.Int64           // to it
	maps  atomic.Int64           // requests for the slot map
}

func newWire() *wire {
	return &wire{dial: redis.NewDialer(&redis.Options{DialTimeout: dialTimeout})}
}

// lose begins to count.
func (w *wire) lose(addr string) {
	port := portOf(addr)
	w.lost.Store(&port)
}

// Dial is redis.ClusterOptions.Dialer.
func (w *wire) Dial(ctx context.Context, network, addr string) (net.Conn, error) {
	// By the port: the clients have different names for this machine.
	if lost := w.lost.Load(); lost != nil && *lost == portOf(addr) {
		w.dials.Add(1)
	}
	c, err := w.dial(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	return tapped{c, w}, nil
}

func portOf(addr string) string {
	_, port, _ := net.SplitHostPort(addr)
	return port
}

// tapped is a connection on which requests for the slot map are counted.
type tapped struct {
	net.Conn
	w *wire
}

var slotMap = []byte("*2\r\n$7\r\ncluster\r\n$5\r\nslots\r\n")

func (t tapped) Write(b []byte) (int, error) {
	if t.w.lost.Load() != nil {
		t.w.maps.Add(int64(bytes.Count(b, slotMap)))
	}
	return t.Conn.Write(b)
}

// SyscallConn is there for go-redis, which looks whether an idle connection has been closed.
func (t tapped) SyscallConn() (syscall.RawConn, error) {
	if c, ok := t.Conn.(syscall.Conn); ok {
		return c.SyscallConn()
	}
	return nil, errors.ErrUnsupported
}
