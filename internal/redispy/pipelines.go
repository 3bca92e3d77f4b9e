package redispy

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/cluster"
	"github.com/reprise-go/reprise/internal/faultproxy"
	"github.com/reprise-go/reprise/internal/redistest"
)

// keyOf returns a key whose slot the node has.
func (r *Rig) keyOf(t *testing.T, s *redistest.Server) string {
	t.Helper()
	for {
		if key, _, owner, _ := r.Key(t); owner == s {
			return key
		}
	}
}

// pipelines are those of batches. A client here retries command by command; redis-py runs the whole batch again, what has
// succeeded included (INCR a, GET a with CLUSTERDOWN for GET: INCR is executed four times).
var pipelines = []testCase{
	{"test_cluster.py:4134 (async :4014), :4152 (:4038)", "a node that is away: its commands fail, each with that error, and no other", func(t *testing.T, r *Rig) {
		c := r.Open(t)
		key, _, owner, other := r.Key(t)
		otherKey := r.keyOf(t, other)
		r.Proxy(owner).SetPlan(always("get", faultproxy.Action{Fault: faultproxy.CutBefore})())
		_, errs := c.Pipeline(t.Context(), []string{"SET", otherKey, "v"}, []string{"GET", key}, []string{"GET", otherKey})
		require.NoError(t, errs[0])
		require.Equal(t, classify.Connection, c.Classify(errs[1]).Kind, "%v", errs[1])
		require.NoError(t, errs[2])
		require.Equal(t, 4, r.Sent(owner, "GET"))
	}},
	{"test_cluster.py:4170 (async :4061)", "ASK in a pipeline: followed", func(t *testing.T, r *Rig) {
		c := r.Open(t)
		key, slot, owner, other := r.Key(t)
		r.moving(t, slot, other, func() {
			replies, errs := c.Pipeline(t.Context(), []string{"SET", key, "v"}, []string{"GET", key})
			require.Equal(t, []error{nil, nil}, errs)
			require.Equal(t, []string{"OK", "v"}, replies)
			require.Equal(t, 1, r.Sent(owner, "SET"))
			require.Equal(t, 1, r.Sent(other, "SET"))
		})
	}},
	{"test_cluster.py:4451 (async :4099)", "MOVED in a pipeline: both replies are from the node that has the slot now, and the map is read", func(t *testing.T, r *Rig) {
		c := r.Open(t)
		key, slot, owner, other := r.Key(t)
		require.NoError(t, r.Migrate(t.Context(), slot, other, nil))
		c.Refreshes()
		replies, errs := c.Pipeline(t.Context(), []string{"SET", key, "v"}, []string{"GET", key})
		require.Equal(t, []error{nil, nil}, errs)
		require.Equal(t, []string{"OK", "v"}, replies)
		require.Equal(t, []int{1, 1}, []int{r.Sent(owner, "SET"), r.Sent(other, "SET")})
		c.Moved(t, r, key, owner)
	}},
	{"test_cluster.py:4331", "the second node cannot be connected to: no connection to the first is lost", func(t *testing.T, r *Rig) {
		c := r.Open(t, retries(cluster.None), func(o *Options) { o.PoolSize = 1 })
		key, _, owner, other := r.Key(t)
		otherKey := r.keyOf(t, other)
		r.Proxy(owner).SetPlan(func(q faultproxy.Request) faultproxy.Action { return faultproxy.Action{Fault: faultproxy.CutBefore} })
		require.NoError(t, r.Proxy(owner).Refuse())
		for range 5 { // one that is lost would be missing: there is but one
			_, errs := c.Pipeline(t.Context(), []string{"GET", key}, []string{"GET", otherKey})
			require.Error(t, errs[0])
			require.NoError(t, errs[1])
		}
	}},
	{"test_cluster.py:4366", "the second node drops the batch: nobody is given replies of another's", func(t *testing.T, r *Rig) {
		c := r.Open(t, retries(cluster.None), func(o *Options) { o.PoolSize = 1 })
		key, _, owner, other := r.Key(t)
		otherKey := r.keyOf(t, other)
		for _, fault := range []faultproxy.Fault{faultproxy.CutBefore, faultproxy.CutAfter, faultproxy.CutMidReply} {
			r.Proxy(owner).SetPlan(faultproxy.On("incr", fault))
			_, errs := c.Pipeline(t.Context(), []string{"INCR", key}, []string{"SET", otherKey, fault.String()})
			require.Equal(t, classify.Ambiguous, c.Classify(errs[0]).Class, "%v", errs[0])
			require.NoError(t, errs[1])
			for range 3 {
				v, err := c.Do(t.Context(), "GET", otherKey)
				require.NoError(t, err)
				require.Equal(t, fault.String(), v)
				v, err = c.Do(t.Context(), "ECHO", fault.String())
				require.NoError(t, err)
				require.Equal(t, fault.String(), v)
			}
		}
	}},
	{"test_cluster.py async :3943", "no retries: the batch is run once", func(t *testing.T, r *Rig) {
		c := r.Open(t, retries(cluster.None))
		key, _, owner, _ := r.Key(t)
		r.Proxy(owner).SetPlan(always("get", clusterDown)())
		_, errs := c.Pipeline(t.Context(), []string{"GET", key})
		require.Equal(t, classify.ClusterDown, c.Classify(errs[0]).Kind, "%v", errs[0])
		require.Equal(t, 1, r.Sent(owner, "GET"))
	}},
	{"test_cluster.py async :3985", "CLUSTERDOWN forever: it comes back after 1 + retries attempts, and what has succeeded is not run again", func(t *testing.T, r *Rig) {
		// redis-py makes 3*retries+1, since batch and commands are retried one within the other.
		c := r.Open(t, retries(3))
		key, _, owner, _ := r.Key(t)
		r.Proxy(owner).SetPlan(always("get", clusterDown)())
		_, errs := c.Pipeline(t.Context(), []string{"INCR", key}, []string{"GET", key})
		require.NoError(t, errs[0])
		require.Equal(t, classify.ClusterDown, c.Classify(errs[1]).Kind, "%v", errs[1])
		require.Equal(t, []int{1, 4}, []int{r.Sent(owner, "INCR"), r.Sent(owner, "GET")})
	}},
	{"test_cluster.py async :4195", "a command without a key in a pipeline, and a node that is away: it succeeds elsewhere", func(t *testing.T, r *Rig) {
		c := r.Open(t)
		for _, away := range r.Servers[:3] {
			r.heal(t)
			r.Proxy(away).SetPlan(always("ping", faultproxy.Action{Fault: faultproxy.CutBefore})())
			for range 20 {
				_, errs := c.Pipeline(t.Context(), []string{"PING"})
				require.NoError(t, errs[0])
			}
		}
	}},
}
