package goredis

import (
	"bufio"
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/internal/gate"
	"github.com/reprise-go/reprise/policy"
)

// TestNodeDiesInAHandshake: the commands that the gate turns away do not keep it shut.
func TestNodeDiesInAHandshake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := member{node{of: NewHook(policy.Retry{})}, nil, "a:1", new(gate.Gates), new(*redis.Client)}
		dials, down := 0, true
		dial := m.DialHook(func(context.Context, string, string) (net.Conn, error) {
			dials++
			return &net.TCPConn{}, nil
		})
		// connect is what go-redis does for a command that finds no connection.
		connect := func() error {
			conn, err := dial(t.Context(), "tcp", "a:1")
			require.NoError(t, err, "as the pool sees it")
			return m.ProcessHook(func(context.Context, redis.Cmder) error {
				_, gone := conn.(undialed)
				switch {
				case gone:
					_, err := conn.Write(nil)
					return err
				case down:
					return io.EOF
				}
				return nil
			})(t.Context(), redis.NewCmd(t.Context(), "hello"))
		}
		require.ErrorIs(t, connect(), io.EOF)
		down = false
		back := time.Now()
		err := connect()
		require.ErrorIs(t, err, io.EOF)
		named := nodeOf(err)
		for err != nil && time.Since(back) < time.Minute {
			time.Sleep(time.Millisecond)
			err = connect()
		}
		require.NoError(t, err)
		require.Equal(t, 50*time.Millisecond, time.Since(back))
		require.Equal(t, "a:1", named, "so that it is asked last for the map")
		require.Equal(t, 2, dials)
	})
}

// pong is a server that knows PING and nothing else.
func pong(conn net.Conn) {
	defer conn.Close()
	for words := bufio.NewScanner(conn); words.Scan(); {
		switch reply := "-ERR unknown command\r\n"; strings.ToUpper(words.Text()) {
		case "PING":
			reply = "+PONG\r\n"
			fallthrough
		case "HELLO":
			_, _ = io.WriteString(conn, reply)
		}
	}
}

// TestCommandsTurnBackAtAShutGate: before they wait for their turn in the pool, and unless a connection is there that
// needs no dial.
func TestCommandsTurnBackAtAShutGate(t *testing.T) {
	const addr = "127.0.0.1:1" // a name would have go-redis look it up, once for the process, and in this bubble
	synctest.Test(t, func(t *testing.T) {
		c := redis.NewClient(&redis.Options{
			Addr: addr, Protocol: 2, DisableIdentity: true, MaxRetries: -1, DialerRetries: 1,
			MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
			Dialer: func(context.Context, string, string) (net.Conn, error) {
				client, server := net.Pipe()
				go pong(server)
				return client, nil
			},
		})
		m := member{node{of: NewHook(policy.Retry{})}, nil, addr, new(gate.Gates), new(*redis.Client)}
		joins(c, m)
		ctx, asked := t.Context(), func() uint32 { return c.PoolStats().Hits + c.PoolStats().Misses }
		held := c.Conn()
		require.NoError(t, held.Ping(ctx).Err())

		m.gates.Failed(addr, &unsent{io.EOF, addr})
		before := asked()
		err := c.Ping(ctx).Err()
		require.ErrorIs(t, err, io.EOF)
		require.Equal(t, named(addr), nodeOf(err))
		require.Equal(t, before, asked(), "the pool was asked")
		require.NoError(t, held.Ping(ctx).Err(), "it has a connection")

		require.NoError(t, held.Close())
		require.NoError(t, c.Ping(ctx).Err(), "one lies idle")
		held = c.Conn()
		require.NoError(t, held.Ping(ctx).Err())
		time.Sleep(time.Second)
		require.NoError(t, c.Ping(ctx).Err(), "it is time to look again")
		require.NoError(t, held.Close())
		require.NoError(t, c.Close())
	})
}
