package redispy

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/faultproxy"
	"github.com/reprise-go/reprise/internal/redistest"
)

// dead has a node take no connection, and drop those that it has.
func (r *Rig) dead(t *testing.T, s *redistest.Server) {
	t.Helper()
	r.Proxy(s).SetPlan(func(faultproxy.Request) faultproxy.Action { return faultproxy.Action{Fault: faultproxy.CutBefore} })
	require.NoError(t, r.Proxy(s).Refuse())
}

// transactions are those without a WATCH.
var transactions = []testCase{
	{"test_cluster_transaction.py:118 (async :152)", "a slot that moves, and never arrives: the error comes back, and nothing was run", func(t *testing.T, r *Rig) {
		c := r.Open(t)
		key, slot, owner, other := r.Key(t)
		r.moving(t, slot, other, func() {
			// As long as the other node has the key, and the owner a part of the slot.
			r.Plan(func() faultproxy.Plan {
				return func(q faultproxy.Request) faultproxy.Action {
					if q.Name() == "SET" {
						return faultproxy.Refuse(to("ASK", slot, other))
					}
					return faultproxy.Action{}
				}
			})
			_, err := c.Tx(t.Context(), []string{"SET", key, "v"})
			require.Contains(t, []classify.Kind{classify.Ask, classify.ExecAbort}, c.Classify(err).Kind, "%v", err)
		})
		require.Nil(t, r.Direct(t, other, "GET", key))
		require.Positive(t, r.Sent(owner, "SET"))
	}},
	{"test_cluster_transaction.py:161 (async :200)", "ASK, then the slot has moved: the transaction succeeds at the new node", func(t *testing.T, r *Rig) {
		c := r.Open(t)
		key, slot, owner, other := r.Key(t)
		r.moving(t, slot, other, func() {
			replies, err := c.Tx(t.Context(), []string{"SET", key, "v"}, []string{"GET", key})
			require.NoError(t, err)
			require.Equal(t, []string{"OK", "v"}, replies)
		})
		replies, err := c.Tx(t.Context(), []string{"GET", key})
		require.NoError(t, err)
		require.Equal(t, []string{"v"}, replies)
		require.Positive(t, r.Sent(owner, "MULTI"))
		require.Equal(t, 2, r.Sent(other, "EXEC"))
	}},
	{"test_cluster_transaction.py:270 (async :311)", "a node that is gone, and nothing is watched: run on the node that has the slot now", func(t *testing.T, r *Rig) {
		c := r.Open(t)
		key, _, owner, _ := r.Key(t)
		heir := r.promote(t, owner)
		r.dead(t, owner)
		replies, err := c.Tx(t.Context(), []string{"SET", key, "v"})
		require.NoError(t, err)
		require.Equal(t, []string{"OK"}, replies)
		require.Equal(t, 1, r.Sent(heir, "EXEC"))
	}},
}

// incremented is the block that counts up.
func incremented(key string) func(string) [][]string {
	return func(string) [][]string { return [][]string{{"INCR", key}, {"SET", key + "seen", "1"}} }
}

// watches are the transactions under a WATCH.
var watches = []testCase{
	{"test_cluster_transaction.py:205 (async :245)", "MOVED on WATCH: watched at the new node, and the transaction runs", func(t *testing.T, r *Rig) {
		c := r.Open(t)
		key, slot, owner, other := r.Key(t)
		require.NoError(t, r.Migrate(t.Context(), slot, other, nil))
		c.Refreshes()
		require.NoError(t, c.Watch(t.Context(), key, incremented(key)))
		require.Equal(t, []int{1, 1}, []int{r.Sent(owner, "WATCH"), r.Sent(other, "WATCH")})
		require.Equal(t, "1", r.Direct(t, other, "GET", key))
		c.Refreshed(t)
	}},
	{"test_cluster_transaction.py:227 (async :267)", "the key is at another node when EXEC comes: it fails as if the key had changed", func(t *testing.T, r *Rig) {
		c := r.Open(t)
		key, slot, owner, other := r.Key(t)
		r.Direct(t, owner, "SET", key, "7")
		err := c.Watch(t.Context(), key, func(value string) [][]string {
			require.Equal(t, "7", value)
			steps := 0
			require.ErrorIs(t, r.Migrate(t.Context(), slot, other, func() error {
				if steps++; steps == 1 {
					return nil
				}
				return errLeft // the key has moved, and the slot not yet
			}), errLeft)
			return incremented(key)(value)
		})
		require.True(t, c.Changed(err), "%v", err)
		require.Equal(t, []int{1, 0}, []int{r.Sent(owner, "EXEC"), r.Sent(other, "EXEC")})
		require.NoError(t, r.Migrate(t.Context(), slot, other, nil))
		require.NoError(t, c.Watch(t.Context(), key, incremented(key)), "and may be begun anew")
		require.Equal(t, "8", r.Direct(t, other, "GET", key))
	}},
	{"test_cluster_transaction.py:305 (async :344)", "the node is gone when WATCH comes: watched on the node that has the slot now", func(t *testing.T, r *Rig) {
		c := r.Open(t)
		key, _, owner, _ := r.Key(t)
		heir := r.promote(t, owner)
		r.dead(t, owner)
		calls := 0
		require.NoError(t, c.Watch(t.Context(), key, func(v string) [][]string { calls++; return incremented(key)(v) }))
		require.Equal(t, 1, calls)
		require.Equal(t, "1", r.Direct(t, heir, "GET", key))
	}},
	{"(none: redis-py asks with ASKING)", "the key is not there yet, and its slot on its way: WATCH waits", func(t *testing.T, r *Rig) {
		c := r.Open(t, retries(1000))
		key, slot, owner, other := r.Key(t)
		watched := make(chan error, 1)
		r.moving(t, slot, other, func() {
			go func() { watched <- c.Watch(t.Context(), key, incremented(key)) }()
			require.Eventually(t, func() bool { return r.Sent(owner, "WATCH") > 2 }, 10*time.Second, time.Millisecond)
			require.Equal(t, 0, r.Sent(other, "WATCH"), "it would be sent back from there")
		})
		require.NoError(t, <-watched)
		require.Equal(t, "1", r.Direct(t, other, "GET", key))
	}},
	{"(none: redis-py runs EXEC again, without the WATCH)", "the reply of EXEC is lost: it is not run again, and the error says that it may have run", func(t *testing.T, r *Rig) {
		c := r.Open(t)
		for _, fault := range []faultproxy.Fault{faultproxy.CutBefore, faultproxy.CutAfter, faultproxy.CutMidReply} {
			key, _, owner, _ := r.Key(t)
			r.Proxy(owner).SetPlan(faultproxy.On("exec", fault))
			calls := 0
			err := c.Watch(t.Context(), key, func(v string) [][]string { calls++; return incremented(key)(v) })
			require.Equal(t, classify.Ambiguous, c.Classify(err).Class, "%v", err)
			require.Equal(t, 1, calls)
			want := any("1")
			if fault == faultproxy.CutBefore {
				want = nil
			}
			require.Equal(t, want, r.Direct(t, owner, "GET", key))
		}
	}},
}
