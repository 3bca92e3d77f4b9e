package goredis_test

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/adapters/goredis"
	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/faultproxy"
	"github.com/reprise-go/reprise/internal/redistest"
	"github.com/reprise-go/reprise/policy"
)

// TestLoadingEstimate: whoever is refused waits as long as the server says that it will go on loading, and then its own
// delay. The server is asked once for all.
func TestLoadingEstimate(t *testing.T) {
	const own = 30 * time.Millisecond
	for name, get := range reads {
		for _, ring := range []bool{false, true} {
			if ring && name == "pipeline" {
				continue // as on one server
			}
			t.Run(fmt.Sprintf("%s, on a ring: %v", name, ring), func(t *testing.T) {
				t.Parallel()
				server := redistest.StartLoading(t, 2_000)
				var (
					mu     sync.Mutex
					events []policy.Event
				)
				r := policy.Retry{Retries: policy.Unlimited, Backoff: backoff.Constant(own), Observe: func(_ context.Context, e policy.Event) {
					mu.Lock()
					defer mu.Unlock()
					events = append(events, e)
				}}
				var c redis.UniversalClient
				if ring {
					c = goredis.NewRing(&redis.RingOptions{
						Addrs: map[string]string{"a": server.Addr()}, HeartbeatFn: func(context.Context, *redis.Client) bool { return true },
					}, r)
				} else {
					c = goredis.NewClient(&redis.Options{Addr: server.Addr()}, r)
				}
				defer func() { require.NoError(t, c.Close()) }()
				var all sync.WaitGroup
				for range 20 {
					all.Go(func() {
						if err := get(t.Context(), c, "key:1"); err != nil {
							t.Error(err)
						}
					})
				}
				all.Wait()
				hinted := 0
				for _, e := range events {
					if d := e.Decision; d.Kind == classify.BusyLoading {
						if d.After > 0 {
							hinted++
						}
						if want := own + min(d.After, 5*time.Second); d.Delay != want {
							t.Errorf("waits %v where the server says %v, want %v", d.Delay, d.After, want)
						}
					}
				}
				if hinted < 20 {
					t.Errorf("%d decisions knew the server's estimate, want 20 or more", hinted)
				}
				if n := server.Calls(t, "info"); n < 1 || n > 5 {
					t.Errorf("INFO was asked %d times by 20 callers, want once for each estimate", n)
				}
			})
		}
	}
}

// TestLoadingBlock: what a server says of a block while it loads, and of one that it has queued before it began to, as a
// replica does. Both run in the end, once.
func TestLoadingBlock(t *testing.T) {
	said := func(p *faultproxy.Proxy) (all []string) {
		for _, x := range p.Record() {
			if name := x.Name(); name == "MULTI" || name == "GET" || name == "EXEC" {
				all = append(all, strings.TrimSpace(x.Said()))
			}
		}
		return all
	}
	t.Run("a server that loads", func(t *testing.T) {
		server := redistest.StartLoading(t, 400)
		proxy := before(t, server, nil)
		c := newSteady(t, proxy.Addr(), lasting)
		require.NoError(t, reads["transaction"](t.Context(), c.Client, "key:1"))
		got := said(proxy)
		require.Equal(t, []string{"+OK", "-" + nowLoading, "-EXECABORT Transaction discarded because of previous errors."}, got[:3])
		require.Equal(t, []string{"+OK", "+QUEUED", "*1\r\n$7\r\nvalue:1"}, got[len(got)-3:])
		require.Equal(t, classify.BusyLoading, c.seen()[0].Decision.Kind)
	})
	t.Run("a replica that begins to", func(t *testing.T) {
		master := redistest.Start(t, "--repl-diskless-sync-delay", "0")
		_, err := master.Do(t.Context(), "DEBUG", "POPULATE", "400")
		require.NoError(t, err)
		server := redistest.Start(t, "--key-load-delay", "1000", "--loading-process-events-interval-bytes", "1024", "--repl-diskless-load", "disabled")
		begun := false
		proxy := before(t, server, func(r faultproxy.Request) faultproxy.Action {
			if r.Name() == "EXEC" && !begun {
				begun = true
				host, port, err := net.SplitHostPort(master.Addr())
				if err == nil {
					_, err = server.Do(t.Context(), "REPLICAOF", host, port)
				}
				for err == nil && t.Context().Err() == nil { // until it loads
					_, err = server.Do(t.Context(), "GET", "key:1")
				}
				if err == nil || !strings.Contains(err.Error(), nowLoading) {
					t.Error(err)
				}
			}
			return faultproxy.Action{}
		})
		c := newSteady(t, proxy.Addr(), lasting)
		require.NoError(t, reads["transaction"](t.Context(), c.Client, "key:1"))
		got := said(proxy)
		require.Equal(t, []string{"+OK", "+QUEUED", "-EXECABORT Transaction discarded because of: " + nowLoading}, got[:3])
		require.Equal(t, []string{"+OK", "+QUEUED", "*1\r\n$7\r\nvalue:1"}, got[len(got)-3:])
		require.Equal(t, classify.BusyLoading, c.seen()[0].Decision.Kind)
	})
}

// before starts a proxy before a server.
func before(t *testing.T, s *redistest.Server, plan faultproxy.Plan) *faultproxy.Proxy {
	t.Helper()
	proxy, err := faultproxy.Start(s.Addr(), faultproxy.Config{Plan: plan, Record: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, proxy.Close()) })
	return proxy
}
