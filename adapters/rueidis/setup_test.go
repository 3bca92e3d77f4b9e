package rueidis_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"

	retry "github.com/reprise-go/reprise/adapters/rueidis"
	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/internal/faultproxy"
	"github.com/reprise-go/reprise/internal/redistest"
	"github.com/reprise-go/reprise/policy"
)

// three is the policy of most tests: quick, but long enough for what they do.
var three = policy.Retry{Retries: 3, Backoff: backoff.NoBackoff{}}

// rig is a real server, a proxy that hurts, and the decisions that were made.
type rig struct {
	rueidis.Client // through the proxy, under the policy
	server         *redistest.Server
	proxy          *faultproxy.Proxy

	mu     sync.Mutex
	events []policy.Event
}

// newRig returns a rig of a server of its own, with no cache and a small client.
func newRig(t *testing.T, r policy.Retry, plan faultproxy.Plan, options ...func(*rueidis.ClientOption)) *rig {
	t.Helper()
	return rigAt(t, redistest.Start(t), r, plan, options...)
}

// rigAt is newRig before a server that the test has started. The connection that the client makes as it is
// made is spared by the plan.
func rigAt(t *testing.T, server *redistest.Server, r policy.Retry, plan faultproxy.Plan, options ...func(*rueidis.ClientOption)) *rig {
	t.Helper()
	proxy, err := faultproxy.Start(server.Addr(), faultproxy.Config{Record: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, proxy.Close()) })
	g := &rig{server: server, proxy: proxy}
	r.Observe = g.observe
	o := small(proxy.Addr())
	for _, set := range options {
		set(&o)
	}
	g.Client, err = retry.NewClient(o, r)
	require.NoError(t, err)
	t.Cleanup(g.Close)
	proxy.SetPlan(plan)
	return g
}

// small returns the options of a client that takes little memory: rueidis' own defaults are meant for one client
// in a program.
func small(addr string) rueidis.ClientOption {
	return rueidis.ClientOption{
		InitAddress: []string{addr}, ForceSingleClient: true, DisableCache: true,
		RingScaleEachConn: 8, ReadBufferEachConn: 1 << 12, WriteBufferEachConn: 1 << 12,
	}
}

func (g *rig) observe(_ context.Context, e policy.Event) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.events = append(g.events, e)
}

// seen returns the decisions so far, and forgets them.
func (g *rig) seen() []policy.Event {
	g.mu.Lock()
	defer g.mu.Unlock()
	all := g.events
	g.events = nil
	return all
}

// why returns the decisions so far, "incr retrying" for example, and forgets them.
func (g *rig) why() []string {
	var all []string
	for _, e := range g.seen() {
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

// direct runs a command past the proxy.
func (g *rig) direct(t *testing.T, args ...string) any {
	t.Helper()
	reply, err := g.server.Do(t.Context(), args...)
	require.NoError(t, err)
	return reply
}

// command builds a command of words.
func (g *rig) command(args ...string) rueidis.Completed { return g.B().Arbitrary(args...).Build() }

const (
	cutBefore = faultproxy.CutBefore
	cutAfter  = faultproxy.CutAfter
	cutWithin = faultproxy.CutMidReply
)

const (
	// patience is how long a test waits for what happens in milliseconds.
	patience = 20 * time.Second
	tick     = time.Millisecond
)

// The plans by which most tests hurt a command.
var on, refused = faultproxy.On, faultproxy.Refused
