package redispy

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/internal/faultproxy"
	"github.com/reprise-go/reprise/internal/redistest"
)

// errLeft leaves a slot on its way.
var errLeft = errors.New("the slot stays on its way")

// moving runs the step while the slot is on its way and its keys are still at the old node, and ends the move.
func (r *Rig) moving(t *testing.T, slot int, to *redistest.Server, step func()) {
	t.Helper()
	require.ErrorIs(t, r.Migrate(t.Context(), slot, to, func() error { step(); return errLeft }), errLeft)
	require.NoError(t, r.Migrate(t.Context(), slot, to, nil))
}

// promote has a replica take the place of a master, and returns it when all nodes know.
func (r *Rig) promote(t *testing.T, master *redistest.Server) (heir *redistest.Server) {
	t.Helper()
	replicas := r.ReplicasOf(t.Context(), master)
	require.NotEmpty(t, replicas)
	require.NoError(t, r.Failover(t.Context(), replicas[0]))
	heir, _, err := r.WaitPromoted(t.Context(), master)
	require.NoError(t, err)
	require.NoError(t, r.WaitComplete(t.Context()))
	return heir
}

// to returns a reply that sends clients to a node.
func to(kind string, slot int, s *redistest.Server) string {
	return fmt.Sprintf("%s %d %s", kind, slot, s.Addr())
}

// redirects are those of MOVED and ASK for single commands.
var redirects = []testCase{
	{"test_cluster.py:479 (async :632)", "ASK once: the command goes to the node of the ASK", func(t *testing.T, r *Rig) {
		c := r.Open(t)
		key, slot, owner, other := r.Key(t)
		r.moving(t, slot, other, func() {
			_, err := c.Do(t.Context(), "SET", key, "v")
			require.NoError(t, err)
			require.Equal(t, 1, r.Sent(owner, "SET"))
			require.Equal(t, 1, r.Sent(other, "SET"))
			// ASK is for one command: the next one goes to the owner again.
			v, err := c.Do(t.Context(), "GET", key)
			require.NoError(t, err)
			require.Equal(t, "v", v)
			require.Equal(t, 1, r.Sent(owner, "GET"))
		})
	}},
	{"test_cluster.py:505 (async :660)", "ASK, then MOVED: the third attempt follows MOVED", func(t *testing.T, r *Rig) {
		c := r.Open(t)
		key, slot, owner, other := r.Key(t)
		r.Proxy(owner).SetPlan(faultproxy.Refused("set", to("ASK", slot, other)))
		r.Proxy(other).SetPlan(faultproxy.Refused("set", to("MOVED", slot, owner)))
		_, err := c.Do(t.Context(), "SET", key, "v")
		require.NoError(t, err)
		require.Equal(t, 2, r.Sent(owner, "SET"))
		require.Equal(t, 1, r.Sent(other, "SET"))
	}},
	{"test_cluster.py:609 (async :714)", "MOVED to another shard: followed, and the slot is that node's from now on", func(t *testing.T, r *Rig) {
		c := r.Open(t)
		key, slot, owner, other := r.Key(t)
		require.NoError(t, r.Migrate(t.Context(), slot, other, nil))
		c.Refreshes()
		_, err := c.Do(t.Context(), "SET", key, "v")
		require.NoError(t, err)
		c.Moved(t, r, key, owner)
		_, err = c.Do(t.Context(), "SET", key, "v")
		require.NoError(t, err)
		require.Equal(t, 1, r.Sent(owner, "SET"))
		require.Equal(t, 2, r.Sent(other, "SET"))
	}},
	{"test_cluster.py:615 (async :722), :3011", "MOVED to its own replica: that is the master from now on", func(t *testing.T, r *Rig) {
		c := r.Open(t)
		key, _, owner, _ := r.Key(t)
		heir := r.promote(t, owner)
		c.Refreshes()
		_, err := c.Do(t.Context(), "SET", key, "v")
		require.NoError(t, err)
		c.Moved(t, r, key, owner)
		_, err = c.Do(t.Context(), "SET", key, "v")
		require.NoError(t, err)
		require.Equal(t, 1, r.Sent(owner, "SET"))
		require.Equal(t, 2, r.Sent(heir, "SET"))
	}},
	{"test_cluster.py:621 (async :730)", "MOVED to the node that it came from: tried there again, the map stays", func(t *testing.T, r *Rig) {
		c := r.Open(t)
		key, slot, owner, _ := r.Key(t)
		r.Proxy(owner).SetPlan(faultproxy.Refused("set", to("MOVED", slot, owner)))
		for range 2 {
			_, err := c.Do(t.Context(), "SET", key, "v")
			require.NoError(t, err)
		}
		require.Equal(t, 3, r.Sent(owner, "SET"))
		require.Equal(t, 3, r.SentAll("SET"))
	}},
	{"(none: redis-py would run it again)", "ASK, and the reply is lost: INCR is not run twice", func(t *testing.T, r *Rig) {
		c := r.Open(t)
		key, slot, _, other := r.Key(t)
		r.moving(t, slot, other, func() {
			r.Proxy(other).SetPlan(faultproxy.On("incr", faultproxy.CutAfter, faultproxy.CutAfter))
			_, err := c.Do(t.Context(), "INCR", key)
			require.Error(t, err)
			require.Equal(t, 1, r.Sent(other, "INCR"))
		})
		require.Equal(t, "1", r.Direct(t, other, "GET", key))
	}},
}
