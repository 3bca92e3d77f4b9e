package goredis_test

import (
	"context"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/adapters/goredis"
	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/cluster"
	"github.com/reprise-go/reprise/internal/faultproxy"
	"github.com/reprise-go/reprise/internal/redispy"
	"github.com/reprise-go/reprise/internal/redistest"
	"github.com/reprise-go/reprise/policy"
)

// brisk is a configuration of four cycles that are soon over.
var brisk = cluster.Config{
	Backoff: backoff.Constant(5 * time.Millisecond),
	Refresh: cluster.Refresh{Interval: time.Millisecond, SecondLook: cluster.None},
}

func watcher(t *testing.T, r *redispy.Rig, config cluster.Config, set ...func(*redis.ClusterOptions)) *redis.ClusterClient {
	t.Helper()
	o := &redis.ClusterOptions{Addrs: r.Addrs(), Dialer: r.Dial, ReadTimeout: 100 * time.Millisecond}
	for _, f := range set {
		f(o)
	}
	c, err := goredis.NewClusterClient(o, config)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	require.NoError(t, c.Ping(t.Context()).Err())
	return c
}

// counting returns an fn that counts its calls, and has the key counted up.
func counting(ctx context.Context, key string, calls *int) func(*redis.Tx) error {
	return func(tx *redis.Tx) error {
		*calls++
		_, err := tx.TxPipelined(ctx, func(p redis.Pipeliner) error { p.Incr(ctx, key); return nil })
		return err
	}
}

// TestWatchOnACluster: what happens to the WATCH itself costs no more than time, and fn runs once.
func TestWatchOnACluster(t *testing.T) {
	r := redispy.NewRig(t, nil)
	for name, faults := range map[string][]faultproxy.Action{
		"well":                   nil,
		"not sent":               {{Fault: faultproxy.CutBefore}},
		"lost":                   {{Fault: faultproxy.CutAfter}, {Fault: faultproxy.CutAfter}},
		"no reply":               {{Fault: faultproxy.StallAfter}},
		"loading":                {faultproxy.Refuse("LOADING Redis is loading the dataset in memory")},
		"down":                   {faultproxy.Refuse("CLUSTERDOWN The cluster is down")},
		"in motion":              {faultproxy.Refuse("TRYAGAIN Multiple keys request during rehashing of slot")},
		"in motion, for one key": {faultproxy.Refuse("ASK 1 127.0.0.1:1")},
		"all but the last":       {{Fault: faultproxy.CutBefore}, {Fault: faultproxy.CutBefore}, {Fault: faultproxy.CutBefore}},
	} {
		t.Run(name, func(t *testing.T) {
			// The Tx holds the only connection that there may be.
			c := watcher(t, r, brisk, func(o *redis.ClusterOptions) { o.PoolSize = 1 })
			key, _, owner, _ := r.Key(t)
			r.Proxy(owner).SetPlan(faultproxy.Script(faultproxy.Named("watch"), faults...))
			calls := 0
			require.NoError(t, c.Watch(t.Context(), counting(t.Context(), key, &calls), key))
			require.Equal(t, 1, calls)
			conns := map[int]bool{}
			for _, x := range r.Proxy(owner).Record() {
				if x.Name() == "WATCH" && x.Args[1] == key {
					conns[x.Conn] = true
				}
			}
			if len(faults) == 0 || faults[0].Fault == faultproxy.Answer {
				require.Len(t, conns, 1, "the connection stands")
			}
			require.Equal(t, "1", r.Direct(t, owner, "GET", key))
		})
	}
}

// TestWatchElsewhere: a node that answers, but has the slot no more, is not asked for ever.
func TestWatchElsewhere(t *testing.T) {
	r := redispy.NewRig(t, nil)
	c := watcher(t, r, brisk)
	key, slot, owner, other := r.Key(t)
	require.NoError(t, r.Migrate(t.Context(), slot, other, nil))
	r.Proxy(owner).SetPlan(func(q faultproxy.Request) faultproxy.Action {
		if q.Name() == "WATCH" {
			return faultproxy.Refuse("CLUSTERDOWN The cluster is down")
		}
		return faultproxy.Action{}
	})
	calls := 0
	require.NoError(t, c.Watch(t.Context(), counting(t.Context(), key, &calls), key))
	require.Equal(t, 1, calls)
	require.Equal(t, "1", r.Direct(t, other, "GET", key))
}

