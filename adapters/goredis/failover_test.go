package goredis_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/adapters/goredis"
	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/redistest"
	"github.com/reprise-go/reprise/policy"
)

// lasting is a policy that outlives a failover.
var lasting = policy.Retry{
	Retries:    policy.Unlimited,
	MaxElapsed: 15 * time.Second,
	Backoff:    backoff.Full(backoff.Exponential{Cap: 100 * time.Millisecond}),
}

// TestSentinelFailover loses the master under load. Its writes go to a log as well, so that what Redis lost
// itself, acknowledged but not yet sent to the replica, can be told from what a client lost.
func TestSentinelFailover(t *testing.T) {
	for name, lose := range map[string]func(*redistest.Server) error{
		"killed": func(s *redistest.Server) error { s.Kill(); return nil },
		"frozen": (*redistest.Server).Freeze,
	} {
		t.Run(name, func(t *testing.T) {
			const before, after = 40, 10 // rounds of each worker
			d := redistest.StartSentinel(t, 1, "--appendonly", "yes", "--appendfsync", "no")
			old, fresh := d.Servers[0], d.Servers[1]
			c := goredis.NewFailoverClient(&redis.FailoverOptions{
				MasterName: redistest.MasterName, SentinelAddrs: d.Addrs(),
				ReadTimeout: 200 * time.Millisecond, // a frozen server says nothing at all
			}, lasting)
			defer func() { require.NoError(t, c.Close()) }()

			var l traffic
			l.start(t, c)
			l.wait(func(w *worker) bool { return len(w.incrs) >= before })
			lost := time.Now()
			require.NoError(t, lose(old))
			promoted, err := fresh.WaitPromoted(t.Context())
			require.NoError(t, err)
			announced, err := d.WaitAnnounced(t.Context(), fresh)
			require.NoError(t, err)
			l.wait(func(w *worker) bool { return w.since(promoted) >= after })
			l.end()

			first, last := l.resumed(promoted)
			// What a client can know of a promotion is its announcement, which the sentinels take their time for.
			require.Less(t, last.Sub(announced), time.Second)
			t.Logf("promoted %v after the loss, announced %v later; writes came back %v to %v after the promotion",
				promoted.Sub(lost), announced.Sub(promoted), first.Sub(promoted), last.Sub(promoted))
			l.check(t, fresh, old)
		})
	}
}

// traffic is a number of workers that write and read until they are told to end.
type traffic struct {
	workers []*worker
	stop    context.CancelFunc
	running sync.WaitGroup
	rounds  chan struct{} // one token for each round of a worker
}

// worker is one goroutine of the traffic and what it has seen.
type worker struct {
	mu    sync.Mutex
	incrs []write // each of a key of its own
	other []error // of SET and GET
}

// write is an INCR and what came of it.
type write struct {
	key        string
	begun, end time.Time
	err        error
	replicated bool // WAIT has said so
}

func (l *traffic) start(t *testing.T, c *redis.Client) {
	ctx, cancel := context.WithCancel(t.Context())
	l.stop = cancel
	t.Cleanup(l.end)
	const workers = 16
	l.rounds = make(chan struct{}, workers)
	for i := range workers {
		w := &worker{}
		l.workers = append(l.workers, w)
		l.running.Go(func() {
			pace := time.NewTicker(5 * time.Millisecond)
			defer pace.Stop()
			for n := 0; ctx.Err() == nil; n++ {
				// Not ctx: a round that has begun is finished.
				w.round(context.WithoutCancel(ctx), c, fmt.Sprintf("%d:%d", i, n))
				select {
				case l.rounds <- struct{}{}:
				case <-ctx.Done():
				}
				select {
				case <-pace.C:
				case <-ctx.Done():
				}
			}
		})
	}
}

func (w *worker) round(ctx context.Context, c *redis.Client, id string) {
	alone := write{key: "alone:" + id + ";", begun: time.Now()}
	alone.err = c.Incr(ctx, alone.key).Err()
	alone.end = time.Now()

	set := c.Set(ctx, "set:"+id, id, 0).Err()
	get := c.Get(ctx, "set:"+id).Err()

	synced := write{key: "synced:" + id + ";", begun: time.Now()}
	p := c.Pipeline()
	incr, wait := p.Incr(ctx, synced.key), p.Do(ctx, "wait", 1, 50)
	_, _ = p.Exec(ctx) // each has its own error
	synced.end, synced.err = time.Now(), incr.Err()
	reached, err := wait.Int()
	synced.replicated = synced.err == nil && err == nil && reached == 1

	w.mu.Lock()
	defer w.mu.Unlock()
	w.incrs = append(w.incrs, alone, synced)
	w.other = append(w.other, set, get)
}

// since returns how many INCRs that began after a moment have succeeded.
func (w *worker) since(at time.Time) int {
	n := 0
	for _, x := range w.incrs {
		if x.err == nil && x.begun.After(at) {
			n++
		}
	}
	return n
}

// wait returns when all workers have got somewhere.
func (l *traffic) wait(there func(*worker) bool) {
	for _, w := range l.workers {
		for {
			w.mu.Lock()
			done := there(w)
			w.mu.Unlock()
			if done {
				break
			}
			<-l.rounds
		}
	}
}

func (l *traffic) end() {
	l.stop()
	l.running.Wait()
}

// resumed returns when the first and the last worker had a write acknowledged again.
func (l *traffic) resumed(promoted time.Time) (first, last time.Time) {
	for _, w := range l.workers {
		i := slices.IndexFunc(w.incrs, func(x write) bool { return x.err == nil && x.end.After(promoted) })
		end := w.incrs[i].end
		if first.IsZero() || end.Before(first) {
			first = end
		}
		if end.After(last) {
			last = end
		}
	}
	return first, last
}

func (l *traffic) check(t *testing.T, fresh, old *redistest.Server) {
	c := redis.NewClient(&redis.Options{Addr: fresh.Addr()})
	defer c.Close()
	written := appendLog(t, old)
	var acked, synced, failed, lost int
	for _, w := range l.workers {
		for _, err := range w.other {
			if !errors.Is(err, redis.Nil) { // a SET that Redis lost
				require.NoError(t, err)
			}
		}
		for _, x := range w.incrs {
			n, err := c.Get(t.Context(), x.key).Int()
			if !errors.Is(err, redis.Nil) {
				require.NoError(t, err)
			}
			require.LessOrEqual(t, n, 1, "%s was executed twice", x.key)
			switch {
			case x.err != nil:
				failed++
				require.Equal(t, classify.Ambiguous, goredis.Classify(x.err).Class, "%v", x.err)
			case n == 1:
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

// appendLog returns what the server has written to its log of commands.
func appendLog(t *testing.T, s *redistest.Server) string {
	files, err := filepath.Glob(filepath.Join(s.Dir(), "appendonlydir", "*.aof"))
	require.NoError(t, err)
	if len(files) == 0 { // before Redis 7
		files = []string{filepath.Join(s.Dir(), "appendonly.aof")}
	}
	var all strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		all.Write(text)
	}
	return all.String()
}
