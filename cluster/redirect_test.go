package cluster_test

import (
	"net"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

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

func TestParseRedirectIsTheInverseOfString(t *testing.T) { rapid.Check(t, parseRedirectIsTheInverse) }

// FuzzParseRedirectOfString is the same law, for as long as one likes.
func FuzzParseRedirectOfString(f *testing.F) { f.Fuzz(rapid.MakeFuzz(parseRedirectIsTheInverse)) }

// Any redirect reads back from its text, as a node says it and as the protocol carries it.
func parseRedirectIsTheInverse(t *rapid.T) {
	host := rapid.OneOf(rapid.SampledFrom([]string{"", "localhost", "::1", "2001:db8::7"}), rapid.StringMatching(`[0-9a-z.-]{1,20}`)).Draw(t, "host")
	port := rapid.IntRange(1, 65535).Draw(t, "port")
	want := cluster.Redirect{
		Slot: rapid.IntRange(0, cluster.Slots-1).Draw(t, "slot"),
		Addr: net.JoinHostPort(host, strconv.Itoa(port)),
		Ask:  rapid.Bool().Draw(t, "ask"),
	}
	text := rapid.SampledFrom([]string{"", "-"}).Draw(t, "before") + want.String() + rapid.SampledFrom([]string{"", "\r\n", " name=a"}).Draw(t, "behind")
	if got, ok := cluster.ParseRedirect(text); !ok || got != want {
		t.Fatalf("ParseRedirect(%q) = %+v, %v, want %+v", text, got, ok, want)
	}
}