var lostReply = faultproxy.Action{Fault: faultproxy.CutAfter, Orderly: true}

// TestWatchGivesUp after the cycles of the configuration, and not after as many for each of go-redis' own attempts.
func TestWatchGivesUp(t *testing.T) {
	r := redispy.NewRig(t, nil)
	fail := func(t *testing.T, c *redis.ClusterClient, f faultproxy.Action) (attempts int, err error) {
		t.Helper()
		key, _, owner, _ := r.Key(t)
		proxy := r.Proxy(owner)
		proxy.SetPlan(func(q faultproxy.Request) faultproxy.Action {
			if q.Name() == "WATCH" {
				attempts++
				return f
			}
			return faultproxy.Action{}
		})
		err = c.Watch(t.Context(), func(*redis.Tx) error { t.Error("called"); return nil }, key)
		proxy.SetPlan(nil)
		return attempts, err
	}
	t.Run("of four cycles", func(t *testing.T) {
		attempts, err := fail(t, watcher(t, r, brisk), lostReply)
		require.Equal(t, 4, attempts)
		require.EqualError(t, err, "goredis: watch: EOF")
		require.NotErrorIs(t, err, io.EOF, "go-redis would begin anew")
		var e *policy.Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, 4, e.Attempts)
		require.ErrorIs(t, e, io.EOF)
		require.Equal(t, classify.Verdict{Class: classify.Ambiguous, Kind: classify.Connection}, goredis.Classify(err))
	})
	t.Run("of a slot that moves for ever", func(t *testing.T) {
		attempts, err := fail(t, watcher(t, r, brisk), faultproxy.Refuse("ASK 1 127.0.0.1:1"))
		require.Equal(t, 4, attempts)
		require.EqualError(t, err, "goredis: watch: ASK 1 127.0.0.1:1")
		require.Equal(t, classify.TryAgain, goredis.Classify(err).Kind)
	})
	t.Run("of one", func(t *testing.T) {
		config := brisk
		config.ErrorRetries = cluster.None
		attempts, err := fail(t, watcher(t, r, config), lostReply)
		require.Equal(t, 1, attempts)
		require.EqualError(t, err, "goredis: watch: EOF")
	})
	t.Run("where go-redis follows nothing", func(t *testing.T) {
		c := watcher(t, r, brisk, func(o *redis.ClusterOptions) { o.MaxRedirects = -1 })
		attempts, err := fail(t, c, lostReply)
		require.Equal(t, 1, attempts)
		require.Equal(t, io.EOF, err)
	})
	t.Run("nobody there", func(t *testing.T) {
		c := watcher(t, r, brisk)
		key, _, owner, _ := r.Key(t)
		r.Proxy(owner).SetPlan(func(faultproxy.Request) faultproxy.Action { return faultproxy.Action{Fault: faultproxy.CutBefore} })
		require.NoError(t, r.Proxy(owner).Refuse())
		defer func() { require.NoError(t, r.Proxy(owner).Listen()) }()
		err := c.Watch(t.Context(), func(*redis.Tx) error { return nil }, key)
		require.ErrorIs(t, err, syscall.ECONNREFUSED)
		require.Equal(t, classify.Verdict{Class: classify.Transient, Kind: classify.Connection}, goredis.Classify(err))
	})
	t.Run("his context has ended", func(t *testing.T) {
		c := watcher(t, r, brisk)
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(io.ErrNoProgress)
		require.Equal(t, io.ErrNoProgress, c.Watch(ctx, func(*redis.Tx) error { return nil }, "k"))
	})
}

