package gate_test

import (
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/internal/gate"
)

// TestLateFailures: what began before the one who looked, and fails after him, is no failure of its own.
func TestLateFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := new(gate.Gates)
		fail := func() (net.Conn, error) { return nil, io.EOF }
		_, err := g.Pass(t.Context(), "a:1", fail) // shut for 50 ms
		require.Error(t, err)
		time.Sleep(50 * time.Millisecond)
		_, err = g.Pass(t.Context(), "a:1", fail) // who looks fails too: shut for 100 ms
		require.Error(t, err)
		for range 3 {
			g.Failed("a:1", io.ErrUnexpectedEOF)
		}
		time.Sleep(100 * time.Millisecond)
		require.False(t, g.Shut("a:1"))
	})
}
