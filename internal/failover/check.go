package failover

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/redistest"
)

// Client is a client of a Sentinel deployment, or of a cluster, that retries by itself: what is tested. Its methods are
// called by many goroutines.
type Client interface {
	// Incr runs INCR.
	Incr(ctx context.Context, key string) error
	// Set runs SET.
	Set(ctx context.Context, key, value string) error
	// Get runs GET, and returns "" if there is no such key.
	Get(ctx context.Context, key string) (string, error)
	// IncrWait sends INCR and "WAIT 1 50" in one pipeline. It returns the error of INCR, and what WAIT answered: how
	// many replicas have all of the connection's writes; 0 if it failed. In a cluster, where WAIT might ask another
	// node, it is INCR in a pipeline, and 0.
	IncrWait(ctx context.Context, key string) (replicas int64, err error)
	// Classify judges an error of the others.
	Classify(err error) classify.Verdict
}

// The rounds of each worker before the master is lost, and after another was promoted.
const before, after = 40, 10

// losses are the ways in which a master is lost.
var losses = map[string]func(*redistest.Server) error{
	"killed": func(s *redistest.Server) error { s.Kill(); return nil },
	"frozen": (*redistest.Server).Freeze,
}

// Check loses the master, once killed and once hanging, under the load of the client that open makes of the
// addresses of the sentinels. It fails the test unless
//
//   - writes come back to every goroutine within so long of the announcement of the new master. What a client can
//     know of a promotion is its announcement, which the sentinels take their time for.
//   - no INCR is executed twice, and none that failed claims to know that it was not executed.
//   - every SET and every GET succeeds.
//   - what was acknowledged was executed, and what WAIT says is on the replica is there.
//
// The client ends with the test that open is given; without redis-server that is skipped.
func Check(t *testing.T, within time.Duration, open func(t *testing.T, sentinels []string) Client) {
	t.Helper()
	for name, lose := range losses {
		t.Run(name, func(t *testing.T) {
			d := redistest.StartSentinel(t, 1, "--appendonly", "yes", "--appendfsync", "no")
			old, fresh := d.Servers[0], d.Servers[1]
			l := start(t, open(t, d.Addrs()), 16, scattered)
			l.wait(func(w *worker) bool { return len(w.incrs) >= before })
			lost := time.Now()
			require.NoError(t, lose(old))
			promoted, err := fresh.WaitPromoted(t.Context())
			require.NoError(t, err)
			announced, err := d.WaitAnnounced(t.Context(), fresh)
			require.NoError(t, err)
			l.wait(func(w *worker) bool { return w.since(promoted, all) >= after })
			l.end()

			first, last := l.resumed(promoted, all)
			t.Logf("promoted %v after the loss, announced %v later; writes came back %v to %v after the promotion",
				promoted.Sub(lost), announced.Sub(promoted), first.Sub(promoted), last.Sub(promoted))
			require.Less(t, last.Sub(announced), within)
			l.check(t, func(keys []string) []any { return values(t, fresh, keys) }, appendLog(t, old))
		})
	}
}

// check holds what the workers were told against what the servers know: what get returns of all keys, and what was in
// the logs of the masters that were lost.
func (l *load) check(t *testing.T, get func(keys []string) []any, written string) {
	t.Helper()
	var keys []string
	for _, w := range l.workers {
		for _, x := range w.incrs {
			keys = append(keys, x.key)
		}
	}
	known := get(keys)
	var acked, synced, failed, lost int
	for _, w := range l.workers {
		for _, err := range w.other {
			require.NoError(t, err)
		}
		for _, x := range w.incrs {
			v := known[0]
			known = known[1:]
			require.Contains(t, []any{nil, "1"}, v, "%s was executed twice", x.key)
			switch {
			case x.err != nil:
				failed++
				require.Equal(t, classify.Ambiguous, l.client.Classify(x.err).Class, "%v", x.err)
			case v != nil:
				acked++
			default:
				lost++
				require.False(t, x.replicated, "%s was on the replica, says WAIT", x.key)
				require.Contains(t, written, x.key, "acknowledged, but no server has executed it")
			}
			if x.replicated {
				synced++
			}
		}
	}
	t.Logf("%d INCRs acknowledged, %d of them synced; %d failed; %d lost by the asynchronous replication",
		acked, synced, failed, lost)
}

// values returns what a server has of the keys.
func values(t *testing.T, s *redistest.Server, keys []string) []any {
	t.Helper()
	gets := make([][]string, len(keys))
	for i, key := range keys {
		gets[i] = []string{"GET", key}
	}
	all, err := s.DoAll(t.Context(), gets...)
	require.NoError(t, err)
	return all
}

// appendLog returns what the servers have written to their logs of commands. One that is made a replica begins a new
// one, with what its master has.
func appendLog(t *testing.T, servers ...*redistest.Server) string {
	t.Helper()
	var all strings.Builder
	for _, s := range servers {
		files, err := filepath.Glob(filepath.Join(s.Dir(), "appendonlydir", "*.aof"))
		require.NoError(t, err)
		if len(files) == 0 { // before Redis 7
			files = []string{filepath.Join(s.Dir(), "appendonly.aof")}
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			all.Write(text)
		}
	}
	return all.String()
}
