package lossy

import (
	"context"
	"fmt"
	"net"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/internal/redistest"
)

// On starts the server of a load, where that is not one by itself. It returns the server, and what to do once the
// address is known by which clients reach it.
type On func(*testing.T) (server *redistest.Server, announce func(ctx context.Context, addr string) error)

// ACluster is a cluster of one node. Requests for the slot map get through, as handshakes do.
func ACluster(t *testing.T) (server *redistest.Server, announce func(context.Context, string) error) {
	t.Helper()
	node := redistest.StartCluster(t, 1, 0).Servers[0]
	return node, func(ctx context.Context, addr string) error {
		_, port, err := net.SplitHostPort(addr)
		if err != nil {
			return err
		}
		if _, err := node.Do(ctx, "CONFIG", "SET", "cluster-announce-port", port); err != nil {
			return fmt.Errorf("histories: %w", err)
		}
		return nil
	}
}

// byItself is a server that is no cluster.
func byItself(t *testing.T) (server *redistest.Server, announce func(context.Context, string) error) {
	t.Helper()
	return redistest.Start(t), func(context.Context, string) error { return nil }
}

// startOn starts the server of a load.
func startOn(t *testing.T, on []On) (server *redistest.Server, announce func(context.Context, string) error) {
	t.Helper()
	require.LessOrEqual(t, len(on), 1)
	if len(on) == 0 {
		return byItself(t)
	}
	return on[0](t)
}
