// Command storm counts what the loss of a master costs a client of a Redis Cluster that has ten thousand operations under
// way on it, with each driver alone and with Reprise:
//
//	go run ./storm
//
// Each contender has a process and a real cluster of its own. A master is frozen, so that operations pile up on it, and
// then killed, so that all fail at once. There are two cases: the replica has taken over before the master is killed, so
// that the very first refresh of the slot map shows the new master; and nobody has, so that there is an election to
// live through.
//
// Refreshes are those that failures have caused, as the orchestrator tells of them, and second looks those that it had
// planned. Readings are CLUSTER SLOTS and CLUSTER SHARDS as the living servers count them, from the kill on: until the last
// operation has ended, and in the two seconds after that. A refresh has more than one if a node did not answer at once,
// so that the next was asked as well. Dials are counted in the client, the refused ones too. The
// processor time is the client's.
package main
