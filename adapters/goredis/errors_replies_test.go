package goredis_test

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/redistest"
)

// TestErrorsOfRefusals: the server says that it has not run the command, so that even an INCR is run
// again, as often as the policy allows.
func TestErrorsOfRefusals(t *testing.T) {
	t.Parallel()
	// with returns an INCR at a server of its own that was brought into a state.
	with := func(prepare func(ctx context.Context, t *testing.T, g *rig), args ...string) func(*testing.T) (*rig, error) {
		return func(t *testing.T) (*rig, error) {
			g := rigAt(t, redistest.Start(t, args...), three, nil)
			prepare(t.Context(), t, g)
			return g.incr(t)
		}
	}
	set := func(pairs ...string) func(context.Context, *testing.T, *rig) {
		return func(ctx context.Context, t *testing.T, g *rig) {
			for i := 0; i < len(pairs); i += 2 {
				require.NoError(t, g.direct.ConfigSet(ctx, pairs[i], pairs[i+1]).Err())
			}
		}
	}
	replica := func(ctx context.Context, t *testing.T, g *rig) {
		require.NoError(t, g.direct.ReplicaOf(ctx, "127.0.0.1", "1").Err())
	}
	runProvoked(t, []provoked{
		{name: "LOADING", text: "^LOADING", verdict: transient(classify.BusyLoading), provoke: loadingRig},
		{name: "READONLY", text: "^READONLY", verdict: transient(classify.ReadOnlyReplica), provoke: with(replica)},
		{
			name: "MASTERDOWN", text: "^MASTERDOWN", verdict: transient(classify.MasterDown),
			provoke: with(func(ctx context.Context, t *testing.T, g *rig) {
				set("replica-serve-stale-data", "no", "replica-read-only", "no")(ctx, t, g)
				replica(ctx, t, g)
			}),
		},
		{
			name: "CLUSTERDOWN", text: "^CLUSTERDOWN", verdict: transient(classify.ClusterDown),
			provoke: with(func(context.Context, *testing.T, *rig) {}, "--cluster-enabled", "yes"),
		},
		{name: "NOREPLICAS", text: "^NOREPLICAS", verdict: transient(classify.NoReplicas), provoke: with(set("min-replicas-to-write", "1"))},
		{name: "OOM", text: "^OOM", verdict: overloaded(classify.OutOfMemory), provoke: with(set("maxmemory", "1"))},
		{name: "MISCONF", text: "^MISCONF", verdict: transient(classify.Misconf), provoke: misconf},
		{
			name: "BUSY", text: "^BUSY ", verdict: overloaded(classify.Busy),
			provoke: with(func(ctx context.Context, t *testing.T, g *rig) {
				set("busy-reply-threshold", "1")(ctx, t, g)
				other := redis.NewClient(&redis.Options{Addr: g.direct.Options().Addr, MaxRetries: -1, ReadTimeout: -1})
				t.Cleanup(func() { require.NoError(t, other.Close()) })
				ended := make(chan struct{})
				go func() {
					defer close(ended)
					_ = other.Eval(context.Background(), "while true do end", nil).Err()
				}()
				t.Cleanup(func() {
					_ = g.direct.ScriptKill(context.Background()).Err()
					<-ended
				})
				wait(t, "the script holds the server", func() bool { return redis.HasErrorPrefix(g.direct.Get(ctx, "k").Err(), "BUSY") })
			}),
		},
	})
}

// loadingRig returns an INCR at a server that loads, and does not say for how long: that would be waited for, and then it
// might have loaded.
func loadingRig(t *testing.T) (*rig, error) {
	g := rigAt(t, redistest.Start(t), three, refused("info", "NOPERM no"))
	load(2000)(t.Context(), t, g)
	return g.incr(t)
}

// load has a server load a data set, which takes so many milliseconds.
func load(ms int) func(context.Context, *testing.T, *rig) {
	return func(ctx context.Context, t *testing.T, g *rig) {
		require.NoError(t, g.direct.ConfigSet(ctx, "loading-process-events-interval-bytes", "1024").Err())
		require.NoError(t, g.direct.Do(ctx, "debug", "populate", ms).Err())
		require.NoError(t, g.direct.ConfigSet(ctx, "key-load-delay", "1000").Err()) // µs each
		other := redis.NewClient(&redis.Options{Addr: g.direct.Options().Addr, MaxRetries: -1, ReadTimeout: -1})
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_ = other.Do(context.Background(), "debug", "reload").Err()
		}()
		t.Cleanup(func() { require.NoError(t, other.Close()); <-ended })
		wait(t, "the server is loading", func() bool { return redis.IsLoadingError(g.direct.Get(ctx, "k").Err()) })
	}
}

