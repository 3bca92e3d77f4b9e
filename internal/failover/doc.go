// Package failover tests what clients that retry make of a failover, by Redis Sentinel or in a Redis Cluster. It runs
// real deployments, loses a master under load, and holds what each caller was told against what the servers know.
//
//	func TestSentinelFailover(t *testing.T) { failover.Check(t, time.Second, open) }
//
// Every write has a key of its own, so what became of each can be told. The writes go to the master's log as well:
// what Redis lost itself, acknowledged but not yet sent to the replica, is told from what a client lost.
package failover
