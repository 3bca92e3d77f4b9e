package faultproxy

import (
	"bufio"
	"errors"
	"io"
	"net"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/alicebob/miniredis/v2/proto"
)

func equal[T any](t *testing.T, want, got T, about ...any) {
	t.Helper()
	if !reflect.DeepEqual(want, got) {
		t.Fatalf("got %+v, want %+v %v", got, want, about)
	}
}

func ok(t *testing.T, err error, about ...any) {
	t.Helper()
	if err != nil {
		t.Fatalf("unexpected error: %v %v", err, about)
	}
}

func errorIs(t *testing.T, err, target error, about ...any) {
	t.Helper()
	if !errors.Is(err, target) {
		t.Fatalf("error %v, want %v %v", err, target, about)
	}
}

// server starts a Redis in this process.
func server(t *testing.T) *miniredis.Miniredis {
	t.Helper()
	return miniredis.RunT(t)
}

// start starts a proxy that records.
func start(t *testing.T, target string, plan Plan) *Proxy {
	t.Helper()
	p, err := Start(target, Config{Plan: plan, Record: true})
	ok(t, err)
	t.Cleanup(func() { _ = p.Close() })
	return p
}

// client is a bare connection, so that a test sees every byte and error.
type client struct {
	net.Conn
	t  *testing.T
	in *bufio.Reader
}

func dial(t *testing.T, p *Proxy) *client {
	t.Helper()
	conn, err := net.Dial("tcp", p.Addr())
	ok(t, err)
	ok(t, conn.SetDeadline(time.Now().Add(20*time.Second)))
	t.Cleanup(func() { _ = conn.Close() })
	return &client{Conn: conn, t: t, in: bufio.NewReader(conn)}
}

// send writes commands, given as lines of words, in one go.
func (c *client) send(lines ...string) {
	c.t.Helper()
	var b strings.Builder
	for _, line := range lines {
		ok(c.t, proto.Write(&b, strings.Fields(line)))
	}
	_, err := io.WriteString(c.Conn, b.String())
	ok(c.t, err)
}

// expect reads replies.
func (c *client) expect(replies ...string) {
	c.t.Helper()
	for _, want := range replies {
		got, err := proto.Read(c.in)
		ok(c.t, err)
		equal(c.t, want, got)
	}
}

// rest reads until the connection ends and returns what came and why it ended.
func (c *client) rest() (string, error) {
	b, err := io.ReadAll(c.in)
	return string(b), err
}

// expectReset checks that nothing comes but a reset.
func (c *client) expectReset() {
	c.t.Helper()
	got, err := c.rest()
	equal(c.t, "", got)
	errorIs(c.t, err, syscall.ECONNRESET)
}

// onCommands is a script for everything but dials.
func onCommands(actions ...Action) Plan {
	return Script(Commands, actions...)
}
