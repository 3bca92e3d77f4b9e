package classify_test

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/redistest"
	"github.com/reprise-go/reprise/internal/resp"
)

// patience is how long a test waits for what a server does in milliseconds.
const patience = 20 * time.Second

// client is one connection to a Redis server, without a client library in between.
type client struct {
	tb   testing.TB
	conn net.Conn
	in   *bufio.Reader
}

// open connects to the server until the test ends.
func open(tb testing.TB, s *redistest.Server) *client {
	tb.Helper()
	conn, err := net.Dial("tcp", s.Addr())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(patience))
	return &client{tb: tb, conn: conn, in: bufio.NewReader(conn)}
}

// send sends a command and does not wait for the reply.
func (c *client) send(args ...string) {
	c.tb.Helper()
	if err := resp.Write(c.conn, args); err != nil {
		c.tb.Fatalf("%q: %v", args, err)
	}
}

// receive returns the next reply as text, or the server's error in its words.
func (c *client) receive() (string, error) {
	c.tb.Helper()
	reply, err := resp.Read(c.in)
	if err != nil {
		c.tb.Fatal(err)
	}
	return asText(reply)
}

// asText returns a reply as text, and the errors in it.
func asText(reply any) (string, error) {
	switch reply := reply.(type) {
	case nil:
		return "-1", nil // as the server writes it
	case resp.Error:
		return "", reply
	case []any:
		var all []string
		var errs error
		for _, item := range reply {
			one, err := asText(item)
			all, errs = append(all, one), errors.Join(errs, err)
		}
		return strings.Join(all, " "), errs
	}
	return fmt.Sprint(reply), nil
}

// do sends a command and returns its reply.
func (c *client) do(args ...string) (string, error) {
	c.tb.Helper()
	c.send(args...)
	return c.receive()
}

// must sends a command that has to succeed.
func (c *client) must(args ...string) string {
	c.tb.Helper()
	reply, err := c.do(args...)
	if err != nil {
		c.tb.Fatalf("%q: %v", args, err)
	}
	return reply
}

// fail sends a command that has to fail, and returns the error.
func (c *client) fail(args ...string) error {
	c.tb.Helper()
	reply, err := c.do(args...)
	if err == nil {
		c.tb.Fatalf("%q succeeded: %q", args, reply)
	}
	return err
}

// until sends a command again and again until it fails with the prefix, which has to happen
// soon, and returns the error.
func (c *client) until(prefix string, args ...string) error {
	c.tb.Helper()
	var err error
	for start := time.Now(); time.Since(start) < patience; {
		if _, err = c.do(args...); err != nil && strings.HasPrefix(err.Error(), prefix) {
			return err
		}
	}
	c.tb.Fatalf("%q never gave %s, but %v", args, prefix, err)
	return nil
}

// wait sends a command again and again until the reply contains text.
func (c *client) wait(text string, args ...string) {
	c.tb.Helper()
	for start := time.Now(); time.Since(start) < patience; {
		if reply, err := c.do(args...); err == nil && strings.Contains(reply, text) {
			return
		}
	}
	c.tb.Fatalf("%q never said %q", args, text)
}

// check checks the verdict on an error of a real server, and that it begins as said.
func check(tb testing.TB, err error, prefix string, want classify.Verdict) {
	tb.Helper()
	if !strings.HasPrefix(err.Error(), prefix) {
		tb.Errorf("the server says %q, want %s", err, prefix)
	}
	if got := classify.Redis(err); got != want {
		tb.Errorf("Redis(%q) = %+v, want %+v", err, got, want)
	}
	if got := classify.Default(fmt.Errorf("do: %w", err)); got != want {
		tb.Errorf("Default(%q) = %+v, want %+v", err, got, want)
	}
}
