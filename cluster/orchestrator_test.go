package cluster_test

import (
	"context"
	"errors"
	"io"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/cluster"
	"github.com/reprise-go/reprise/policy"
)

// TestSevenSteps is the end of redis-py's page on retries: Retry(ExponentialBackoff(), 6) and one further cycle. There
// it holds for dials that time out, and for a refused one there is one dial in each cycle and no backoff.
func TestSevenSteps(t *testing.T) {
	for name, failure := range map[string]error{"refused": refused, "timed out": timedOut} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var top topology
				o := must(cluster.New(&top, cluster.Config{
					Seeds:        seeds,
					Retry:        policy.Retry{Retries: 6, Backoff: backoff.Exponential{}},
					ErrorRetries: 1,
					Backoff:      backoff.NoBackoff{},
					Refresh:      cluster.Refresh{SecondLook: cluster.None},
				}))
				defer o.Close()
				start, attempts, between := time.Now(), 0, 0
				err := o.Do(t.Context(), classify.Idempotent, func(context.Context) (string, error) {
					attempts++
					between = top.count()
					switch top.count() {
					case 0:
						require.LessOrEqual(t, attempts, 7)
					case 1:
						require.Greater(t, attempts, 7)
					}
					return "a:7000", failure
				})
				require.ErrorIs(t, err, failure)
				require.Equal(t, 14, attempts)
				require.Equal(t, 1, between, "one refresh, between the cycles")
				synctest.Wait()
				require.Equal(t, 2, top.count(), "and one for those who come next")
				require.Equal(t, "a:7000", top.asked[0][2], "the failed node is asked last")
				// 16+32+64+128+256+512 ms in each cycle, and none after the last.
				require.Equal(t, 2*1008*time.Millisecond, time.Since(start))
				var e *policy.Error
				require.ErrorAs(t, err, &e)
				require.Equal(t, policy.Error{Attempts: 14, Reason: policy.OutOfRetries, Err: failure}, *e)
			})
		})
	}
}

// TestCycles: what follows from a failure, under the defaults.
func TestCycles(t *testing.T) {
	for _, tt := range []struct {
		name      string
		replay    classify.Replay
		failure   error
		attempts  int
		refreshes int
		reason    policy.Reason
	}{
		{"nobody there", classify.Never, refused, 4, 4, policy.OutOfRetries},
		{"too slow a dial", classify.Never, timedOut, 4, 4, policy.OutOfRetries},
		{"the cluster is down", classify.Never, reply("CLUSTERDOWN The cluster is down"), 4, 4, policy.OutOfRetries},
		{"a replica without its master", classify.Never, reply("MASTERDOWN Link with MASTER is down"), 4, 4, policy.OutOfRetries},
		{"a node that reads its data", classify.Never, reply("LOADING Redis is loading"), 4, 4, policy.OutOfRetries},
		{"a slot in motion is waited for", classify.Never, reply("TRYAGAIN Multiple keys"), 4, 0, policy.OutOfRetries},
		{"a lost reply, of what may run again", classify.Idempotent, io.EOF, 4, 4, policy.OutOfRetries},
		{"a lost reply, of what may not", classify.Accumulating, io.EOF, 1, 1, 0},
		{"a replica, if not listed", classify.Never, reply("READONLY You can't write"), 1, 0, 0},
		{"what is final", classify.ReadOnly, reply("WRONGTYPE …"), 1, 0, 0},
		{"what nobody knows", classify.ReadOnly, errors.New("frobnicated"), 1, 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var top topology
				o := must(cluster.New(&top, cluster.Config{Seeds: seeds, Refresh: cluster.Refresh{SecondLook: cluster.None}}))
				defer o.Close()
				attempts := 0
				err := o.Do(t.Context(), tt.replay, func(context.Context) (string, error) {
					attempts++
					return "a:7000", tt.failure
				})
				require.ErrorIs(t, err, tt.failure)
				require.Equal(t, tt.attempts, attempts)
				time.Sleep(time.Second) // one may trail behind
				require.Equal(t, tt.refreshes, top.count())
				if tt.attempts == 1 {
					require.Equal(t, tt.failure, err, "untouched")
					return
				}
				var e *policy.Error
				require.ErrorAs(t, err, &e)
				require.Equal(t, tt.reason, e.Reason)
				require.Equal(t, tt.attempts, e.Attempts)
			})
		})
	}
}

