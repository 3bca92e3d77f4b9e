package proptest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// replaySilence is how long a server may take for a batch of small commands before it counts as gone, or as waiting in a
// command that a case should not have.
const replaySilence = 30 * time.Second

// replyError is an error reply.
type replyError string

func (e replyError) Error() string { return string(e) }

// replayConn is a connection to a Redis server, of which a test wants nothing but the order of its commands.
type replayConn struct {
	net.Conn
	in   *bufio.Reader
	stop func() bool
}

func dialReplay(ctx context.Context, addr string) (*replayConn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("proptest: %w", err)
	}
	return &replayConn{Conn: conn, in: bufio.NewReader(conn), stop: context.AfterFunc(ctx, func() { conn.Close() })}, nil
}

// close ends the connection.
func (c *replayConn) close() {
	c.stop()
	c.Conn.Close()
}

// send writes commands and no more.
func (c *replayConn) send(commands ...[]string) error {
	var b strings.Builder
	for _, args := range commands {
		fmt.Fprintf(&b, "*%d\r\n", len(args))
		for _, arg := range args {
			fmt.Fprintf(&b, "$%d\r\n%s\r\n", len(arg), arg)
		}
	}
	if err := c.SetDeadline(time.Now().Add(replaySilence)); err != nil {
		return err
	}
	_, err := io.WriteString(c, b.String())
	return err
}

// read reads one reply of RESP2: a string, an int64, nil, a []any or a replyError.
func (c *replayConn) read() (any, error) {
	line, err := c.in.ReadString('\n')
	if err != nil {
		return nil, err
	}
	text, ok := strings.CutSuffix(line, "\r\n")
	if !ok || text == "" {
		return nil, fmt.Errorf("reply %q: not RESP2", line)
	}
	kind, text := text[0], text[1:]
	switch kind {
	case '+':
		return text, nil
	case '-':
		return replyError(text), nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	switch {
	case err != nil:
		return nil, fmt.Errorf("reply %q: %w", line, err)
	case kind == ':':
		return n, nil
	case n < 0:
		return nil, nil //nolint:nilnil // the reply is null
	case kind == '$':
		bulk := make([]byte, n+2)
		if _, err := io.ReadFull(c.in, bulk); err != nil {
			return nil, err
		}
		return string(bulk[:n]), nil
	case kind == '*':
		all := []any{}
		for range n {
			item, err := c.read()
			if err != nil {
				return nil, err
			}
			all = append(all, item)
		}
		return all, nil
	}
	return nil, fmt.Errorf("reply %q: not RESP2", line)
}

// do sends commands together and returns their replies. An error is one of the connection.
func (c *replayConn) do(commands ...[]string) ([]any, error) {
	err := c.send(commands...)
	var replies []any
	for range commands {
		if err != nil {
			return nil, fmt.Errorf("proptest: no reply to %s: %w", replayCommandText(commands[len(replies)]), err)
		}
		var reply any
		reply, err = c.read()
		replies = append(replies, reply)
	}
	if err != nil {
		return nil, fmt.Errorf("proptest: no reply to %s: %w", replayCommandText(commands[len(replies)-1]), err)
	}
	return replies, nil
}

// ask is do for one command, whose error reply is an error too.
func (c *replayConn) ask(args ...string) (any, error) {
	replies, err := c.do(args)
	if err != nil {
		return nil, err
	}
	if refused, ok := replies[0].(replyError); ok {
		return nil, fmt.Errorf("proptest: %s: %w", replayCommandText(args), refused)
	}
	return replies[0], nil
}

// unknownCommand reports whether a reply says that the server has no such command, which it says in three ways.
func unknownCommand(reply any) bool {
	err, ok := reply.(replyError)
	text := strings.ToLower(string(err))
	return ok && (strings.HasPrefix(text, "err unknown command") || strings.HasPrefix(text, "err unknown subcommand"))
}

// isReplyError reports whether an error is a reply, so that the connection can go on.
func isReplyError(err error) bool {
	var reply replyError
	return errors.As(err, &reply)
}

// replyText returns a reply as text, an error reply included.
func replyText(reply any) string {
	switch reply := reply.(type) {
	case nil:
		return "nil"
	case string:
		return strconv.Quote(reply)
	case replyError:
		return "error " + strconv.Quote(string(reply))
	case []any:
		items := make([]string, len(reply))
		for i, item := range reply {
			items[i] = replyText(item)
		}
		return "[" + strings.Join(items, " ") + "]"
	}
	return fmt.Sprint(reply)
}
