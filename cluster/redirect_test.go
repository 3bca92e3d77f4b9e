package cluster_test

import (
	"net"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/cluster"
)

func TestParseRedirect(t *testing.T) {
	for text, want := range map[string]cluster.Redirect{
		"MOVED 3999 127.0.0.1:6381":                {Slot: 3999, Addr: "127.0.0.1:6381"},
		"ASK 0 127.0.0.1:6381":                     {Addr: "127.0.0.1:6381", Ask: true},
		"-MOVED 16383 redis-2.example.com:6381":    {Slot: 16383, Addr: "redis-2.example.com:6381"},
		"-ASK 1 host:1\r\n":                        {Slot: 1, Addr: "host:1", Ask: true},
		"MOVED 1 ::1:6381":                         {Slot: 1, Addr: "[::1]:6381"},
		"MOVED 1 [::1]:6381":                       {Slot: 1, Addr: "[::1]:6381"},
		"MOVED 1 2001:db8::7:6381":                 {Slot: 1, Addr: "[2001:db8::7]:6381"},
		"MOVED 1 :6381":                            {Slot: 1, Addr: ":6381"},
		"MOVED 1 10.0.0.1:6381 name=redis-1.local": {Slot: 1, Addr: "10.0.0.1:6381"},
	} {
		got, ok := cluster.ParseRedirect(text)
		require.True(t, ok, text)
		require.Equal(t, want, got, text)
		again, ok := cluster.ParseRedirect(got.String())
		require.True(t, ok, text)
		require.Equal(t, want, again, "its text is one")
	}
	for _, text := range []string{
		"", "MOVED", "ASK", "ASKING", "MOVED 1", "MOVED 1 ", "MOVED x 127.0.0.1:6381", "MOVED -1 127.0.0.1:6381",
		"MOVED 16384 127.0.0.1:6381", "MOVED 99999999999 127.0.0.1:6381", "MOVED 1 127.0.0.1", "MOVED 1 127.0.0.1:",
		"MOVED 1 127.0.0.1:0", "MOVED 1 127.0.0.1:x", "MOVED 1 127.0.0.1:65536", "MOVED 1 127.0.0.1:+1", "MOVED +1 host:1",
		"moved 1 127.0.0.1:6381", "MOVEDX 1 127.0.0.1:6381", "ERR MOVED 1 127.0.0.1:6381", "MOVED  1 127.0.0.1:6381", "MOVED 1 [::1:6381",
	} {
		_, ok := cluster.ParseRedirect(text)
		require.False(t, ok, text)
	}
}

func FuzzParseRedirect(f *testing.F) {
	for _, text := range []string{"MOVED 3999 127.0.0.1:6381", "-ASK 1 ::1:6381\r\n", "MOVED 1 :1", "ASKING", "MOVED", "MOVED 1 [::1]:1 x"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, ok := cluster.ParseRedirect(text)
		if !ok {
			require.Zero(t, r)
			return
		}
		require.GreaterOrEqual(t, r.Slot, 0)
		require.Less(t, r.Slot, cluster.Slots)
		_, port, err := net.SplitHostPort(r.Addr)
		require.NoError(t, err)
		require.NotEmpty(t, port)
		again, ok := cluster.ParseRedirect(r.String())
		require.True(t, ok)
		require.Equal(t, r, again)
	})
}
