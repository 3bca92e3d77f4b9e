package failover

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/cluster"
	"github.com/reprise-go/reprise/internal/redistest"
)

// clusterWorkers is how many goroutines keep a cluster busy.
const clusterWorkers = 32

// OpenCluster makes a client of the addresses of a cluster.
type OpenCluster func(t *testing.T, addrs []string) Client

func startCluster(t *testing.T) *redistest.Cluster {
	t.Helper()
	return redistest.StartCluster(t, 3, 1, "--appendonly", "yes", "--appendfsync", "no")
}

// CheckCluster loses a master, once killed and once hanging, under the load of the client that open makes. It
// fails the test unless writes of the slots that it served come back to every goroutine within so long of the
// promotion of its replica, and what [Check] holds of the rest is true.
func CheckCluster(t *testing.T, within time.Duration, open OpenCluster) {
	t.Helper()
	for name, lose := range losses {
		t.Run(name, func(t *testing.T) {
			d := startCluster(t)
			old := d.Servers[0]
			// The first third of the slots, by the map that everybody agrees on before the loss.
			mine := slotsOf(t, old)
			l := start(t, open(t, d.Addrs()), clusterWorkers, scattered)
			l.wait(func(w *worker) bool { return len(w.incrs) >= before })
			lost := time.Now()
			require.NoError(t, lose(old))
			_, promoted, err := d.WaitPromoted(t.Context(), old)
			require.NoError(t, err)
			l.wait(func(w *worker) bool { return w.since(promoted, mine) >= after })
			l.end()
			first, last := l.resumed(promoted, mine)
			t.Logf("promoted %v after the loss; writes came back %v to %v after the promotion",
				promoted.Sub(lost), first.Sub(promoted), last.Sub(promoted))
			require.Less(t, last.Sub(promoted), within)
			l.check(t, lookup(t, d), appendLog(t, old))
		})
	}
}

// CheckPlannedFailover has a replica take over from a master that is well, under load. No operation fails at all.
func CheckPlannedFailover(t *testing.T, open OpenCluster) {
	t.Helper()
	d := startCluster(t)
	old := d.Servers[0]
	l := start(t, open(t, d.Addrs()), clusterWorkers, scattered)
	l.wait(func(w *worker) bool { return len(w.incrs) >= before })
	replicas := d.ReplicasOf(t.Context(), old)
	require.NotEmpty(t, replicas)
	require.NoError(t, d.Failover(t.Context(), replicas[0]))
	_, promoted, err := d.WaitPromoted(t.Context(), old)
	require.NoError(t, err)
	l.wait(func(w *worker) bool { return w.since(promoted, all) >= after })
	l.end()
	l.unharmed(t)
	l.check(t, lookup(t, d), "")
}

// unharmed requires that no INCR has failed.
func (l *load) unharmed(t *testing.T) {
	t.Helper()
	for _, w := range l.workers {
		for _, x := range w.incrs {
			require.NoError(t, x.err, "no operation fails")
		}
	}
}

// CheckResharding moves slots with their keys to another master while each is in the hands of a goroutine. No operation
// fails at all.
func CheckResharding(t *testing.T, open OpenCluster) {
	t.Helper()
	d := startCluster(t)
	from, to := d.Servers[0], d.Servers[1]
	mine := slotsOf(t, from)
	l := start(t, open(t, d.Addrs()), clusterWorkers, gathered)
	l.wait(func(w *worker) bool { return len(w.incrs) >= before })
	moved := 0
	for i := 0; i < clusterWorkers && moved < 4; i++ {
		key := fmt.Sprintf(gathered, i, 0)
		if !mine(key) {
			continue
		}
		w := l.workers[i]
		step := func() error { // some operations in each state of the slot
			w.mu.Lock()
			had := len(w.incrs)
			w.mu.Unlock()
			l.waitOne(w, func() bool { return len(w.incrs) >= had+4 })
			return nil
		}
		require.NoError(t, d.Migrate(t.Context(), cluster.Slot(key), to, step))
		moved++
	}
	end := time.Now()
	l.wait(func(w *worker) bool { return w.since(end, all) >= after })
	l.end()
	t.Logf("%d slots moved", moved)
	require.Positive(t, moved)
	l.unharmed(t)
	l.check(t, lookup(t, d), "")
}

// CheckSeeds opens clients that know of the cluster by a single one of several addresses.
func CheckSeeds(t *testing.T, open OpenCluster) {
	t.Helper()
	d := startCluster(t)
	last := []string{"127.0.0.1:1", "127.0.0.1:2", d.Addrs()[len(d.Addrs())-1]}
	c := open(t, last)
	for i := range 20 {
		key := strconv.Itoa(i)
		require.NoError(t, c.Set(t.Context(), key, key))
		got, err := c.Get(t.Context(), key)
		require.NoError(t, err)
		require.Equal(t, key, got)
	}
}

// slotsOf returns the function that tells whether a key is in a slot that the server has now.
func slotsOf(t *testing.T, s *redistest.Server) func(key string) bool {
	t.Helper()
	has, err := s.Slots(t.Context())
	require.NoError(t, err)
	return func(key string) bool { return has(cluster.Slot(key)) }
}

// lookup returns the function that asks the master of each key's slot for it. It asks each master once: on connections
// of their own the keys of one test, some ten thousand, took 11 s, and their ports a minute to come free again.
func lookup(t *testing.T, c *redistest.Cluster) func(keys []string) []any {
	t.Helper()
	return func(keys []string) []any {
		masters, err := c.Masters(t.Context())
		require.NoError(t, err)
		asked := map[*redistest.Server][]int{} // the places of its keys
		for i, key := range keys {
			s := masters[cluster.Slot(key)]
			require.NotNil(t, s, "nobody has %s", key)
			asked[s] = append(asked[s], i)
		}
		all := make([]any, len(keys))
		for s, places := range asked {
			its := make([]string, len(places))
			for n, i := range places {
				its[n] = keys[i]
			}
			for n, v := range values(t, s, its) {
				all[places[n]] = v
			}
		}
		return all
	}
}
