package rueidis_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	retry "github.com/reprise-go/reprise/adapters/rueidis"
	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/internal/faultproxy"
	"github.com/reprise-go/reprise/internal/redistest"
	"github.com/reprise-go/reprise/policy"
)

// patient outlasts connections that are killed all the time.
var patient = policy.Retry{
	Retries: policy.Unlimited, MaxElapsed: time.Minute,
	Backoff: backoff.Full(backoff.Exponential{Base: 50 * time.Microsecond, Cap: 5 * time.Millisecond}),
}

// TestCommandLifetime: rueidis recycles commands, so that one sent at the wrong moment is another caller's. Here they are
// sent again and again, while connections are killed every few milliseconds and the server says LOADING in
// between: commands of one use and pinned ones that all goroutines share, alone, in batches, from the cache and
// by rueidis' helpers. Each reply must be that of its request; the race detector looks on.
func TestCommandLifetime(t *testing.T) {
	const goroutines, operations = 32, 100_000
	server := redistest.Start(t)
	proxy, err := faultproxy.Start(server.Addr(), faultproxy.Config{Exempt: faultproxy.Handshake})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, proxy.Close()) })
	o := small(proxy.Addr())
	o.DisableCache = false
	var retries atomic.Int64
	r := patient
	r.Observe = func(_ context.Context, e policy.Event) {
		if e.Decision.Reason == policy.Retrying {
			retries.Add(1)
		}
	}
	c, err := retry.NewClient(o, r)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	for i := range shared {
		require.NoError(t, c.Do(t.Context(), c.B().Set().Key(key(i)).Value(key(i)).Build()).Error())
	}
	plan, err := faultproxy.Rates{Loading: 0.02}.Plan(1)
	require.NoError(t, err)
	proxy.SetPlan(plan)

	h := hammer{Client: c}
	for i := range shared {
		h.pinned = append(h.pinned, c.B().Get().Key(key(i)).Build().Pin())
	}
	ctx, done := context.WithCancel(t.Context())
	var killer, workers sync.WaitGroup
	kills, ended := 0, make(chan struct{}, 1)
	killer.Go(func() {
		every := time.NewTicker(5 * time.Millisecond)
		defer every.Stop()
		for ctx.Err() == nil {
			if _, err := server.Do(t.Context(), "CLIENT", "KILL", "TYPE", "normal"); err != nil {
				t.Error(err)
			}
			kills++
			<-every.C
			select {
			case <-ended: // or a slow machine gets nothing done between two kills
			case <-ctx.Done():
			}
		}
	})
	var count atomic.Int64
	for i := range goroutines {
		workers.Go(func() {
			for n := 0; count.Load() < operations && !t.Failed(); n++ {
				count.Add(h.round(t, i, n))
				if n%8 == 0 {
					select {
					case ended <- struct{}{}:
					default:
					}
				}
			}
		})
	}
	workers.Wait()
	done()
	killer.Wait()
	t.Logf("%d operations, %d kills, %d retries: each reply belongs to its request", count.Load(), kills, retries.Load())
	require.GreaterOrEqual(t, count.Load(), int64(operations))
	require.Greater(t, retries.Load(), int64(1000))
}

// shared is how many commands are pinned and used by all.
const shared = 20

func key(i int) string { return fmt.Sprint("key:", i%shared) }

// hammer runs operations of which the reply is known beforehand.
type hammer struct {
	rueidis.Client
	pinned []rueidis.Completed
}

// round runs one operation of each kind and returns how many commands that were.
func (h *hammer) round(t *testing.T, worker, n int) (count int64) {
	ctx := t.Context()
	say := func(i int) string { return fmt.Sprintf("%d:%d:%d", worker, n, i) }
	is := func(want string, r rueidis.RedisResult) {
		if got, err := r.ToString(); err != nil || got != want {
			t.Errorf("the reply is %q, %v; want %q", got, err, want)
		}
		count++
	}
	is(say(0), h.Do(ctx, h.B().Echo().Message(say(0)).Build()))
	is(key(n), h.Do(ctx, h.pinned[n%shared]))
	is("OK", h.Do(ctx, h.B().Set().Key(key(n)).Value(key(n)).Build()))
	// Ten words: more than are kept without an allocation.
	is(say(1), h.Do(ctx, h.B().EvalRo().Script("return ARGV[7]").Numkeys(0).Arg("1", "2", "3", "4", "5", "6", say(1)).Build()))
	is(key(n), h.DoCache(ctx, h.B().Get().Key(key(n)).Cache(), time.Minute))

	const echoes = 30
	multi := make([]rueidis.Completed, 0, echoes+1)
	for i := range echoes {
		multi = append(multi, h.B().Echo().Message(say(i)).Build())
	}
	for i, r := range h.DoMulti(ctx, append(multi, h.pinned[n%shared])...) {
		if i == echoes {
			is(key(n), r)
		} else {
			is(say(i), r)
		}
	}
	clear(multi) // the caller's, now that the call has returned
	for i, r := range h.DoMultiCache(ctx, rueidis.CT(h.B().Get().Key(key(n)).Cache(), time.Minute), rueidis.CT(h.B().Strlen().Key(key(n)).Cache(), time.Minute)) {
		if i == 0 {
			is(key(n), r)
		} else {
			length, _ := r.AsInt64()
			assert.EqualValues(t, len(key(n)), length, "%v", r)
		}
	}
	keys := []string{key(n), key(n + 1), key(n + 7)}
	got, _ := rueidis.MGet(h, ctx, keys)
	for _, k := range keys {
		is(k, rueidis.NewResult(got[k], nil))
	}
	for k, err := range rueidis.MSet(h, ctx, map[string]string{key(n): key(n), key(n + 1): key(n + 1)}) {
		if err != nil {
			t.Error(k, err)
		}
		count++
	}
	return count
}
