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
)

// TestTrail: what is learned while a refresh is under way has another follow it, and one only.
func TestTrail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var top topology
		top.refresh = func(_ context.Context, seeds []string) ([]string, error) {
			time.Sleep(50 * time.Millisecond)
			return seeds, nil
		}
		o := must(cluster.New(&top, cluster.Config{Seeds: seeds, Refresh: cluster.Refresh{SecondLook: cluster.None}}))
		defer o.Close()
		o.Stale(refused)
		time.Sleep(10 * time.Millisecond)
		require.Equal(t, 1, top.count())
		for range 3 {
			o.Stale(refused)
		}
		time.Sleep(time.Second)
		require.Equal(t, 2, top.count())
		time.Sleep(time.Hour)
		require.Equal(t, 2, top.count())
	})
}

// TestTrailHasACause: only a second look has none.
func TestTrailHasACause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var top topology
		top.refresh = func(_ context.Context, seeds []string) ([]string, error) {
			time.Sleep(50 * time.Millisecond)
			return seeds, nil
		}
		var causes []error
		o := must(cluster.New(&top, cluster.Config{Seeds: seeds, Backoff: backoff.NoBackoff{}, Observe: func(e cluster.RefreshEvent) {
			if !e.Ended {
				causes = append(causes, e.Cause)
			}
		}}))
		defer o.Close()
		go func() {
			time.Sleep(10 * time.Millisecond)
			o.Stale(timedOut)
		}()
		require.NoError(t, o.Do(t.Context(), classify.ReadOnly, failingOnce()))
		time.Sleep(time.Minute)
		synctest.Wait()
		require.Equal(t, []error{refused, timedOut, nil}, causes)
	})
}

// TestSecondLooks: failures within a second have one second look, and later ones have their own.
func TestSecondLooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var top topology
		o := must(cluster.New(&top, cluster.Config{Seeds: seeds, Backoff: backoff.NoBackoff{}}))
		defer o.Close()
		for range 2 {
			before := top.count()
			require.NoError(t, o.Do(t.Context(), classify.ReadOnly, failingOnce()))
			time.Sleep(500 * time.Millisecond)
			require.NoError(t, o.Do(t.Context(), classify.ReadOnly, failingOnce()))
			require.Equal(t, before+2, top.count())
			time.Sleep(time.Minute)
			require.Equal(t, before+3, top.count())
		}
	})
}

// TestMovedToWhereItWasAsked: an ASK is for one command, so that a MOVED to the same node is no circle.
func TestMovedToWhereItWasAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := must(cluster.New(&topology{}, cluster.Config{Seeds: seeds, ErrorRetries: cluster.None}))
		defer o.Close()
		answers := []error{reply("ASK 1 b:7000"), reply("MOVED 1 b:7000"), nil}
		made := 0
		require.NoError(t, o.Do(t.Context(), classify.Never, func(context.Context) (string, error) {
			made++
			return "a:7000", answers[made-1]
		}))
		require.Equal(t, 3, made)
	})
}

// TestAnswerEndsTheOthers: who still asks another seed when one has answered is told to stop.
func TestAnswerEndsTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ended error
		got, err := cluster.AskSeeds(t.Context(), []string{"silent:1", "quick:1"}, func(ctx context.Context, addr string) (string, error) {
			if addr == "quick:1" {
				return addr, nil
			}
			select {
			case <-ctx.Done():
				ended = ctx.Err()
			case <-time.After(time.Hour):
				ended = errors.New("nobody told it")
			}
			return "", ended
		})
		require.NoError(t, err)
		require.Equal(t, "quick:1", got)
		synctest.Wait()
		require.ErrorIs(t, ended, context.Canceled)
	})
}