// TestFullPool: a client that has too few connections waits for one, and asks no node for the map for that.
func TestFullPool(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		full := errors.New("no connection is free")
		var top topology
		o := must(cluster.New(&top, cluster.Config{Seeds: seeds, Retry: policy.Retry{
			Classify: classify.Is(full, classify.Verdict{Class: classify.Transient, Kind: classify.Pool}),
		}}))
		defer o.Close()
		attempts := 0
		err := o.Do(t.Context(), classify.Never, func(context.Context) (string, error) { attempts++; return "", full })
		require.ErrorIs(t, err, full)
		require.Equal(t, 4, attempts)
		time.Sleep(time.Minute)
		require.Zero(t, top.count())
	})
}

// TestOutlastsAnElection: the default waits for a replica that is promoted after three seconds, where redis-py's
// cycles are over after 33 ms.
func TestOutlastsAnElection(t *testing.T) {
	for range 20 { // the delays are drawn
		synctest.Test(t, func(t *testing.T) {
			begun := time.Now()
			up := func() bool { return time.Since(begun) > 1700*time.Millisecond }
			var top topology
			o := must(cluster.New(&top, cluster.Config{Seeds: seeds}))
			defer o.Close()
			require.NoError(t, o.Do(t.Context(), classify.Never, func(context.Context) (string, error) {
				if up() {
					return "b:7000", nil
				}
				return "a:7000", refused
			}))
		})
	}
}

// TestOneRefresh: ten thousand that fail together have the map read once.
func TestOneRefresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var top topology
		top.refresh = func(ctx context.Context, seeds []string) ([]string, error) {
			time.Sleep(20 * time.Millisecond)
			return seeds, nil
		}
		o := must(cluster.New(&top, cluster.Config{Seeds: seeds, Backoff: backoff.NoBackoff{}, Refresh: cluster.Refresh{SecondLook: cluster.None}}))
		defer o.Close()
		var all sync.WaitGroup
		for range 10_000 {
			all.Go(func() {
				err := o.Do(t.Context(), classify.ReadOnly, failingOnce())
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		require.Equal(t, 1, top.count())
	})
}

// TestLateComersWaitForTheNext: one that has used the newest map, and failed with it, needs a newer one.
func TestLateComersWaitForTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var top topology
		o := must(cluster.New(&top, cluster.Config{Seeds: seeds, Backoff: backoff.NoBackoff{}, Refresh: cluster.Refresh{SecondLook: cluster.None}}))
		defer o.Close()
		start, n := time.Now(), 0
		require.NoError(t, o.Do(t.Context(), classify.ReadOnly, func(context.Context) (string, error) {
			n++
			if n < 3 {
				return "a:7000", refused
			}
			return "b:7000", nil
		}))
		require.Equal(t, 2, top.count())
		require.GreaterOrEqual(t, time.Since(start), 100*time.Millisecond, "the shortest interval between two")
		require.LessOrEqual(t, time.Since(start), 150*time.Millisecond)
	})
}

// TestSecondLook: the first refresh often comes before the replica is promoted.
func TestSecondLook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var top topology
		o := must(cluster.New(&top, cluster.Config{Seeds: seeds, Backoff: backoff.NoBackoff{}}))
		defer o.Close()
		require.NoError(t, o.Do(t.Context(), classify.ReadOnly, failingOnce()))
		require.Equal(t, 1, top.count())
		time.Sleep(990 * time.Millisecond)
		require.Equal(t, 1, top.count())
		time.Sleep(20 * time.Millisecond)
		synctest.Wait()
		require.Equal(t, 2, top.count())
		time.Sleep(time.Hour)
		require.Equal(t, 2, top.count(), "and no more")
	})
}

