package rueidis_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/redistest"
	"github.com/reprise-go/reprise/policy"
)

// TestErrorsOfRefusals: the server says that it has not run the command, so that even an INCR is run again, as often
// as the policy allows. rueidis itself retries none of these, but reads after LOADING.
func TestErrorsOfRefusals(t *testing.T) {
	t.Parallel()
	// with returns an INCR at a server of its own with settings.
	with := func(pairs ...string) func(*testing.T) (*rig, error) {
		return func(t *testing.T) (*rig, error) {
			g := newRig(t, three, nil)
			for i := 0; i < len(pairs); i += 2 {
				g.direct(t, "CONFIG", "SET", pairs[i], pairs[i+1])
			}
			return g.incr(t)
		}
	}
	runProvoked(t, []provoked{
		{name: "LOADING", text: "^LOADING", verdict: transient(classify.BusyLoading), provoke: loading},
		{name: "READONLY", text: "^READONLY", verdict: transient(classify.ReadOnlyReplica), provoke: func(t *testing.T) (*rig, error) {
			return rigAt(t, redistest.StartReplica(t, redistest.Start(t)), three, nil).incr(t)
		}},
		{name: "MASTERDOWN", text: "^MASTERDOWN", verdict: transient(classify.MasterDown), provoke: masterDown},
		{name: "NOREPLICAS", text: "^NOREPLICAS", verdict: transient(classify.NoReplicas), provoke: with("min-replicas-to-write", "1")},
		{name: "OOM", text: "^OOM", verdict: overloaded(classify.OutOfMemory), provoke: with("maxmemory", "1")},
		{name: "MISCONF", text: "^MISCONF", verdict: transient(classify.Misconf), provoke: misconf},
		{name: "BUSY", text: "^BUSY ", verdict: overloaded(classify.Busy), provoke: busy},
	})
}

// loading has a server read a large data set, longer than the attempts take: it does not tell how long.
func loading(t *testing.T) (*rig, error) {
	server := redistest.StartLoading(t, 5_000)
	g := rigAt(t, server, three, refused("info", "NOPERM User default has no permissions to run the 'info' command"))
	_, err := g.incr(t)
	g.direct(t, "CONFIG", "SET", "key-load-delay", "0")
	await(t, "all is read", func() bool { _, err := server.Do(t.Context(), "GET", "n"); return err == nil })
	return g, err
}

// masterDown has a replica lose its master. That it may write is the only way to have it refuse an INCR for that.
func masterDown(t *testing.T) (*rig, error) {
	master := redistest.Start(t)
	g := rigAt(t, redistest.StartReplica(t, master, "--replica-serve-stale-data", "no", "--replica-read-only", "no"), three, nil)
	master.Kill()
	await(t, "the link is down", func() bool {
		return strings.Contains(g.direct(t, "INFO", "replication").(string), "master_link_status:down")
	})
	_, err := g.incr(t)
	g.direct(t, "REPLICAOF", "NO", "ONE")
	return g, err
}

// misconf has a server lose the directory that it saves to.
func misconf(t *testing.T) (*rig, error) {
	dir := t.TempDir() + "/gone"
	require.NoError(t, os.Mkdir(dir, 0o700))
	g := rigAt(t, redistest.Start(t, "--dir", dir), three, nil)
	g.direct(t, "CONFIG", "SET", "save", "3600 1")
	require.NoError(t, os.Remove(dir))
	g.direct(t, "BGSAVE")
	await(t, "saving has failed", func() bool {
		return strings.Contains(g.direct(t, "INFO", "persistence").(string), "rdb_last_bgsave_status:err")
	})
	return g.incr(t)
}

// busy has a script hold the server until the attempts are made.
func busy(t *testing.T) (*rig, error) {
	g := newRig(t, three, nil)
	g.direct(t, "CONFIG", "SET", "busy-reply-threshold", "1")
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = g.server.Do(context.Background(), "EVAL", "while true do end", "0") // outlives a test that fails
	}()
	await(t, "the script holds the server", func() bool {
		_, err := g.server.Do(t.Context(), "GET", "n")
		return err != nil && strings.Contains(err.Error(), "BUSY")
	})
	_, err := g.incr(t)
	g.direct(t, "SCRIPT", "KILL")
	<-ended
	return g, err
}

// blpop returns the error of a BLPOP that something ends, given the ID of its connection.
func blpop(t *testing.T, end func(g *rig, id string)) (*rig, error) {
	g := newRig(t, three, nil)
	ended := make(chan error)
	go func() { ended <- g.Do(t.Context(), g.B().Blpop().Key("empty").Timeout(60).Build()).Error() }()
	id := ""
	await(t, "BLPOP is under way", func() bool {
		for line := range strings.Lines(g.direct(t, "CLIENT", "LIST").(string)) {
			if strings.Contains(line, " cmd=blpop ") {
				id, _, _ = strings.Cut(strings.TrimPrefix(line, "id="), " ")
			}
		}
		return id != ""
	})
	end(g, id)
	return g, <-ended
}

