package classify_test

import (
	"os"
	"strings"
	"testing"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/redistest"
)

// TestServerData provokes the errors that data and arguments cause.
func TestServerData(t *testing.T) {
	t.Parallel()
	c := open(t, redistest.Start(t))
	c.must("RPUSH", "list", "a")
	c.must("SET", "text", "a")
	c.must("XGROUP", "CREATE", "stream", "group", "$", "MKSTREAM")
	c.must("PFADD", "hll", "a")
	c.must("SETRANGE", "hll", "16", "\xff\xff\xff\xff") // the sparse encoding's first bytes
	dump := c.must("DUMP", "text")
	for _, tt := range []struct {
		args   []string
		prefix string
		want   classify.Verdict
	}{
		{[]string{"INCR", "list"}, "WRONGTYPE", final(classify.Response)},
		{[]string{"INCR", "text"}, "ERR value is not an integer", final(classify.Response)},
		{[]string{"NOSUCH"}, "ERR unknown command", final(classify.Response)},
		{[]string{"GET"}, "ERR wrong number of arguments", final(classify.Response)},
		{[]string{"SET", "text", "b", "PX", "soon"}, "ERR value is not an integer", final(classify.Response)},
		{[]string{"SET", "text", "b", "QX"}, "ERR syntax error", final(classify.Response)},
		{[]string{"RESTORE", "text", "0", dump}, "BUSYKEY", final(classify.Response)},
		{[]string{"XGROUP", "CREATE", "stream", "group", "$"}, "BUSYGROUP", final(classify.Response)},
		{[]string{"XREADGROUP", "GROUP", "none", "me", "STREAMS", "stream", ">"}, "NOGROUP", final(classify.Response)},
		{[]string{"PFCOUNT", "hll"}, "INVALIDOBJ", final(classify.Response)},
		{[]string{"HELLO", "9"}, "NOPROTO", final(classify.Response)},
		{[]string{"AUTH", "guess"}, "ERR AUTH <password> called without", final(classify.Auth)},
		{[]string{"EVALSHA", strings.Repeat("0", 40), "0"}, "NOSCRIPT", final(classify.NoScript)},
		{[]string{"SCRIPT", "KILL"}, "NOTBUSY", final(classify.Response)},
		{[]string{"EXEC"}, "ERR EXEC without MULTI", final(classify.Response)},
		{[]string{"MIGRATE", "127.0.0.1", "1", "text", "0", "100"}, "IOERR", halfway(classify.Response)},
	} {
		check(t, c.fail(tt.args...), tt.prefix, tt.want)
	}
}

// TestServerTransaction provokes the ends of transactions that never ran.
func TestServerTransaction(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	c, admin := open(t, s), open(t, s)
	c.must("MULTI")
	check(t, c.fail("GET"), "ERR wrong number", final(classify.Response))
	check(t, c.fail("EXEC"), "EXECABORT Transaction discarded because of previous errors", final(classify.ExecAbort))

	c.must("MULTI")
	c.must("SET", "k", "v")
	admin.must("CONFIG", "SET", "maxmemory", "1")
	check(t, c.fail("EXEC"), "EXECABORT Transaction discarded because of: OOM", final(classify.ExecAbort))

	check(t, c.fail("SET", "k", "v"), "OOM", loaded(classify.OutOfMemory))
}

// TestServerAccess provokes the errors of users and passwords.
func TestServerAccess(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	admin := open(t, s)
	admin.must("ACL", "SETUSER", "reader", "on", ">secret", "~mine:*", "+get", "+eval", "+set", "&mine")
	admin.must("CONFIG", "SET", "requirepass", "secret")

	c := open(t, s)
	check(t, c.fail("GET", "mine:a"), "NOAUTH Authentication required", final(classify.Auth))
	check(t, c.fail("HELLO", "3"), "NOAUTH HELLO", final(classify.Auth))
	check(t, c.fail("AUTH", "guess"), "WRONGPASS", final(classify.Auth))
	check(t, c.fail("AUTH", "nobody", "secret"), "WRONGPASS", final(classify.Auth))
	c.must("AUTH", "reader", "secret")
	check(t, c.fail("DEL", "mine:a"), "NOPERM", final(classify.NoPermission))
	check(t, c.fail("GET", "other:a"), "NOPERM", final(classify.NoPermission))
	// Out of a script the same refusal comes after a write.
	err := c.fail("EVAL", "redis.call('set', KEYS[1], 1) return redis.call('get', 'other:a')", "1", "mine:a")
	check(t, err, "ERR The user executing the script can't access", final(classify.Script))
	if got := c.must("GET", "mine:a"); got != "1" {
		t.Errorf("the script's write is gone: %q", got)
	}
}

