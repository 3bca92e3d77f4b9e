package goredis_test

import (
	"io"
	"net"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/adapters/goredis"
	"github.com/reprise-go/reprise/internal/redistest"
)

// TestDemotedMaster: twenty idle connections lead to a server that is a replica now, behind an address
// that leads new ones to the master. One command with three retries gets there.
func TestDemotedMaster(t *testing.T) {
	const idle = 20
	ctx := t.Context()
	a := redistest.Start(t)
	b := redistest.StartReplica(t, a)
	address := newSwitch(t, a.Addr())
	for name, write := range map[string]func(c *redis.Client) error{
		"command": func(c *redis.Client) error { return c.Incr(ctx, "command").Err() },
		"pipeline": func(c *redis.Client) error {
			p := c.Pipeline()
			p.Incr(ctx, "pipeline")
			_, err := p.Exec(ctx)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			address.to(a.Addr())
			makeReplica(t, b, a)
			c := goredis.NewClient(&redis.Options{Addr: address.Addr().String(), PoolSize: idle}, three)
			defer func() { require.NoError(t, c.Close()) }()
			held := make([]*redis.Conn, idle)
			for i := range held {
				held[i] = c.Conn()
				require.NoError(t, held[i].Ping(ctx).Err())
			}
			for _, conn := range held {
				require.NoError(t, conn.Close())
			}
			require.EqualValues(t, idle, c.PoolStats().IdleConns)

			makeReplica(t, a, b)
			address.to(b.Addr())
			require.NoError(t, write(c))
			n, err := b.Do(ctx, "GET", name)
			require.NoError(t, err)
			require.Equal(t, "1", n)
		})
	}
}

// makeReplica makes one server the master, and the other its replica.
func makeReplica(t *testing.T, replica, master *redistest.Server) {
	_, err := master.Do(t.Context(), "REPLICAOF", "NO", "ONE")
	require.NoError(t, err)
	host, port, err := net.SplitHostPort(master.Addr())
	require.NoError(t, err)
	_, err = replica.Do(t.Context(), "REPLICAOF", host, port)
	require.NoError(t, err)
}

// switched is an address that leads to one server after the other. Connections stay where they are.
type switched struct {
	net.Listener
	mu     sync.Mutex
	target string
}

func newSwitch(t *testing.T, target string) *switched {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := &switched{Listener: l, target: target}
	var open sync.WaitGroup
	open.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			server, err := net.Dial("tcp", s.target)
			s.mu.Unlock()
			if err != nil {
				client.Close()
				continue
			}
			open.Go(func() { _, _ = io.Copy(server, client); server.Close() })
			open.Go(func() { _, _ = io.Copy(client, server); client.Close() })
		}
	})
	// After the clients are closed, by which the copying ends.
	t.Cleanup(func() { require.NoError(t, l.Close()); open.Wait() })
	return s
}

func (s *switched) to(target string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.target = target
}
