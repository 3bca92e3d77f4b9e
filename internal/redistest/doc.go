// Package redistest runs a real redis-server for the duration of a test.
//
//	server := redistest.Start(t)
//	client := redis.NewClient(&redis.Options{Addr: server.Addr()})
//
// The server listens on a free port of 127.0.0.1, keeps nothing on disk unless it is told to, and
// is killed when the test ends. Tests that need it are skipped on a machine without redis-server;
// two environment variables change that:
//
//	REPRISE_REDIS_SERVER     the binary to run; without it redis-server is looked up on PATH
//	REPRISE_REQUIRE_REDIS=1  fail instead of skipping
//
// [StartReplica] adds a replica, [StartSentinel] runs a deployment that fails over, [StartCluster] a
// Redis Cluster, whose slots can be moved and whose nodes come back at other addresses. A server can be
// ended as a crash ends it ([Server.Kill]), started again ([Server.Restart], and
// [Server.RestartLoading] for one that has a data set to read) and stopped in the middle of what it
// does ([Server.Freeze]).
//
// A program that is no test has the same within [Run]: a demo that shows a failover, for example.
//
// The package imports no client library, so that every adapter's tests can use it.
package redistest
