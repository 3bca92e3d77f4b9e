package goredis_test

import (
	"context"
	"io"
	"log"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/adapters/goredis"
	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/internal/faultproxy"
	"github.com/reprise-go/reprise/internal/redistest"
	"github.com/reprise-go/reprise/policy"
)

func TestMain(m *testing.M) {
	// go-redis logs each failed dial; here they are meant to fail.
	redis.SetLogger(quiet{log.New(io.Discard, "", 0)})
	os.Exit(m.Run())
}

type quiet struct{ *log.Logger }

func (quiet) Printf(context.Context, string, ...any) {}

// rig is a real server, a proxy that hurts, and the decisions that were made.
type rig struct {
	*redis.Client               // through the proxy, with the hook
	direct        *redis.Client // past the proxy, without
	proxy         *faultproxy.Proxy

	mu     sync.Mutex
	events []policy.Event
}

// three is the policy of most tests: quick, but long enough for what they do.
var three = policy.Retry{Retries: 3, Backoff: backoff.NoBackoff{}}

func newRig(t *testing.T, r policy.Retry, plan faultproxy.Plan, options ...func(*redis.Options)) *rig {
	t.Helper()
	server := redistest.Start(t)
	proxy, err := faultproxy.Start(server.Addr(), faultproxy.Config{Plan: plan, Record: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, proxy.Close()) })
	g := &rig{proxy: proxy, direct: redis.NewClient(&redis.Options{Addr: server.Addr()})}
	t.Cleanup(func() { require.NoError(t, g.direct.Close()) })
	r.Observe = func(_ context.Context, e policy.Event) {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.events = append(g.events, e)
	}
	o := &redis.Options{Addr: proxy.Addr()}
	for _, set := range options {
		set(o)
	}
	g.Client = goredis.NewClient(o, r)
	t.Cleanup(func() { require.NoError(t, g.Client.Close()) })
	return g
}

// reasons returns the decisions in order, "incr retrying" for example.
func (g *rig) reasons() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	var all []string
	for _, e := range g.events {
		all = append(all, e.Op+" "+e.Decision.Reason.String())
	}
	return all
}

// runs returns how often the server was sent a command of that name.
func (g *rig) runs(name string) int {
	n := 0
	for _, x := range g.proxy.Record() {
		if x.Forwarded && strings.EqualFold(x.Name(), name) {
			n++
		}
	}
	return n
}

// The plans by which most tests hurt a command.
var on, refused = faultproxy.On, faultproxy.Refused
