package goredis

import (
	"context"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/internal/gate"
	"github.com/reprise-go/reprise/policy"
)

// TestNodeDiesInAHandshake: the commands that the gate turns away do not keep it shut.
func TestNodeDiesInAHandshake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := member{node{NewHook(policy.Retry{})}, nil, "a:1", new(gate.Gates)}
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
