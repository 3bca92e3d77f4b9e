package cluster_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/cluster"
	"github.com/reprise-go/reprise/policy"
)

// spending returns an orchestrator of two cycles of two attempts, and its budget of 100 tokens, 5 for a retry and 1 back.
func spending(t *testing.T) (*cluster.Orchestrator, *policy.Budget) {
	t.Helper()
	b := &policy.Budget{Capacity: 100, Floor: policy.NoFloor}
	return must(cluster.New(new(topology), cluster.Config{
		Seeds: seeds, Retry: policy.Retry{Retries: 1, Backoff: backoff.NoBackoff{}, Budget: b}, ErrorRetries: 1, Backoff: backoff.NoBackoff{},
		Refresh: cluster.Refresh{SecondLook: cluster.None},
	})), b
}

// outcome is an attempt: where, and whether it failed there.
type outcome struct {
	node string
	err  error
}

// running runs an operation with these outcomes.
func running(t *testing.T, o *cluster.Orchestrator, outcomes ...outcome) {
	t.Helper()
	_ = o.Do(t.Context(), classify.ReadOnly, func(context.Context) (string, error) {
		now := outcomes[0]
		outcomes = outcomes[1:]
		return now.node, now.err
	})
	require.Empty(t, outcomes, "attempts that were not made")
}

// TestBudget: the loops over the attempts and over the cycles are one operation to it.
func TestBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, b := spending(t)
		defer o.Close()
		badly, well := outcome{"a:7000", refused}, outcome{"a:7000", nil}
		for _, tt := range []struct {
			name     string
			outcomes []outcome
			left     int
		}{
			{"fails", []outcome{badly, badly, badly, badly}, 85},
			{"succeeds at once: one refund", []outcome{well}, 86},
			{"succeeds at the second attempt: the cost is back", []outcome{badly, well}, 86},
			{"succeeds in the second cycle: the cost of the last retry is back, once", []outcome{badly, badly, well}, 81},
			{"succeeds at the end", []outcome{badly, badly, badly, well}, 71},
		} {
			running(t, o, tt.outcomes...)
			require.Equal(t, tt.left, b.TokensOf("a:7000"), tt.name)
			require.Equal(t, 100, b.Tokens(), "of operations that name no node")
		}
	})
}

// TestBudgetOfNodes: a dead node leaves the others theirs.
func TestBudgetOfNodes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, b := spending(t)
		defer o.Close()
		badly := outcome{"a:7000", refused}
		for range 6 {
			running(t, o, badly, badly, badly, badly)
		}
		running(t, o, badly, badly, badly) // the last tokens
		require.Equal(t, 0, b.TokensOf("a:7000"))
		running(t, o, badly)
		require.Equal(t, 100, b.TokensOf("b:7000"))
		running(t, o, outcome{"b:7000", refused}, outcome{"b:7000", nil})
		running(t, o, outcome{"b:7000", refused}, outcome{"b:7000", refused}, outcome{"c:7000", nil})
		require.Equal(t, 95, b.TokensOf("b:7000"), "the cycle's cost goes back to where it came from")
	})
}