// TestServerMaxClients provokes the refusal of a connection.
func TestServerMaxClients(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, "--maxclients", "1")
	open(t, s).must("PING")
	_, err := open(t, s).receive() // unasked
	check(t, err, "ERR max number of clients reached", loaded(classify.MaxClients))
}

// TestServerReplica provokes the refusals of a replica without a master.
func TestServerReplica(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	blocked, c := open(t, s), open(t, s)
	blocked.send("BLPOP", "list", "0")
	c.wait("cmd=blpop", "CLIENT", "LIST")
	c.must("REPLICAOF", "127.0.0.1", "1")
	_, err := blocked.receive()
	check(t, err, "UNBLOCKED force unblock", refused(classify.ReadOnlyReplica))
	check(t, c.fail("SET", "k", "v"), "READONLY", refused(classify.ReadOnlyReplica))
	check(t, c.fail("EVAL", "return redis.call('set', 'k', 'v')", "0"), "READONLY", halfway(classify.ReadOnlyReplica))
	check(t, c.fail("EVAL", "#!lua\nreturn redis.call('set', 'k', 'v')", "0"), "READONLY", refused(classify.ReadOnlyReplica))
	check(t, c.fail("SYNC"), "NOMASTERLINK", refused(classify.Response))
	c.must("CONFIG", "SET", "replica-serve-stale-data", "no")
	check(t, c.fail("GET", "k"), "MASTERDOWN", refused(classify.MasterDown))
}

// TestServerUnblock provokes what CLIENT UNBLOCK leaves to the one that waited.
func TestServerUnblock(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	blocked, c := open(t, s), open(t, s)
	id := blocked.must("CLIENT", "ID")
	blocked.send("BLPOP", "list", "0")
	c.wait("cmd=blpop", "CLIENT", "LIST")
	c.must("CLIENT", "UNBLOCK", id, "ERROR")
	_, err := blocked.receive()
	check(t, err, "UNBLOCKED client unblocked", final(classify.Response))
}

// TestServerRefusesWrites provokes the refusals of a master that must not write now.
func TestServerRefusesWrites(t *testing.T) {
	t.Parallel()
	dir := t.TempDir() + "/gone"
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	c := open(t, redistest.Start(t, "--dir", dir))
	c.must("CONFIG", "SET", "min-replicas-to-write", "1")
	check(t, c.fail("SET", "k", "v"), "NOREPLICAS", refused(classify.NoReplicas))
	check(t, c.fail("EVAL", "return redis.call('set', 'k', 'v')", "0"), "NOREPLICAS", halfway(classify.NoReplicas))
	c.must("CONFIG", "SET", "min-replicas-to-write", "0")

	c.must("CONFIG", "SET", "save", "3600 1")
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	c.must("BGSAVE")
	c.wait("rdb_last_bgsave_status:err", "INFO", "persistence")
	check(t, c.fail("SET", "k", "v"), "MISCONF", refused(classify.Misconf))
	check(t, c.fail("EVAL", "return redis.call('set', 'k', 'v')", "0"), "MISCONF", halfway(classify.Misconf))
}

// TestServerLoading provokes the refusals of a server that reads its data set.
func TestServerLoading(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, "--loading-process-events-interval-bytes", "1024")
	loading, c := open(t, s), open(t, s)
	c.must("DEBUG", "POPULATE", "1000")
	c.must("CONFIG", "SET", "key-load-delay", "2000") // µs each: two seconds
	loading.send("DEBUG", "RELOAD")
	check(t, c.until("LOADING", "GET", "k"), "LOADING", refused(classify.BusyLoading))
}
