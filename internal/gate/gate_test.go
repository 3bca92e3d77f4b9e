package gate_test

import (
	"context"
	"io"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/internal/gate"
)

// TestGate: a node that fails dials gets few of them, and is found when it is back.
func TestGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := new(gate.Gates)
		begun, dials, down := time.Now(), 0, true
		dial := func() (net.Conn, error) {
			dials++
			if down {
				return nil, io.EOF
			}
			return nil, nil //nolint:nilnil // as good as a connection
		}
		for time.Since(begun) < 10*time.Second {
			_, err := g.Pass(t.Context(), "a:1", dial)
			require.Equal(t, io.EOF, err)
			time.Sleep(time.Millisecond)
		}
		// At 0, 50, 150, 350, 750 and 1550 ms, and then each second.
		require.Equal(t, 14, dials)
		_, err := g.Pass(t.Context(), "b:1", func() (net.Conn, error) { return nil, nil }) //nolint:nilnil // likewise
		require.NoError(t, err, "another node")

		down = false
		back := time.Now()
		for {
			if _, err := g.Pass(t.Context(), "a:1", dial); err == nil {
				break
			}
			time.Sleep(time.Millisecond)
		}
		require.LessOrEqual(t, time.Since(back), time.Second)
		_, err = g.Pass(t.Context(), "a:1", dial)
		require.Error(t, err, "shut, until the handshake is through")
		g.Open("a:1")
		down = true
		_, err = g.Pass(t.Context(), "a:1", dial)
		require.Error(t, err)
		time.Sleep(50 * time.Millisecond)
		before := dials
		_, err = g.Pass(t.Context(), "a:1", dial)
		require.Error(t, err)
		require.Equal(t, before+1, dials, "it begins anew")
	})
}

// TestOneProbe: of those who wait for a node one dials.
func TestOneProbe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := new(gate.Gates)
		_, err := g.Pass(t.Context(), "a:1", func() (net.Conn, error) { return nil, io.EOF })
		require.Error(t, err)
		time.Sleep(time.Second)
		dials := 0
		var all sync.WaitGroup
		for range 1000 {
			all.Go(func() {
				_, _ = g.Pass(t.Context(), "a:1", func() (net.Conn, error) {
					dials++
					time.Sleep(time.Second)
					return nil, io.EOF
				})
			})
		}
		all.Wait()
		require.Equal(t, 1, dials)

		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		time.Sleep(time.Minute)
		g.Left("b:1") // of which nothing is known
		for range 2 {
			_, err = g.Pass(ctx, "a:1", func() (net.Conn, error) { dials++; return nil, ctx.Err() })
			require.Equal(t, context.Canceled, err)
		}
		require.Equal(t, 3, dials, "a caller who left says nothing about the node")
	})
}

// TestFailuresOfOneMoment: what ends all connections that are being made is one failure.
func TestFailuresOfOneMoment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := new(gate.Gates)
		for range 20 {
			g.Failed("a:1", io.EOF)
		}
		time.Sleep(50 * time.Millisecond)
		_, err := g.Pass(t.Context(), "a:1", func() (net.Conn, error) { return nil, nil }) //nolint:nilnil // as good as a connection
		require.NoError(t, err, "it may be looked at again")
		g.Failed("a:1", io.EOF)
		time.Sleep(99 * time.Millisecond)
		_, err = g.Pass(t.Context(), "a:1", func() (net.Conn, error) { return nil, nil }) //nolint:nilnil // as good as a connection
		require.Equal(t, io.EOF, err, "the second failure in a row")
	})
}
