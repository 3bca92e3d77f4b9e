package failover

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// CheckRestart ends all nodes at once, as a loss of power does, and runs them again. Every goroutine is served again.
func CheckRestart(t *testing.T, open OpenCluster) {
	t.Helper()
	d := startCluster(t)
	l := start(t, open(t, d.Addrs()), clusterWorkers, scattered)
	l.wait(func(w *worker) bool { return len(w.incrs) >= before })
	d.RestartAll(t)
	up := time.Now()
	written := appendLog(t, d.Servers[:3]...) // the masters', should a replica have been quicker
	l.wait(func(w *worker) bool { return w.since(up, all) >= after })
	l.end()
	first, last := l.resumed(up, all)
	t.Logf("writes came back %v to %v after the start of all nodes", first.Sub(up), last.Sub(up))
	l.check(t, lookup(t, d), written)
}

// CheckElsewhere has a master that was replaced come back at another address, and take over there. Every goroutine finds
// its slots again at each of the places.
func CheckElsewhere(t *testing.T, open OpenCluster) {
	t.Helper()
	d := startCluster(t)
	old := d.Servers[0]
	mine := slotsOf(t, old)
	l := start(t, open(t, d.Addrs()), clusterWorkers, scattered)
	l.wait(func(w *worker) bool { return len(w.incrs) >= before })
	old.Kill()
	written := appendLog(t, old)
	fresh, promoted, err := d.WaitPromoted(t.Context(), old)
	require.NoError(t, err)
	l.wait(func(w *worker) bool { return w.since(promoted, mine) >= after })
	again := d.RestartElsewhere(t, old)
	require.NoError(t, d.WaitComplete(t.Context()))
	require.NoError(t, d.Failover(t.Context(), again))
	_, back, err := d.WaitPromoted(t.Context(), fresh)
	require.NoError(t, err)
	l.wait(func(w *worker) bool { return w.since(back, mine) >= after })
	l.end()
	first, last := l.resumed(back, mine)
	t.Logf("writes came back %v to %v after the take-over at %s, from %s before", first.Sub(back), last.Sub(back), again.Addr(), old.Addr())
	l.check(t, lookup(t, d), written)
}
