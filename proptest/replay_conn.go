package proptest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/reprise-go/reprise/internal/resp"
)

// replaySilence is how long a server may take for a batch of small commands before it counts as gone, or as waiting in a
// command that a case should not have.
const replaySilence = 30 * time.Second

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
	if err := c.SetDeadline(time.Now().Add(replaySilence)); err != nil {
		return err
	}
	return resp.Write(c, commands...)
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
		reply, err = resp.Read(c.in)
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
	if refused, ok := replies[0].(resp.Error); ok {
		return nil, fmt.Errorf("proptest: %s: %w", replayCommandText(args), refused)
	}
	return replies[0], nil
}

// unknownCommand reports whether a reply says that the server has no such command, which it says in three ways.
func unknownCommand(reply any) bool {
	err, ok := reply.(resp.Error)
	text := strings.ToLower(string(err))
	return ok && (strings.HasPrefix(text, "err unknown command") || strings.HasPrefix(text, "err unknown subcommand"))
}

// isReplyError reports whether an error is a reply, so that the connection can go on.
func isReplyError(err error) bool {
	var reply resp.Error
	return errors.As(err, &reply)
}

// replyText returns a reply as text, an error reply included.
func replyText(reply any) string {
	switch reply := reply.(type) {
	case nil:
		return "nil"
	case string:
		return strconv.Quote(reply)
	case resp.Error:
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
