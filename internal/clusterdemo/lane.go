package clusterdemo

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"
)

// lane is one contender on its way through the run.
type lane struct {
	name    string
	wire    *wire
	client  *redis.ClusterClient
	workers []*worker
}

// newLane opens a client. It has read the slot map when it returns.
func newLane(ctx context.Context, index int, addrs []string, keys keyring) (*lane, error) {
	l := &lane{name: contenders[index].name, wire: newWire()}
	var err error
	if l.client, err = contenders[index].open(&redis.ClusterOptions{Addrs: addrs, Dialer: l.wire.Dial}); err != nil {
		return nil, fmt.Errorf("%s: %w", l.name, err)
	}
	for i := range masters * workersEach {
		w := &worker{client: l.client, keys: keys, master: i % masters, lost: i%masters == victim}
		w.name = "reprise:demo:" + strconv.Itoa(index) + ":" + strconv.Itoa(i) + ":"
		l.workers = append(l.workers, w)
	}
	for _, w := range l.workers[:masters] {
		if err := l.client.Get(ctx, keys.key(w.master, w.name)).Err(); err != nil && !errors.Is(err, redis.Nil) {
			l.close()
			return nil, fmt.Errorf("%s: %w", l.name, err)
		}
	}
	return l, nil
}

// run puts the client under load until running ends.
func (l *lane) run(ctx, running context.Context, start time.Time) {
	var all errgroup.Group
	for i, w := range l.workers {
		w.start = start
		all.Go(func() error {
			// Spread over a pace, so that the load is even.
			w.run(ctx, running, pace*time.Duration(i)/time.Duration(len(l.workers)))
			return nil
		})
	}
	_ = all.Wait()
}

// operations returns what all workers have done.
func (l *lane) operations() []operation {
	var all []operation
	for _, w := range l.workers {
		all = append(all, w.done...)
	}
	return all
}

func (l *lane) close() { _ = l.client.Close() }
