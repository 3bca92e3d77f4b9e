package clusterdemo

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/reprise-go/reprise/cluster"
)

// kind is a kind of operation. A goroutine does them in turn.
type kind int

const (
	incr  kind = iota // of a key that nobody else counts in, and only once
	set               // of a key of its own
	get               // of what was set before
	kinds             // how many there are
)

// operation is one operation and what came of it.
type operation struct {
	kind kind
	key  string
	lost bool          // it was for a slot of the master that is killed
	end  time.Duration // since the load began
	err  error
}

// keyring finds keys in the slots of each master.
type keyring []func(slot int) bool

// key returns a key that begins with the name and is in a slot of the master.
func (r keyring) key(master int, name string) string {
	for salt := 0; ; salt++ {
		if key := name + strconv.Itoa(salt); r[master](cluster.Slot(key)) {
			return key
		}
	}
}

// worker is one goroutine of the load.
type worker struct {
	client *redis.ClusterClient
	keys   keyring
	master int // whose slots its keys are in
	lost   bool
	name   string // begins its keys, and no others
	start  time.Time
	value  string // the key that it has set last
	done   []operation
}

// run does one operation after the other until running ends, the first after a delay. What has begun is finished,
// unless ctx ends.
func (w *worker) run(ctx, running context.Context, delay time.Duration) {
	first := time.NewTimer(delay)
	defer first.Stop()
	select {
	case <-first.C:
	case <-running.Done():
		return
	}
	ticks := time.NewTicker(pace)
	defer ticks.Stop()
	for n := 0; ; n++ {
		w.done = append(w.done, w.operate(ctx, n))
		select {
		case <-ticks.C:
		case <-running.Done():
			return
		}
	}
}

// operate does the nth operation.
func (w *worker) operate(ctx context.Context, n int) operation {
	op := operation{kind: kind(n % int(kinds)), key: w.value, lost: w.lost}
	if op.kind != get {
		op.key = w.keys.key(w.master, w.name+strconv.Itoa(n)+":")
	}
	switch op.kind {
	case incr:
		op.err = w.client.Incr(ctx, op.key).Err()
	case set:
		w.value = op.key
		op.err = w.client.Set(ctx, op.key, n, 0).Err()
	case get:
		// No value is a good reply: the SET before it may have failed, or been lost with the master.
		if op.err = w.client.Get(ctx, op.key).Err(); errors.Is(op.err, redis.Nil) {
			op.err = nil
		}
	}
	op.end = time.Since(w.start)
	return op
}
