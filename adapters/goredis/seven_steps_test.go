package goredis_test

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/adapters/goredis"
	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/cluster"
	"github.com/reprise-go/reprise/internal/redistest"
	"github.com/reprise-go/reprise/policy"
)

func kill(s *redistest.Server) error { s.Kill(); return nil }

// TestSevenSteps is cluster's test of that name on real sockets: rc.set('foo', 'bar') with Retry(ExponentialBackoff(), 6) and
// cluster_error_retry_attempts=1, where the master of foo is gone and nobody replaces it. redis-py makes all of the
// attempts only if they time out.
func TestSevenSteps(t *testing.T) {
	for _, tt := range []struct {
		name string
		lose func(*redistest.Server) error
		// timeout is that of dials, once the master is lost.
		timeout time.Duration
		kind    classify.Kind
	}{
		{"refused", kill, 0, classify.Connection},
		{"a dial that times out", kill, time.Nanosecond, classify.Timeout},
		{"a node that takes connections, and never answers", (*redistest.Server).Freeze, 0, classify.Timeout},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := redistest.StartCluster(t, 3, 1, "--cluster-replica-no-failover", "yes")
			var (
				mu   sync.Mutex
				kept []string
			)
			note := func(format string, args ...any) {
				mu.Lock()
				defer mu.Unlock()
				kept = append(kept, fmt.Sprintf(format, args...))
			}
			var lost atomic.Value // its port
			lost.Store("")
			dial := func(ctx context.Context, network, addr string) (net.Conn, error) {
				var d net.Dialer
				if port := lost.Load().(string); port != "" && strings.HasSuffix(addr, port) {
					d.Timeout = tt.timeout
				}
				return d.DialContext(ctx, network, addr)
			}
			c, err := goredis.NewClusterClient(&redis.ClusterOptions{Addrs: d.Addrs(), Dialer: dial, ReadTimeout: 50 * time.Millisecond}, cluster.Config{
				Retry: policy.Retry{
					Retries: 6, Backoff: backoff.Exponential{Base: time.Millisecond},
					Observe: func(_ context.Context, e policy.Event) {
						if e.Err != nil {
							note("%d %v, %v", e.State.Attempt, e.Decision.Kind, e.Decision.Reason)
						}
					},
				},
				ErrorRetries: 1,
				Backoff:      backoff.NoBackoff{},
				Refresh:      cluster.Refresh{SecondLook: cluster.None},
				Observe: func(e cluster.RefreshEvent) {
					if e.Ended && e.Cause != nil && e.Err == nil {
						note("refresh")
					}
				},
			})
			require.NoError(t, err)
			defer func() { require.NoError(t, c.Close()) }()
			require.NoError(t, c.Set(t.Context(), "foo", "bar", 0).Err())
			master, err := d.Master(t.Context(), cluster.Slot("foo"))
			require.NoError(t, err)
			require.NoError(t, tt.lose(master))
			lost.Store(master.Addr()[strings.LastIndexByte(master.Addr(), ':'):])
			err = c.Set(t.Context(), "foo", "bar", 0).Err()
			require.Equal(t, tt.kind, goredis.Classify(err).Kind, "%v", err)

			var cycle []string
			for n := range 6 {
				cycle = append(cycle, fmt.Sprintf("%d %v, retrying", n+1, tt.kind))
			}
			var want []string
			want = append(want, cycle...)
			// The seventh attempt ends the cycle, of two the first.
			want = append(want, fmt.Sprintf("1 %v, retrying", tt.kind), "refresh")
			want = append(want, cycle...)
			want = append(want, fmt.Sprintf("2 %v, out_of_retries", tt.kind))
			mu.Lock()
			defer mu.Unlock()
			require.GreaterOrEqual(t, len(kept), len(want), "%v", kept)
			require.Equal(t, want, kept[:len(want)]) // a refresh trails behind
		})
	}
}
