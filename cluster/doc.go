// Package cluster runs operations on a Redis Cluster, through failovers and moving slots. It knows no driver: one tells
// it how to read the slot map ([Topology]), and makes the single attempts.
//
//	o, err := cluster.New(driver, cluster.Config{Seeds: addrs, Retry: policy.Retry{Retries: 2}})
//	…
//	err = o.Do(ctx, classify.Command("SET", "foo", "bar"), func(ctx context.Context) (node string, err error) {
//		return driver.set(ctx, "foo", "bar") // on the node that has the slot, or where RedirectFrom(ctx) says
//	})
//
// # Cycles
//
// It is what the documentation of redis-py's cluster client promises, and redis-py does for one kind of error only:
//
//  1. The slot of the key is calculated,
//  2. and with it the node that has it by the map.
//  3. An attempt fails there.
//  4. The policy, Config.Retry, tries the same node again, with its backoff between the attempts: this is a cycle.
//  5. It is over, and the node has not answered.
//  6. The map is read anew, by one refresh for all who need one; the failed node is demoted, and asked last.
//  7. A new cycle begins, on the node that has the slot now; up to Config.ErrorRetries of them, with a delay before
//     each. Then the error is returned.
//
// As a diagram:
//
//	        ┌───────────────── one cycle ────────────────┐
//	Do ───▶ │ attempt ──fails──▶ delay ──▶ attempt ──▶ …  │ ──▶ success
//	        │    ▲ │ MOVED, ASK                           │
//	        │    └─┘ followed, five times at most         │
//	        └──────────────────┬──────────────────────────┘
//	                           │ retries used up, on a kind that is in RefreshOn, and the rung allows
//	                           ▼
//	                     delay between cycles
//	                           │
//	                           ▼                    ┌── fails: a cycle is consumed ──┐
//	                   wait for a newer map ◀───────┘                                │
//	                           │         └───────────────────────────────────────────┘
//	                           ▼
//	                      the next cycle
//
// A failure after which the operation may have been executed is one after which it is run again only if its rung is at
// or under Retry.Replay, on whichever node. An operation that is for one node, op.Node, has one cycle and no redirect.
// TRYAGAIN, and nodes that send an operation in circles, say that a slot is in motion: it is waited for. All of it is
// bounded: [Config.Plan] says by how many attempts and how much time.
//
// # Refreshes
//
// At most one is under way, for all operations. An operation that failed with map number g waits until there is a newer
// one, and no longer: if somebody has read it in the meantime, it does not wait at all. Ten thousand that fail together
// cause one refresh. Between two there is a shortest interval, with chance in it. A refresh is bounded by a timeout and
// tried again; if it fails in the end it consumes a cycle of each operation that waits for it, but an error that is final, a
// wrong password for one, ends them at once. An operation that gives up has one trail behind it, for those who come next. MOVED is followed at once and has a refresh trail behind. Since the
// first refresh after a failure often comes before the replica is promoted, a second one follows after a second.
//
// # Seeds
//
// The addresses given and the nodes found are asked for the map, in an order that differs from process to process. A
// node that failed is demoted: asked last, and worth no dial ([Orchestrator.Demoted]). None is ever deleted, and the last
// one not given up: whoever forgets his seeds does not come back from an outage of all nodes. After a while a demoted
// node is on probation, and returns with the first map that names it or the first answer it gives; if it fails again it
// is demoted for twice as long.
//
// # How to choose
//
// A master is called failed after cluster-node-timeout, and the election takes up to a second more. To hide that, the
// delays between cycles have to add up to more: the sum of Config.Backoff over ErrorRetries. The default is 1.75 to 3.5 s,
// which is enough where the timeout is 1 s. For the server's default, 15 s, take ErrorRetries: 6, which waits 15 to 31 s,
// or let operations fail: a service that must answer in 100 ms sets a deadline, and nothing waits beyond it.
//
// Config.Retry is for failures that pass by themselves on the same node, a connection that was reset for one. Where a node
// is gone, each of its retries is one more delay before anybody looks for another: two or three are plenty.
package cluster
