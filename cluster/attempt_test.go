package cluster_test

import (
	"context"
	"fmt"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/cluster"
	"github.com/reprise-go/reprise/internal/errtree"
	"github.com/reprise-go/reprise/policy"
)

// hanging is where an attempt never ends by itself.
const hanging = "a:7000"

// TestAHungNodeLeavesTimeForTheNext: the attempts on it, with or without a share of the time, are one cycle, and the node is
// demoted.
func TestAHungNodeLeavesTimeForTheNext(t *testing.T) {
	for _, tt := range []struct {
		name     string
		retry    policy.Retry
		deadline time.Duration // 0: none
		want     string        // when the attempts began
		err      string
	}{
		{
			"an even share of the deadline, for each cycle and attempt", policy.Retry{Retries: 2, MinAttempt: time.Millisecond}, 1200 * time.Millisecond,
			"[0s 100ms 200ms 300ms]", "",
		},
		{
			"or of MaxElapsed", policy.Retry{Retries: 2, MinAttempt: time.Millisecond, MaxElapsed: 2400 * time.Millisecond}, time.Hour,
			"[0s 200ms 400ms 600ms]", "",
		},
		{
			"no less than is of use", policy.Retry{Retries: 2, MinAttempt: 250 * time.Millisecond}, 1200 * time.Millisecond,
			"[0s 250ms 500ms]", "",
		},
		{
			"no more than an attempt may take", policy.Retry{Retries: 1, MinAttempt: time.Millisecond, AttemptTimeout: 30 * time.Millisecond}, 1200 * time.Millisecond,
			"[0s 30ms 60ms]", "",
		},
		{
			"no deadline, no share", policy.Retry{Retries: 1, MinAttempt: time.Millisecond, AttemptTimeout: time.Second}, 0,
			"[0s 1s 2s]", "",
		},
		{
			"a limit for each attempt alone", policy.Retry{Retries: 1, AttemptTimeout: time.Second}, time.Hour,
			"[0s 1s 2s]", "",
		},
		{
			"the deadline comes first", policy.Retry{Retries: 1, MinAttempt: time.Second}, 500 * time.Millisecond,
			"[0s]", "context deadline exceeded",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tt.retry.Backoff = backoff.NoBackoff{}
				topology := new(topology)
				o := must(cluster.New(topology, cluster.Config{
					Seeds: seeds, Retry: tt.retry, Backoff: backoff.NoBackoff{}, Refresh: cluster.Refresh{SecondLook: cluster.None},
				}))
				defer o.Close()
				ctx := t.Context()
				if tt.deadline > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, tt.deadline)
					defer cancel()
				}
				began := []time.Duration{}
				start := time.Now()
				err := o.Do(ctx, classify.ReadOnly, func(ctx context.Context) (string, error) {
					began = append(began, time.Since(start))
					if o.Demoted(hanging) {
						return "b:7000", nil
					}
					<-ctx.Done()
					return hanging, ctx.Err()
				})
				require.Equal(t, tt.want, fmt.Sprint(began))
				if tt.err == "" {
					require.NoError(t, err)
				} else {
					require.EqualError(t, err, tt.err)
					time.Sleep(time.Hour)
					require.Zero(t, topology.count(), "refreshes, where the caller has no time left")
				}
			})
		})
	}
}

// TestATimeoutIsNoEndOfTheCallers: what may have been executed when the time of its attempt was over is not run again above
// the rung, in another cycle as little as in the first.
func TestATimeoutIsNoEndOfTheCallers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := must(cluster.New(new(topology), cluster.Config{
			Seeds: seeds, Retry: policy.Retry{Retries: 1, Backoff: backoff.NoBackoff{}, AttemptTimeout: time.Second}, Backoff: backoff.NoBackoff{},
			ErrorRetries: 1, Refresh: cluster.Refresh{SecondLook: cluster.None},
		}))
		defer o.Close()
		for rung, want := range map[classify.Replay]int{classify.ReadOnly: 4, classify.Accumulating: 1} {
			attempts := 0
			err := o.Do(t.Context(), rung, func(ctx context.Context) (string, error) {
				attempts++
				<-ctx.Done()
				return hanging, ctx.Err()
			})
			if e, ok := errtree.As[*policy.Error](err); ok {
				err = e.Err
			}
			require.True(t, err == context.DeadlineExceeded, "%T", err) //nolint:errorlint // as callers may
			require.Equal(t, want, attempts, rung)
			require.True(t, o.Demoted(hanging))
			time.Sleep(time.Hour)
		}
	})
}

// TestInform: attempts are counted over all cycles.
func TestInform(t *testing.T) {
	for _, tt := range []struct {
		name      string
		retries   int
		cycles    int // further ones
		allowance int // 0: none
		node      string
		want      string
	}{
		{"in two cycles of two", 1, 1, 0, "", "[{1 3} {2 2} {3 1} {4 0}]"},
		{"in one", 1, cluster.None, 0, "", "[{1 1} {2 0}]"},
		{"of one", 0, cluster.None, 0, "", "[{1 0}]"},
		{"within an allowance", 1, 1, 2, "", "[{1 2} {2 1} {3 0}]"},
		{"on one node", 2, 1, 0, "b:7000", "[{1 2} {2 1} {3 0}]"},
		{"of many", math.MaxInt - 1, 1, 1, "", "[{1 1} {2 0}]"},
		{"of any number", policy.Unlimited, 1, 1, "", "[{1 1} {2 0}]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := must(cluster.New(new(topology), cluster.Config{
					Seeds: seeds, Retry: policy.Retry{Retries: tt.retries, Backoff: backoff.NoBackoff{}, Inform: true}, Backoff: backoff.NoBackoff{},
					ErrorRetries: tt.cycles, Refresh: cluster.Refresh{SecondLook: cluster.None},
				}))
				defer o.Close()
				ctx := t.Context()
				if tt.allowance > 0 {
					ctx = policy.WithAllowance(ctx, tt.allowance)
				}
				var got []policy.Attempt
				require.Error(t, o.DoOp(ctx, &policy.Op{Replay: classify.ReadOnly, Node: tt.node}, func(ctx context.Context) (string, error) {
					a, ok := policy.AttemptFrom(ctx)
					require.True(t, ok)
					got = append(got, a)
					return hanging, refused
				}))
				require.Equal(t, tt.want, fmt.Sprint(got))
			})
		})
	}
}