// TestErrorsOfFailoversWhileWaiting: a server that becomes a replica lets those go who wait, and has given them nothing. It
// then closes their connections as well, of which the next attempt may be told.
func TestErrorsOfFailoversWhileWaiting(t *testing.T) {
	t.Parallel()
	g, err := blpop(t, func(g *rig, _ string) { g.direct(t, "REPLICAOF", "127.0.0.1", "1") })
	require.Error(t, err)
	first := g.seen()[0]
	require.ErrorContains(t, first.Err, "UNBLOCKED force unblock")
	require.Equal(t, transient(classify.ReadOnlyReplica), first.Decision.Verdict)
	require.Equal(t, policy.Retrying, first.Decision.Reason)
}

// TestErrorsForGood: the server says that the command is wrong, and it would be the next time.
func TestErrorsForGood(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	call := func(args ...string) func(*testing.T) (*rig, error) {
		return func(t *testing.T) (*rig, error) {
			g := rigAt(t, server, three, nil)
			g.direct(t, "SADD", "set", "a")
			return g, g.Do(t.Context(), g.command(args...)).Error()
		}
	}
	response := permanent(classify.Response)
	runProvoked(t, []provoked{
		{name: "WRONGTYPE", text: "^WRONGTYPE", verdict: response, reasons: final, provoke: call("INCR", "set")},
		{name: "ERR", text: "^unknown command", verdict: response, reasons: final, provoke: call("FROBNICATE")},
		{name: "BUSYKEY", text: "^BUSYKEY", verdict: response, reasons: final, provoke: func(t *testing.T) (*rig, error) {
			g := rigAt(t, server, three, nil)
			g.direct(t, "SADD", "other", "a")
			return g, g.Do(t.Context(), g.command("RESTORE", "other", "0", g.direct(t, "DUMP", "other").(string))).Error()
		}},
		{
			name: "NOSCRIPT", text: "^NOSCRIPT", verdict: permanent(classify.NoScript), reasons: final,
			provoke: call("EVALSHA", strings.Repeat("f", 40), "0"),
		},
		{name: "UNBLOCKED", text: "^UNBLOCKED", verdict: response, reasons: final, provoke: func(t *testing.T) (*rig, error) {
			return blpop(t, func(g *rig, id string) { g.direct(t, "CLIENT", "UNBLOCK", id, "ERROR") })
		}},
	})
}

// TestErrorsOfScripts: what a script says may come after it has written, whatever it sounds like. It is not run again.
// The short ones make rueidis' IsMoved and IsAsk panic, which a single client need not call.
func TestErrorsOfScripts(t *testing.T) {
	t.Parallel()
	var rows []provoked
	for _, r := range []struct {
		text    string
		verdict classify.Verdict
		alone   classify.Verdict
		reasons string
	}{
		{"LOADING not quite", ambiguous(classify.BusyLoading), transient(classify.BusyLoading), unsure},
		{"READONLY for me", ambiguous(classify.ReadOnlyReplica), transient(classify.ReadOnlyReplica), unsure},
		{"OOM of my own", ambiguous(classify.OutOfMemory), overloaded(classify.OutOfMemory), unsure},
		{"MOVED", ambiguous(classify.Moved), redirect(classify.Moved), unsure},
		{"MOVED 1 127.0.0.1:1", ambiguous(classify.Moved), redirect(classify.Moved), unsure},
		{"ASK", ambiguous(classify.Ask), redirect(classify.Ask), unsure},
		{"ASKING", permanent(classify.Script), permanent(classify.Response), final},
		{"REDIRECT", permanent(classify.Script), permanent(classify.Response), final},
		{"NOTMINE at all", permanent(classify.Script), permanent(classify.Response), final},
	} {
		rows = append(rows, provoked{
			name: r.text, text: "^" + r.text + "$", verdict: r.verdict, alone: r.alone, reasons: r.reasons, counter: "1",
			provoke: func(t *testing.T) (*rig, error) {
				return newRig(t, three, nil).eval(t, "return redis.error_reply('"+r.text+"')")
			},
		})
	}
	rows = append(rows, provoked{
		name: "raised by a command", text: "^WRONGTYPE.* script: ", verdict: permanent(classify.Script), reasons: final, counter: "1",
		provoke: func(t *testing.T) (*rig, error) {
			return newRig(t, three, nil).eval(t, "redis.call('lpush', KEYS[1], 'a')")
		},
	})
	runProvoked(t, rows)
}

// TestErrorsWithinScriptsThatOnlyRead: the server lets them write nothing, so that the refusal is one.
func TestErrorsWithinScriptsThatOnlyRead(t *testing.T) {
	t.Parallel()
	g := newRig(t, three, nil)
	script := g.B().EvalRo().Script("return redis.error_reply('LOADING not quite')").Numkeys(0).Build()
	err := g.Do(t.Context(), script).Error()
	reply, ok := rueidis.IsRedisErr(err)
	require.True(t, ok, "%v", err)
	require.Equal(t, "LOADING not quite", reply.Error())
	require.Equal(t, gaveUp, reasons(g.seen()))
}
