package failover

import (
	"context"
	"maps"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/cluster"
)

// Watch counts what a client of a cluster does beside its operations: how often it has read the map, and dialled in
// vain. The zero value is ready to use.
type Watch struct {
	begun     time.Time
	refreshes atomic.Int64

	mu   sync.Mutex
	vain map[string]int64 // dials, by address
}

// Config returns the configuration of the client: it outlives an election, and looks often enough to be back soon
// after it.
func (w *Watch) Config() cluster.Config {
	w.begun = time.Now()
	return cluster.Config{
		ErrorRetries: 100,
		Backoff:      backoff.Equal(backoff.Exponential{Base: 25 * time.Millisecond, Cap: 200 * time.Millisecond}),
		Observe: func(e cluster.RefreshEvent) {
			if e.Ended {
				w.refreshes.Add(1)
			}
		},
	}
}

// Dial is the client's dialer.
func (w *Watch) Dial(ctx context.Context, network, addr string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, addr)
	if err != nil {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.vain == nil {
			w.vain = map[string]int64{}
		}
		w.vain[addr]++
	}
	return conn, err
}

// Check fails the test if the map was read, or a node dialled in vain, more often than the client promises. It has been
// closed. conns is how many connections it may be making to a node as that is lost.
func (w *Watch) Check(t *testing.T, conns int) {
	t.Helper()
	w.mu.Lock()
	vain := maps.Clone(w.vain)
	w.mu.Unlock()
	// A second look may still be under way.
	n, took := w.refreshes.Load(), time.Since(w.begun)
	most := 1 + int64(took/(100*time.Millisecond))
	t.Logf("%d refreshes, of at most %d", n, most)
	require.LessOrEqual(t, n, most, "one in an interval")
	// Those that the loss meets on their way; those after the pauses of 50, 100, 200, 400 and 800 ms, and of a second
	// each; and one in each attempt of a refresh, of which the last may not have ended.
	most = int64(conns) + 5 + int64(took/time.Second) + 3*(n+1)
	t.Logf("dials in vain: %v, of at most %d each", vain, most)
	for addr, n := range vain {
		require.LessOrEqual(t, n, most, addr)
	}
}
