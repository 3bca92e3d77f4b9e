package rueidis_test

import (
	"context"
	"net"
	"strconv"
	"strings"
	"testing"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"

	retry "github.com/reprise-go/reprise/adapters/rueidis"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/redistest"
)

// TestErrorsOfClusters: a client for one server before a cluster's node does not follow redirects, and the node will say
// the same again. It was refused, so nothing is run twice.
func TestErrorsOfClusters(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	nodes := [2]*redistest.Server{}
	for i := range nodes {
		nodes[i] = redistest.Start(t, "--cluster-enabled", "yes", "--cluster-node-timeout", "1000")
	}
	do := func(node *redistest.Server, args ...string) any {
		reply, err := node.Do(ctx, args...)
		require.NoError(t, err)
		return reply
	}
	here, there := nodes[0], nodes[1]
	host, port, err := net.SplitHostPort(there.Addr())
	require.NoError(t, err)
	do(here, "CLUSTER", "ADDSLOTSRANGE", "0", "16383")
	do(here, "CLUSTER", "MEET", host, port)
	for _, node := range nodes {
		await(t, "the cluster is complete", func() bool {
			info := do(node, "CLUSTER", "INFO").(string)
			return strings.Contains(info, "cluster_state:ok") && strings.Contains(info, "cluster_slots_ok:16384")
		})
	}
	do(here, "SET", "{moving}here", "1")
	slot := strconv.FormatInt(do(here, "CLUSTER", "KEYSLOT", "{moving}").(int64), 10)
	do(here, "CLUSTER", "SETSLOT", slot, "MIGRATING", do(there, "CLUSTER", "MYID").(string))

	for _, tt := range []struct {
		name, text     string
		at             *redistest.Server
		cmd            string
		verdict, alone classify.Verdict
		reasons        string
	}{
		{"MOVED", "^MOVED", there, "INCR n", permanent(classify.Moved), redirect(classify.Moved), final},
		{"ASK", "^ASK", here, "INCR {moving}gone", permanent(classify.Ask), redirect(classify.Ask), final},
		{"TRYAGAIN", "^TRYAGAIN", here, "LMOVE {moving}here {moving}gone LEFT LEFT", transient(classify.TryAgain), transient(classify.TryAgain), gaveUp},
		{"CROSSSLOT", "^CROSSSLOT", here, "LMOVE a b LEFT LEFT", permanent(classify.CrossSlot), permanent(classify.CrossSlot), final},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := rigAt(t, tt.at, three, nil)
			err := g.Do(ctx, g.command(strings.Fields(tt.cmd)...)).Error()
			require.Regexp(t, tt.text, err.Error())
			requireDriversOwn(t, err)
			require.Equal(t, tt.alone, retry.Classify(err))
			events := g.seen()
			require.Equal(t, tt.reasons, reasons(events))
			require.Equal(t, tt.verdict, events[len(events)-1].Decision.Verdict)
			require.Nil(t, do(here, "GET", "n"))
		})
	}
}

// TestErrorsOfClusterDown: a node that knows of no one to serve the slot.
func TestErrorsOfClusterDown(t *testing.T) {
	t.Parallel()
	g := rigAt(t, redistest.Start(t, "--cluster-enabled", "yes"), three, nil)
	_, err := g.incr(t)
	require.Regexp(t, "^CLUSTERDOWN", err.Error())
	requireDriversOwn(t, err)
	require.Equal(t, gaveUp, reasons(g.seen()))
}

// TestErrorsWithoutASlot: a client of a cluster that has nobody for the key's slot sends nothing, and tells it by an error
// of its own.
func TestErrorsWithoutASlot(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, "--cluster-enabled", "yes")
	_, err := server.Do(t.Context(), "CLUSTER", "ADDSLOTSRANGE", "0", "99")
	require.NoError(t, err)
	var g rig
	p := three
	p.Observe = g.observe
	o := small(server.Addr())
	o.ForceSingleClient = false
	g.Client, err = retry.NewClient(o, p)
	require.NoError(t, err)
	t.Cleanup(g.Close)
	require.Equal(t, rueidis.ClientModeCluster, g.Mode())
	err = g.Do(context.WithoutCancel(t.Context()), g.B().Incr().Key("n").Build()).Error()
	require.Equal(t, rueidis.ErrNoSlot, err)
	events := g.seen()
	require.Equal(t, gaveUp, reasons(events))
	require.Equal(t, transient(classify.ClusterDown), events[3].Decision.Verdict)
}
