package classify_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"testing"
)

// TestNetEstablished holds the verdicts on connections that stood and broke: what was sent
// may have been executed.
func TestNetEstablished(t *testing.T) {
	t.Parallel()
	runNetCases(t, []netCase{
		{"read timeout", lateRead, unansweredLate},
		{"read timeout, unwrapped once by the client", func(t *testing.T) error {
			return errors.Unwrap(lateRead(t))
		}, unansweredLate},
		{"write timeout", func(t *testing.T) error {
			c, _ := connect(t)
			_ = c.SetWriteDeadline(longAgo)
			_, err := c.Write([]byte("PING\r\n"))
			return err
		}, unansweredLate},
		{"reset while reading", func(t *testing.T) error { _, err := reset(t); return err }, unanswered},
		{"reset while reading, unwrapped once by the client", func(t *testing.T) error {
			_, err := reset(t)
			return errors.Unwrap(err)
		}, unanswered},
		{"reset while reading, unwrapped to the number", func(t *testing.T) error {
			_, err := reset(t)
			return errors.Unwrap(errors.Unwrap(err))
		}, unanswered},
		{"write after a reset", func(t *testing.T) error {
			c, _ := reset(t)
			_, err := c.Write([]byte("PING\r\n"))
			return err
		}, unanswered},
		{"write after a reset, unwrapped to the number", func(t *testing.T) error {
			c, _ := reset(t)
			_, err := c.Write([]byte("PING\r\n"))
			return errors.Unwrap(errors.Unwrap(err))
		}, unanswered},
		{"closed by the server", func(t *testing.T) error {
			c, s := connect(t)
			_ = s.Close()
			return readByte(c)
		}, unanswered},
		{"closed by the server within a reply", func(t *testing.T) error {
			c, s := connect(t)
			_, _ = s.Write([]byte("$5\r\nhe"))
			_ = s.Close()
			_, err := io.ReadFull(c, make([]byte, len("$5\r\nhello\r\n")))
			return err
		}, unanswered},
		{"closed under a reader", func(t *testing.T) error {
			c, _ := connect(t)
			_ = c.Close()
			return readByte(c)
		}, unanswered},
		{"closed under a reader, unwrapped once by the client", func(t *testing.T) error {
			c, _ := connect(t)
			_ = c.Close()
			return errors.Unwrap(readByte(c))
		}, unanswered},
		{"closed before a deadline was set", func(t *testing.T) error {
			c, _ := connect(t)
			_ = c.Close()
			return c.SetDeadline(longAgo)
		}, unanswered},
		{"UDP to a port at which nobody listens", func(t *testing.T) error {
			c, err := net.Dial("udp", freeAddress(t))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = c.Close() })
			_, _ = c.Write([]byte("PING"))
			return readByte(c) // connection refused, but on a read
		}, unanswered},
	})
}

// TestNetPipe holds the verdicts on pipes, in memory and of the system.
func TestNetPipe(t *testing.T) {
	t.Parallel()
	runNetCases(t, []netCase{
		{"net.Pipe closed here", func(*testing.T) error {
			a, _ := net.Pipe()
			_ = a.Close()
			return readByte(a)
		}, unanswered},
		{"net.Pipe closed there, read", func(*testing.T) error {
			a, b := net.Pipe()
			_ = b.Close()
			return readByte(a)
		}, unanswered},
		{"net.Pipe closed there, written", func(*testing.T) error {
			a, b := net.Pipe()
			_ = b.Close()
			_, err := a.Write([]byte("PING\r\n"))
			return err
		}, unanswered},
		{"net.Pipe read timeout", func(*testing.T) error {
			a, _ := net.Pipe()
			_ = a.SetDeadline(longAgo)
			return readByte(a)
		}, unansweredLate},
		{"io.Pipe closed", func(*testing.T) error {
			r, w := io.Pipe()
			_ = r.Close()
			_, err := w.Write([]byte("PING\r\n"))
			return err
		}, unanswered},
		{"system pipe read timeout", func(t *testing.T) error {
			r, _ := systemPipe(t)
			if err := r.SetReadDeadline(longAgo); err != nil {
				t.Skip("no deadlines on pipes here:", err)
			}
			return readByte(r)
		}, unansweredLate},
		{"system pipe closed there", func(t *testing.T) error {
			r, w := systemPipe(t)
			_ = r.Close()
			_, err := w.Write([]byte("PING\r\n"))
			return err
		}, unanswered},
	})
}

// TestNetContext holds the verdicts on a context's end.
func TestNetContext(t *testing.T) {
	t.Parallel()
	cause := errors.New("the user went away")
	canceled := func(cause error) context.Context {
		ctx, cancel := context.WithCancelCause(context.Background())
		cancel(cause)
		return ctx
	}
	runNetCases(t, []netCase{
		{"canceled", func(*testing.T) error { return canceled(nil).Err() }, canceledContext},
		{"deadline exceeded", func(*testing.T) error {
			ctx, cancel := context.WithDeadline(context.Background(), longAgo)
			defer cancel()
			return ctx.Err()
		}, canceledContext},
		{"its cause alone", func(*testing.T) error { return context.Cause(canceled(cause)) }, noOpinion},
		{"joined with its cause", func(*testing.T) error {
			ctx := canceled(cause)
			return errors.Join(ctx.Err(), context.Cause(ctx))
		}, canceledContext},
		{"joined with a broken connection as its cause", func(*testing.T) error {
			ctx := canceled(io.EOF)
			return errors.Join(context.Cause(ctx), ctx.Err())
		}, canceledContext},
		{"caused by a broken connection", func(*testing.T) error { return context.Cause(canceled(io.EOF)) }, unanswered},
	})
}

// TestNetFiles holds that errors of files get no opinion.
func TestNetFiles(t *testing.T) {
	t.Parallel()
	open := func(t *testing.T) error { _, err := os.Open(t.TempDir() + "/ca.pem"); return err }
	runNetCases(t, []netCase{
		{"no such file", open, noOpinion},
		{"no such file, the number alone", func(t *testing.T) error { return errors.Unwrap(open(t)) }, noOpinion},
		{"file closed", func(t *testing.T) error {
			f, err := os.Create(t.TempDir() + "/dump.rdb")
			if err != nil {
				t.Fatal(err)
			}
			_ = f.Close()
			return readByte(f)
		}, noOpinion},
		{"no such environment variable", func(*testing.T) error { return os.Setenv("", "") }, noOpinion},
	})
}

// lateRead returns the error of a read that ran out of time.
func lateRead(t *testing.T) error {
	t.Helper()
	c, _ := connect(t)
	_ = c.SetReadDeadline(longAgo)
	return readByte(c)
}

// systemPipe returns a pipe of the operating system.
func systemPipe(t *testing.T) (r, w *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = r.Close(), w.Close() })
	return r, w
}
