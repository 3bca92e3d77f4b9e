package rueidis_test

import (
	"context"
	"io"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"

	retry "github.com/reprise-go/reprise/adapters/rueidis"
	"github.com/reprise-go/reprise/internal/redistest"
)

// The tests here abandon commands with a connection of rueidis, which goes on reading them after the call has
// returned. The race detector, or a crash, tells if they are touched by then.

// flood resets connections as soon as they are flooded, as often as it is told.
type flood struct {
	net.Listener
	cuts atomic.Int64
}

// newFlood returns a flood before a server, whose address it is told.
func newFlood(t *testing.T, server func(addr string) *redistest.Server) *flood {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	f := &flood{Listener: l}
	to := server(l.Addr().String()).Addr()
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go f.serve(client.(*net.TCPConn), to)
		}
	}()
	return f
}

func (f *flood) serve(client *net.TCPConn, to string) {
	defer client.Close()
	server, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer server.Close()
	go func() { _, _ = io.Copy(client, server) }()
	for chunk := make([]byte, 1<<15); ; {
		n, err := client.Read(chunk)
		if n > 1<<13 && f.cuts.Add(-1) >= 0 { // within what is heavy
			_ = client.SetLinger(0)
			return
		}
		if _, failed := server.Write(chunk[:n]); failed != nil || err != nil {
			return
		}
	}
}

// heavy is more than sockets buffer, so that it is still being written as the connection is cut.
var heavy = strings.Repeat("x", 24<<20)

const rounds = 5

// TestBatchIsTheCallersOwn: once a call has returned, the slice is his to use again, even if that was since his
// context ended: rueidis sends the batch all the same, when its turn comes.
func TestBatchIsTheCallersOwn(t *testing.T) {
	server := redistest.Start(t)
	o := small(server.Addr())
	o.PipelineMultiplex = -1 // one connection, so that the batch has to wait
	c, err := retry.NewClient(o, three)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	require.NoError(t, server.Freeze())
	before := make(chan error)
	go func() { before <- c.Do(t.Context(), c.B().Set().Key("heavy").Value(heavy).Build()).Error() }()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	multi := []rueidis.Completed{c.B().Set().Key("a").Value("1").Build(), c.B().Set().Key("b").Value("2").Build()}
	for _, r := range c.DoMulti(ctx, multi...) {
		require.ErrorIs(t, r.Error(), context.DeadlineExceeded)
	}
	clear(multi)
	require.NoError(t, server.Thaw())
	require.NoError(t, <-before)
	for _, key := range []string{"a", "b"} {
		require.NoError(t, c.Do(t.Context(), c.B().Get().Key(key).Build()).Error(), "sent after all")
	}
}

// TestHelpersRecycleTheirCommands, at once, when they are answered: what they have made is not what was sent.
func TestHelpersRecycleTheirCommands(t *testing.T) {
	for name, server := range map[string]func(addr string) *redistest.Server{
		"single": func(string) *redistest.Server { return redistest.Start(t) },
		"cluster": func(addr string) *redistest.Server {
			_, port, err := net.SplitHostPort(addr)
			require.NoError(t, err)
			return startCluster(t, "--cluster-announce-ip", "127.0.0.1", "--cluster-announce-port", port)
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFlood(t, server)
			o := small(f.Addr().String())
			o.ForceSingleClient = name == "single"
			c, err := retry.NewClient(o, patient)
			require.NoError(t, err)
			t.Cleanup(c.Close)
			if name == "cluster" {
				require.Equal(t, rueidis.ClientModeCluster, c.Mode())
			}
			for range rounds {
				f.cuts.Store(1)
				kvs := map[string]string{"heavy": heavy}
				for i := range 400 {
					kvs["k"+strconv.Itoa(i)] = "v"
				}
				for key, err := range rueidis.MSet(c, t.Context(), kvs) {
					require.NoError(t, err, key)
				}
				require.LessOrEqual(t, f.cuts.Load(), int64(0), "a connection was to be cut")
				got, err := rueidis.MGet(c, t.Context(), []string{"heavy", "k1", "k2", "k399"})
				require.NoError(t, err)
				for key, m := range got {
					v, err := m.ToString()
					require.NoError(t, err)
					require.Equal(t, kvs[key], v)
				}
			}
		})
	}
}