// TestWatchRunsOnce: what fails in fn ends the Watch, with the error of fn, whoever's loop it is. A transaction whose
// reply is lost is not run again by go-redis either: it tells the errors of fn from those of WATCH.
func TestWatchRunsOnce(t *testing.T) {
	r := redispy.NewRig(t, nil)
	plain := redis.NewClusterClient(&redis.ClusterOptions{Addrs: r.Addrs(), Dialer: r.Dial, ReadTimeout: 100 * time.Millisecond})
	defer func() { require.NoError(t, plain.Close()) }()
	careless := brisk
	careless.Retry = policy.Retry{Retries: 3, Backoff: backoff.NoBackoff{}, Replay: classify.Accumulating}
	for client, c := range map[string]*redis.ClusterClient{
		"ours": watcher(t, r, brisk), "go-redis'": plain,
		"at least once": watcher(t, r, careless, func(o *redis.ClusterOptions) { o.MaxRetries = 3 }),
	} {
		for fault, want := range map[faultproxy.Fault]any{
			faultproxy.CutBefore: nil, faultproxy.CutAfter: "1", faultproxy.CutMidReply: "1", faultproxy.StallAfter: "1",
		} {
			t.Run(fmt.Sprint(client, " ", fault), func(t *testing.T) {
				key, _, owner, _ := r.Key(t)
				r.Proxy(owner).SetPlan(faultproxy.On("exec", fault))
				calls := 0
				err := c.Watch(t.Context(), counting(t.Context(), key, &calls), key)
				require.Equal(t, classify.Ambiguous, goredis.Classify(err).Class, "%v", err)
				require.Equal(t, 1, calls)
				require.Equal(t, want, r.Direct(t, owner, "GET", key))
			})
		}
	}
	t.Run("a second WATCH, in fn", func(t *testing.T) {
		c := watcher(t, r, brisk)
		key, _, owner, _ := r.Key(t)
		r.Proxy(owner).SetPlan(faultproxy.Script(faultproxy.Named("watch"), faultproxy.Action{}, faultproxy.Action{Fault: faultproxy.CutBefore, Orderly: true}))
		calls := 0
		err := c.Watch(t.Context(), func(tx *redis.Tx) error { calls++; return tx.Watch(t.Context(), key+"2").Err() }, key)
		require.Equal(t, io.EOF, err)
		require.Equal(t, 1, calls)
	})
}

// TestWatchInAFailover: a master dies, or hangs, and nobody who counts with Watch fails but those who were at it. Nothing
// is counted twice.
func TestWatchInAFailover(t *testing.T) {
	for name, lose := range map[string]func(*redistest.Server) error{
		"killed": kill, "frozen": (*redistest.Server).Freeze,
	} {
		t.Run(name, func(t *testing.T) {
			r := redispy.NewRig(t, nil)
			config := brisk
			config.ErrorRetries, config.Backoff = 500, backoff.Constant(50*time.Millisecond) // longer than an election
			c := watcher(t, r, config)
			key, slot, owner, _ := r.Key(t)
			var counted, unknown, since atomic.Int64
			var promoted atomic.Bool
			done := make(chan struct{})
			var all sync.WaitGroup
			for range 4 {
				all.Go(func() {
					for {
						select {
						case <-done:
							return
						default:
						}
						calls := 0
						err := c.Watch(t.Context(), counting(t.Context(), key, &calls), key)
						switch {
						case err == nil:
							counted.Add(1)
							if promoted.Load() {
								since.Add(1)
							}
						case err == redis.TxFailedErr: //nolint:errorlint // as callers do
						case goredis.Classify(err).Class == classify.Ambiguous && calls == 1:
							unknown.Add(1) // between WATCH and the reply of EXEC
						default:
							t.Errorf("%v, after %d calls", err, calls)
							return
						}
					}
				})
			}
			require.Eventually(t, func() bool { return counted.Load() > 50 }, 10*time.Second, time.Millisecond)
			require.NoError(t, lose(owner))
			heir, _, err := r.WaitPromoted(t.Context(), owner)
			require.NoError(t, err)
			_, err = r.WaitServed(t.Context(), slot)
			require.NoError(t, err)
			promoted.Store(true)
			require.Eventually(t, func() bool { return since.Load() > 20 || t.Failed() }, 20*time.Second, time.Millisecond)
			close(done)
			all.Wait()
			var n int64
			_, err = fmt.Sscan(fmt.Sprint(r.Direct(t, heir, "GET", key)), &n)
			require.NoError(t, err)
			t.Logf("%d counted, %d of unknown outcome, the value is %d", counted.Load(), unknown.Load(), n)
			require.LessOrEqual(t, n, counted.Load()+unknown.Load(), "none twice")
			require.LessOrEqual(t, unknown.Load(), int64(4), "those at it")
		})
	}
}