// TestFailedRefresh consumes a cycle, unless it is final.
func TestFailedRefresh(t *testing.T) {
	for _, tt := range []struct {
		name     string
		failure  error
		attempts int // of the operation
		asked    int // of the topology
	}{
		{"nobody answers", errNobody, 1, 9}, // three cycles, three tries in each
		{"refused", refused, 1, 9},
		{"a wrong password", reply("WRONGPASS invalid username-password pair"), 1, 1},
		{"not a cluster", reply("ERR This instance has cluster support disabled"), 1, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var top topology
				top.refresh = func(context.Context, []string) ([]string, error) { return nil, tt.failure }
				o := must(cluster.New(&top, cluster.Config{Seeds: seeds, Refresh: cluster.Refresh{SecondLook: cluster.None}}))
				defer o.Close()
				attempts := 0
				err := o.Do(t.Context(), classify.ReadOnly, func(context.Context) (string, error) { attempts++; return "a:7000", refused })
				require.Equal(t, tt.attempts, attempts)
				require.Equal(t, tt.asked, top.count())
				require.ErrorIs(t, err, tt.failure)
				require.ErrorIs(t, err, refused, "what it was needed for")
				var e *cluster.RefreshError
				require.ErrorAs(t, err, &e)
				require.ElementsMatch(t, seeds, e.Seeds)
				for _, seed := range seeds {
					require.ErrorContains(t, err, seed, "the error names the seeds")
				}
			})
		})
	}
}

// TestSlowRefresh is given up after its timeout, and tried again.
func TestSlowRefresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var top topology
		top.refresh = func(ctx context.Context, seeds []string) ([]string, error) {
			if top.count() < 3 {
				<-ctx.Done()
				return nil, ctx.Err()
			}
			return seeds, nil
		}
		o := must(cluster.New(&top, cluster.Config{Seeds: seeds, Refresh: cluster.Refresh{SecondLook: cluster.None}}))
		defer o.Close()
		require.NoError(t, o.Do(t.Context(), classify.ReadOnly, failingOnce()))
		require.Equal(t, 3, top.count())
	})
}

// TestCallerLeaves: his context ends his waiting, and nobody else's refresh.
func TestCallerLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var top topology
		top.refresh = func(_ context.Context, seeds []string) ([]string, error) {
			time.Sleep(500 * time.Millisecond)
			return seeds, nil
		}
		o := must(cluster.New(&top, cluster.Config{Seeds: seeds, Backoff: backoff.NoBackoff{}, Refresh: cluster.Refresh{SecondLook: cluster.None}}))
		defer o.Close()
		ctx, cancel := context.WithTimeoutCause(t.Context(), 100*time.Millisecond, io.ErrNoProgress)
		defer cancel()
		start := time.Now()
		err := o.Do(ctx, classify.ReadOnly, func(context.Context) (string, error) { return "a:7000", refused })
		require.ErrorIs(t, err, io.ErrNoProgress)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, 100*time.Millisecond, time.Since(start))
		require.NoError(t, o.Do(t.Context(), classify.ReadOnly, failingOnce()))
		require.Equal(t, 500*time.Millisecond, time.Since(start))
		require.Equal(t, 1, top.count())
	})
}

// TestNamedNode: an operation that is for one node is tried there, and nowhere else.
func TestNamedNode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var top topology
		o := must(cluster.New(&top, cluster.Config{Seeds: seeds, Retry: policy.Retry{Retries: 2}}))
		defer o.Close()
		for _, failure := range []error{refused, reply("MOVED 1 b:7000")} {
			attempts := 0
			err := o.DoOp(t.Context(), &policy.Op{Node: "a:7000", Replay: classify.ReadOnly}, func(ctx context.Context) (string, error) {
				attempts++
				_, redirected := cluster.RedirectFrom(ctx)
				require.False(t, redirected)
				return "a:7000", failure
			})
			require.ErrorIs(t, err, failure)
			require.Equal(t, 3, attempts)
			require.Zero(t, top.count())
		}
	})
}

