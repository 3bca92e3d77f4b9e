package rueidis_test

import (
	"context"
	"crypto/tls"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	retry "github.com/reprise-go/reprise/adapters/rueidis"
	"github.com/reprise-go/reprise/internal/histories"
	"github.com/reprise-go/reprise/internal/histories/lossy"
	"github.com/reprise-go/reprise/internal/histories/rueidisdriver"
	"github.com/reprise-go/reprise/internal/redistest"
)

// sentinelDriver returns the driver of a client that asks real Sentinels for its master, and finds the server of
// the harness in its place.
func sentinelDriver(t *testing.T) func(histories.Options) histories.Driver {
	t.Helper()
	set := behindSentinel(t)
	return func(o histories.Options) histories.Driver {
		option := rueidisdriver.Options(o)
		set(&option)
		c, err := retry.NewClient(option, o.Retry)
		if err != nil {
			panic(err) // the proxy lets the first connection through
		}
		return rueidisdriver.Client{Client: c, Judge: retry.Classify}
	}
}

// behindSentinel returns options of a client that asks real Sentinels for its master, and finds the one server that it
// had in its place.
func behindSentinel(t *testing.T) func(*rueidis.ClientOption) {
	t.Helper()
	sentinels := redistest.StartSentinel(t, 1).Addrs()
	return func(o *rueidis.ClientOption) {
		server := o.InitAddress[0]
		o.InitAddress, o.ForceSingleClient = sentinels, false
		o.Sentinel.MasterSet = redistest.MasterName
		o.DialCtxFn = func(ctx context.Context, addr string, d *net.Dialer, _ *tls.Config) (net.Conn, error) {
			if !slices.Contains(sentinels, addr) {
				addr = server
			}
			return d.DialContext(ctx, "tcp", addr)
		}
	}
}

// TestBehindSentinel: the client of a Sentinel deployment keeps the laws that one of a single server keeps.
func TestBehindSentinel(t *testing.T) {
	driver := sentinelDriver(t)
	t.Run("histories", func(t *testing.T) { histories.Check(t, 300, driver) })
	t.Run("counter", func(t *testing.T) { lossy.CheckCounter(t, driver) })
	t.Run("reads and writes", func(t *testing.T) { lossy.CheckReadsAndWrites(t, driver) })
	t.Run("pipelines", func(t *testing.T) { lossy.CheckPipelinesUnderLoss(t, driver) })
	t.Run("transactions", func(t *testing.T) { lossy.CheckTransactionsUnderLoss(t, driver) })
}

// TestNoGoroutineIsLeft: not after lost replies, refusals, failed dials, a subscription and a closed client.
func TestNoGoroutineIsLeft(t *testing.T) {
	before := goleak.IgnoreCurrent()
	for name, start := range deployments {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			g := start(t, on("get", cutBefore, cutAfter, cutWithin))
			require.True(t, rueidis.IsRedisNil(g.Do(ctx, g.B().Get().Key("k").Build()).Error()))
			for _, r := range g.DoMulti(ctx, g.B().Set().Key("a").Value("1").Build(), g.B().Get().Key("b").Build()) {
				if !rueidis.IsRedisNil(r.Error()) {
					require.NoError(t, r.Error())
				}
			}
			g.DoCache(ctx, g.B().Get().Key("k").Cache(), time.Minute)
			s := g.DoStream(ctx, g.B().Get().Key("missing").Build())
			_, _ = s.WriteTo(nil)
			require.NoError(t, g.Dedicated(func(d rueidis.DedicatedClient) error { return d.Do(ctx, d.B().Get().Key("k").Build()).NonRedisError() }))
			short, end := context.WithTimeout(ctx, 10*time.Millisecond)
			defer end()
			require.ErrorIs(t, g.Receive(short, g.B().Subscribe().Channel("news").Build(), func(rueidis.PubSubMessage) {}), context.DeadlineExceeded)
			require.NoError(t, g.proxy.Refuse())
			g.direct(t, "CLIENT", "KILL", "TYPE", "normal")
			_ = g.Do(ctx, g.B().Incr().Key("n").Build())
		})
	}
	goleak.VerifyNone(t, before)
}