// misconf has a server lose the directory that it saves to.
func misconf(t *testing.T) (*rig, error) {
	ctx := t.Context()
	dir := t.TempDir() + "/gone"
	require.NoError(t, os.Mkdir(dir, 0o700))
	g := rigAt(t, redistest.Start(t, "--dir", dir), three, nil)
	require.NoError(t, g.direct.ConfigSet(ctx, "save", "3600 1").Err())
	require.NoError(t, os.Remove(dir))
	require.NoError(t, g.direct.BgSave(ctx).Err())
	wait(t, "saving has failed", func() bool {
		return g.direct.InfoMap(ctx, "persistence").Item("Persistence", "rdb_last_bgsave_status") == "err"
	})
	return g.incr(t)
}

// TestErrorsOfAccess: what is forbidden stays forbidden, and is said at once.
func TestErrorsOfAccess(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	owner := rigAt(t, server, three, nil)
	require.NoError(t, owner.direct.ACLSetUser(t.Context(), "reader", "on", ">secret", "~*", "+get").Err())
	require.NoError(t, owner.direct.ConfigSet(t.Context(), "requirepass", "secret").Err())
	as := func(user, password string) func(*testing.T) (*rig, error) {
		return func(t *testing.T) (*rig, error) {
			g := &rig{proxy: owner.proxy, direct: owner.direct}
			g.Client = g.client(t, three, func(o *redis.Options) { o.Username, o.Password = user, password })
			return g.incr(t)
		}
	}
	runProvoked(t, []provoked{
		{name: "no password", text: "^NOAUTH", verdict: permanent(classify.Auth), reasons: "not_retryable", provoke: as("", "")},
		{name: "wrong password", text: "^WRONGPASS", verdict: permanent(classify.Auth), reasons: "not_retryable", provoke: as("", "guess")},
		{name: "wrong user", text: "^WRONGPASS", verdict: permanent(classify.Auth), reasons: "not_retryable", provoke: as("nobody", "secret")},
		{name: "no permission", text: "^NOPERM", verdict: permanent(classify.NoPermission), reasons: "not_retryable", provoke: as("reader", "secret")},
	})
}

// TestErrorsForGood: the server says that the command is wrong, and it would be the next time.
func TestErrorsForGood(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	call := func(do func(context.Context, *rig) error) func(*testing.T) (*rig, error) {
		return func(t *testing.T) (*rig, error) {
			g := rigAt(t, server, three, nil)
			require.NoError(t, g.direct.RPush(t.Context(), "list", "a").Err())
			return g, do(t.Context(), g)
		}
	}
	runProvoked(t, []provoked{
		{
			name: "WRONGTYPE", text: "^WRONGTYPE", verdict: permanent(classify.Response), reasons: "not_retryable",
			provoke: call(func(ctx context.Context, g *rig) error { return g.Incr(ctx, "list").Err() }),
		},
		{
			name: "NOSCRIPT", text: "^NOSCRIPT", verdict: permanent(classify.NoScript), reasons: "not_retryable",
			provoke: call(func(ctx context.Context, g *rig) error {
				return g.EvalSha(ctx, "ffffffffffffffffffffffffffffffffffffffff", nil).Err()
			}),
		},
		{
			name: "BUSYKEY", text: "^BUSYKEY", verdict: permanent(classify.Response), reasons: "not_retryable",
			provoke: call(func(ctx context.Context, g *rig) error {
				return g.Restore(ctx, "list", 0, g.direct.Dump(ctx, "list").Val()).Err()
			}),
		},
		{
			name: "ERR", text: "^ERR unknown command", verdict: permanent(classify.Response), reasons: "not_retryable",
			provoke: call(func(ctx context.Context, g *rig) error { return g.Do(ctx, "frobnicate").Err() }),
		},
		{
			name: "UNBLOCKED", text: "^UNBLOCKED", verdict: permanent(classify.Response), reasons: "not_retryable",
			provoke: func(t *testing.T) (*rig, error) {
				g := rigAt(t, server, three, nil)
				return g.unblocked(t)
			},
		},
		{
			name: "EXECABORT", text: "^EXECABORT", verdict: permanent(classify.ExecAbort), reasons: "not_retryable",
			provoke: call(func(ctx context.Context, g *rig) error {
				cmds, err := g.TxPipelined(ctx, func(p redis.Pipeliner) error { p.Do(ctx, "incr"); p.Incr(ctx, "n"); return nil })
				require.ErrorContains(t, cmds[0].Err(), "ERR wrong number", "the cause")
				return err
			}),
		},
	})
}

// unblocked returns the error of a BLPOP that was ended by CLIENT UNBLOCK … ERROR.
func (g *rig) unblocked(t *testing.T) (*rig, error) {
	ctx := t.Context()
	conn := g.Conn()
	defer func() { require.NoError(t, conn.Close()) }()
	id := conn.ClientID(ctx).Val()
	ended := make(chan error)
	go func() { ended <- conn.BLPop(ctx, time.Minute, "empty").Err() }()
	wait(t, "BLPOP is under way", func() bool { return g.direct.ClientUnblockWithError(ctx, id).Val() == 1 })
	return g, <-ended
}
