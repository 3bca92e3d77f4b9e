package cluster_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/cluster"
	"github.com/reprise-go/reprise/policy"
)

// following returns an orchestrator under a policy that can be swapped: retries in each of two cycles, a second apart.
func following(t *testing.T, r policy.Retry) (*cluster.Orchestrator, *policy.Live) {
	t.Helper()
	live, err := policy.NewLive(r)
	require.NoError(t, err)
	o := must(cluster.New(new(topology), cluster.Config{
		Seeds: seeds, Retry: policy.Retry{Live: live}, ErrorRetries: 1, Backoff: backoff.Constant(time.Second),
		Refresh: cluster.Refresh{SecondLook: cluster.None},
	}))
	t.Cleanup(o.Close)
	return o, live
}

// TestLive: an operation runs under the policy that was in use as it began, in all of its cycles.
func TestLive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var digests []string
		o, live := following(t, policy.Retry{Retries: 1, Backoff: backoff.NoBackoff{}, Observe: func(_ context.Context, e policy.Event) {
			digests = append(digests, e.Policy)
		}})
		defer o.Close()
		run := func(during func(attempt int)) (attempts int) {
			digests = nil
			err := o.Do(t.Context(), classify.ReadOnly, func(context.Context) (string, error) {
				attempts++
				during(attempts)
				return "a:7000", refused
			})
			require.ErrorIs(t, err, refused)
			return attempts
		}
		set := func(text string) { require.NoError(t, live.Set(text)) }
		first := live.Load().Digest()
		require.Equal(t, 2*2, run(func(attempt int) {
			switch attempt {
			case 1:
				set("retries=5 backoff=none")
			case 2:
				set("retries=2 backoff=none")
			}
		}), "a change in the middle does not matter")
		require.Equal(t, []string{first, first, first, first}, digests)
		require.Equal(t, 2*3, run(func(int) {}), "to the next operation it does")
		require.Equal(t, live.Load().Digest(), digests[5])
		require.NotEqual(t, first, digests[5])
		set("retries=0")
		require.Equal(t, 2, run(func(int) {}))
	})
}

// TestLiveOff: an operation under way ends, in a cycle and between two.
func TestLiveOff(t *testing.T) {
	for name, when := range map[string]struct{ off, attempts int }{
		"before": {0, 1}, "in the first cycle": {2, 2}, "at its end": {3, 3}, "in the last cycle": {4, 4},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o, live := following(t, policy.Retry{Retries: 2, Backoff: backoff.NoBackoff{}})
				defer o.Close()
				if when.off == 0 {
					live.Off()
				}
				attempts := 0
				err := o.Do(t.Context(), classify.ReadOnly, func(context.Context) (string, error) {
					attempts++
					if attempts == when.off {
						live.Off()
					}
					return "a:7000", refused
				})
				require.ErrorIs(t, err, refused)
				require.Equal(t, when.attempts, attempts)
			})
		})
	}
}

// TestLiveOffWhileWaiting: who waits for a cycle makes none.
func TestLiveOffWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, live := following(t, policy.Retry{})
		defer o.Close()
		time.AfterFunc(500*time.Millisecond, live.Off)
		attempts := 0
		err := o.Do(t.Context(), classify.ReadOnly, func(context.Context) (string, error) {
			attempts++
			return "a:7000", refused
		})
		require.ErrorIs(t, err, refused)
		require.Equal(t, 1, attempts)
	})
}

// TestLivePlan: what a configuration says of itself is of the policy in use.
func TestLivePlan(t *testing.T) {
	live, err := policy.NewLive(policy.Retry{Retries: 2})
	require.NoError(t, err)
	c := cluster.Config{Seeds: seeds, Retry: policy.Retry{Live: live}, ErrorRetries: 1}
	require.NoError(t, c.Validate())
	require.Equal(t, 6, c.Plan().Attempts)
	require.NoError(t, live.Set("retries=4 max_elapsed=1s"))
	require.Equal(t, 10, c.Plan().Attempts)
	require.LessOrEqual(t, c.Plan().Wait.Max, time.Second)
	c.Retry.Retries = 1
	require.ErrorContains(t, c.Validate(), "cluster: Retry: policy: Live is set, and so are other fields")
	c.Retry = policy.Retry{Live: new(policy.Live)}
	require.ErrorContains(t, c.Validate(), "policy: Live is a zero one")
}

var errUnfit = errors.New("unfit")

// TestAdapt: an adapter makes the policy that operations run under, of each that comes, and may find one unfit.
func TestAdapt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		live, err := policy.NewLive(policy.Retry{Retries: 3, Backoff: backoff.NoBackoff{}})
		require.NoError(t, err)
		adapted := 0
		c := cluster.Config{
			Seeds: seeds, Retry: policy.Retry{Live: live}, Backoff: backoff.NoBackoff{}, Refresh: cluster.Refresh{SecondLook: cluster.None},
			Adapt: func(r policy.Retry) (policy.Retry, error) {
				adapted++
				if r.MinAttempt > 0 {
					return r, errUnfit
				}
				r.Classify = func(error) classify.Verdict {
					return classify.Verdict{Class: classify.Transient, Kind: classify.TryAgain}
				}
				return r, nil
			},
		}
		o := must(cluster.New(new(topology), c))
		defer o.Close()
		run := func() (attempts int) {
			require.Error(t, o.Do(t.Context(), classify.ReadOnly, func(context.Context) (string, error) {
				attempts++
				return "a:7000", reply("ERR only the adapter knows that this is worth another try")
			}))
			return attempts
		}
		require.Equal(t, 4*4, run())
		require.Equal(t, 4*4, run())
		require.Equal(t, 1, adapted)
		require.NoError(t, o.Snapshot().Err)
		require.NoError(t, live.Store(policy.Retry{Retries: 3, MinAttempt: time.Second}))
		require.Equal(t, 1, run())
		require.Equal(t, errUnfit, o.Snapshot().Err)
		_, err = cluster.New(new(topology), c)
		require.ErrorIs(t, err, errUnfit)
		require.NoError(t, live.Set("retries=0"))
		require.Equal(t, 4, run())
	})
}
