package classify_test

import (
	"net"
	"testing"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/redistest"
)

// TestServerCluster provokes the errors of a cluster node: first without slots, then with
// all of them, then with one that moves to a second node.
func TestServerCluster(t *testing.T) {
	t.Parallel()
	first, second := startNode(t), startNode(t)
	a, b := open(t, first), open(t, second)
	check(t, a.fail("GET", "k"), "CLUSTERDOWN Hash slot not served", refused(classify.ClusterDown))

	host, port, err := net.SplitHostPort(second.Addr())
	if err != nil {
		t.Fatal(err)
	}
	a.must("CLUSTER", "ADDSLOTSRANGE", "0", "16383")
	a.must("CLUSTER", "MEET", host, port)
	check(t, a.fail("MSET", "k", "1", "l", "2"), "CROSSSLOT", final(classify.CrossSlot))
	a.wait("cluster_state:ok", "CLUSTER", "INFO")
	a.must("MSET", "{k}", "1", "{k}2", "2")
	b.wait("cluster_slots_ok:16384", "CLUSTER", "INFO")
	b.wait("cluster_state:ok", "CLUSTER", "INFO")
	check(t, b.fail("GET", "{k}"), "MOVED ", moved(classify.Moved))

	slot := a.must("CLUSTER", "KEYSLOT", "{k}")
	a.must("CLUSTER", "SETSLOT", slot, "MIGRATING", b.must("CLUSTER", "MYID"))
	check(t, a.fail("GET", "{k}3"), "ASK ", moved(classify.Ask))
	check(t, a.fail("MGET", "{k}", "{k}3"), "TRYAGAIN", refused(classify.TryAgain))

	a.must("CLUSTER", "DELSLOTS", "1")
	a.wait("cluster_state:fail", "CLUSTER", "INFO")
	check(t, a.fail("GET", "{k}"), "CLUSTERDOWN The cluster is down", refused(classify.ClusterDown))
}

// startNode runs a server as a cluster node whose gossip is quick.
func startNode(t *testing.T) *redistest.Server {
	t.Helper()
	return redistest.Start(t, "--cluster-enabled", "yes", "--cluster-node-timeout", "1000")
}
