package failover

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"
)

// load is a number of workers that write and read until they are told to end.
type load struct {
	client  Client
	workers []*worker
	stop    context.CancelFunc
	running sync.WaitGroup
	rounds  chan struct{} // has a token if there was a round since the last look
}

// worker is one goroutine of the load and what it has seen.
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

// scattered gives each operation of a worker a slot of its own, and gathered all of them the same one.
const (
	scattered = "%d:%d"
	gathered  = "{%d}:%d"
)

func start(t *testing.T, c Client, workers int, ids string) *load {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	l := &load{client: c, stop: cancel, rounds: make(chan struct{}, 1)}
	t.Cleanup(l.end)
	for i := range workers {
		w := &worker{}
		l.workers = append(l.workers, w)
		l.running.Go(func() {
			// Each at a pace of its own, so that the loss meets them at different moments.
			pace := time.NewTicker(5*time.Millisecond + time.Duration(i)*100*time.Microsecond)
			defer pace.Stop()
			for n := 0; ctx.Err() == nil; n++ {
				// Not ctx: a round that has begun is finished. But not after a test that has failed.
				w.round(t.Context(), c, fmt.Sprintf(ids, i, n))
				select {
				case l.rounds <- struct{}{}:
				default:
				}
				select {
				case <-pace.C:
				case <-ctx.Done():
				}
			}
		})
	}
	return l
}

func (w *worker) round(ctx context.Context, c Client, id string) {
	alone := write{key: "alone:" + id + ";", begun: time.Now()}
	alone.err = c.Incr(ctx, alone.key)
	alone.end = time.Now()

	set := c.Set(ctx, "set:"+id, id)
	got, get := c.Get(ctx, "set:"+id)
	if get == nil && got != id && got != "" { // "" is a SET that Redis lost
		get = fmt.Errorf("failover: GET set:%s = %q", id, got)
	}

	synced := write{key: "synced:" + id + ";", begun: time.Now()}
	reached, err := c.IncrWait(ctx, synced.key)
	synced.end, synced.err = time.Now(), err
	synced.replicated = err == nil && reached == 1

	w.mu.Lock()
	defer w.mu.Unlock()
	w.incrs = append(w.incrs, alone, synced)
	w.other = append(w.other, set, get)
}

// since returns how many INCRs that began after a moment have succeeded, of the keys that are concerned.
func (w *worker) since(at time.Time, concerned func(key string) bool) int {
	n := 0
	for _, x := range w.incrs {
		if x.err == nil && x.begun.After(at) && concerned(x.key) {
			n++
		}
	}
	return n
}

// wait returns when all workers have got somewhere.
func (l *load) wait(there func(*worker) bool) {
	for _, w := range l.workers {
		l.waitOne(w, func() bool { return there(w) })
	}
}

// waitOne returns when a worker has got somewhere.
func (l *load) waitOne(w *worker, there func() bool) {
	for {
		w.mu.Lock()
		done := there()
		w.mu.Unlock()
		if done {
			return
		}
		<-l.rounds
	}
}

func (l *load) end() {
	l.stop()
	l.running.Wait()
}

// all selects every key.
func all(string) bool { return true }

// resumed returns when the first and the last worker had a write acknowledged again, of a key that is concerned.
func (l *load) resumed(promoted time.Time, concerned func(key string) bool) (first, last time.Time) {
	for _, w := range l.workers {
		i := slices.IndexFunc(w.incrs, func(x write) bool { return x.err == nil && x.end.After(promoted) && concerned(x.key) })
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