// TestMaxElapsed bounds the operation, not each cycle.
func TestMaxElapsed(t *testing.T) {
	for _, tt := range []struct {
		name            string
		between, within time.Duration
		retries         int
		limit           time.Duration
		attempts        int
	}{
		// At 0, 1.3 and 2.6 s, four each; not at 3.9 s.
		{"between cycles", time.Second, 100 * time.Millisecond, 3, 3 * time.Second, 12},
		// At 0, 1, 1.1, 2.1 and 2.2 s; then a second attempt of a cycle does not fit any more, and there is one in each, at
		// 2.3, 2.4 and 2.5 s.
		{"within a cycle", 100 * time.Millisecond, time.Second, 1, 2500 * time.Millisecond, 8},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var top topology
				o := must(cluster.New(&top, cluster.Config{
					Seeds: seeds, ErrorRetries: 100, Backoff: backoff.Constant(tt.between),
					Retry:   policy.Retry{Retries: tt.retries, Backoff: backoff.Constant(tt.within), MaxElapsed: tt.limit},
					Refresh: cluster.Refresh{Interval: 1, SecondLook: cluster.None},
				}))
				defer o.Close()
				start := time.Now()
				err := o.Do(t.Context(), classify.ReadOnly, func(context.Context) (string, error) { return "a:7000", refused })
				var e *policy.Error
				require.ErrorAs(t, err, &e)
				require.Equal(t, policy.OutOfTime, e.Reason)
				require.Equal(t, tt.attempts, e.Attempts)
				require.LessOrEqual(t, time.Since(start), tt.limit)
			})
		})
	}
}

// TestSuccessCosts nothing that has to be collected.
func TestSuccessCosts(t *testing.T) {
	o := must(cluster.New(&topology{}, cluster.Config{Seeds: seeds}))
	defer o.Close()
	fn := func(context.Context) (string, error) { return "a:7000", nil }
	require.Zero(t, testing.AllocsPerRun(100, func() { _ = o.Do(context.Background(), classify.ReadOnly, fn) }))
}

func TestValidate(t *testing.T) {
	for _, tt := range []struct {
		config cluster.Config
		want   string
	}{
		{cluster.Config{}, "cluster: Seeds is empty; allowed: one address or more"},
		{cluster.Config{Seeds: []string{"a"}}, `cluster: Seeds[0] is "a"; allowed: host:port`},
		{cluster.Config{Seeds: seeds, ErrorRetries: -7}, "cluster: ErrorRetries is -7; allowed: None (-1), 0 (meaning 3) or more"},
		{cluster.Config{Seeds: seeds, Retry: policy.Retry{Retries: -7}}, "cluster: Retry: policy: Retries is -7; allowed: Unlimited (-1), 0 or more"},
		{cluster.Config{Seeds: seeds, Refresh: cluster.Refresh{Interval: -1}}, "cluster: Refresh.Interval is -1ns; allowed: 0 (the default) or more"},
		{cluster.Config{Seeds: seeds, Refresh: cluster.Refresh{Retries: -7}}, "cluster: Refresh.Retries is -7; allowed: None (-1), 0 (meaning 2) or more"},
	} {
		o, err := cluster.New(&topology{}, tt.config)
		require.ErrorContains(t, err, tt.want)
		require.Nil(t, o)
	}
	_, err := cluster.New(nil, cluster.Config{Seeds: seeds})
	require.EqualError(t, err, "cluster: the Topology is nil; allowed: one of a driver's")
	_, err = cluster.New(&topology{}, cluster.Config{Seeds: seeds, RefreshOn: []classify.Kind{"frobnicated"}})
	require.ErrorContains(t, err, "frobnicated")
}

func TestPlan(t *testing.T) {
	c := cluster.Config{Seeds: seeds, Retry: policy.Retry{Retries: 6, Backoff: backoff.Exponential{}}, ErrorRetries: 1, Backoff: backoff.Constant(time.Second)}
	p := c.Plan()
	require.Equal(t, 2, p.Cycles)
	require.Equal(t, 14, p.Attempts)
	require.Equal(t, policy.Bounds{Min: 3016 * time.Millisecond, Max: 3016 * time.Millisecond}, p.Wait)
	c.Retry.Retries = policy.Unlimited
	p = c.Plan()
	require.Equal(t, policy.Unlimited, p.Attempts)
}
