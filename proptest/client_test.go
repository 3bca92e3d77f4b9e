package proptest_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/internal/redistest"
	"github.com/reprise-go/reprise/proptest"
)

// TestHonestClient: the kit has nothing to say of a client that keeps the laws, whether replies stay away or not.
func TestHonestClient(t *testing.T) {
	for _, within := range []time.Duration{0, 10 * time.Second} {
		for _, honest := range []func(string) proptest.Client{
			func(addr string) proptest.Client { return honest(addr).client() },
			func(addr string) proptest.Client { return (&shared{addr: addr}).client() },
		} {
			proptest.TestClient(t, func(addr string) proptest.Client {
				c := honest(addr)
				c.Within = within
				return c
			})
		}
	}
}

// TestHonestClientOnRedis: nor in front of a real server.
func TestHonestClientOnRedis(t *testing.T) {
	server := redistest.Start(t)
	proptest.TestClientAt(t, server.Addr(), func(addr string) proptest.Client { return honest(addr).client() })
}

// TestClientAtIsCareful: a server that holds something is left alone.
func TestClientAtIsCareful(t *testing.T) {
	server := redistest.Start(t)
	if _, err := server.Do(t.Context(), "SET", "k", "v"); err != nil {
		t.Fatal(err)
	}
	printed := printedBy(t, "1", func(tb rapid.TB) {
		proptest.TestClientAt(tb, server.Addr(), func(addr string) proptest.Client { return honest(addr).client() })
	})
	if !strings.Contains(printed, "holds 1 keys") {
		t.Errorf("printed %q", printed)
	}
	if v, err := server.Do(t.Context(), "GET", "k"); v != "v" || err != nil {
		t.Error(v, err)
	}
}
