package clusterdemo

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/redis/go-redis/v9"

	"github.com/reprise-go/reprise/internal/redistest"
)

// batch is how many keys one pipeline asks for.
const batch = 500

// sumUp asks the servers what was executed, and makes the report.
func sumUp(ctx context.Context, heir *redistest.Server, lanes []*lane, m moments) (Report, error) {
	// The promoted replica is the first to know who has the slots of the dead master.
	asker := redis.NewClusterClient(&redis.ClusterOptions{Addrs: []string{heir.Addr()}})
	defer asker.Close()
	r := newReport(m)
	for _, l := range lanes {
		done := l.operations()
		counts, err := executed(ctx, asker, done)
		if err != nil {
			return Report{}, fmt.Errorf("read the counters back: %w", err)
		}
		row := newRow(l.name, done, counts, m)
		row.Dials, row.Maps = int(l.wire.dials.Load()), int(l.wire.maps.Load())
		r.Rows = append(r.Rows, row)
	}
	return r, nil
}

// executed returns how often the INCR of each key was executed, by the masters of the keys.
func executed(ctx context.Context, asker *redis.ClusterClient, done []operation) (map[string]int, error) {
	counts := map[string]int{}
	for some := range slices.Chunk(done, batch) {
		values := map[string]*redis.StringCmd{}
		_, _ = asker.Pipelined(ctx, func(p redis.Pipeliner) error { // each command has its own error
			for _, op := range some {
				if op.kind == incr {
					values[op.key] = p.Get(ctx, op.key)
				}
			}
			return nil
		})
		for key, value := range values {
			n, err := value.Int()
			if err != nil && !errors.Is(err, redis.Nil) {
				return nil, err
			}
			counts[key] = n
		}
	}
	return counts, nil
}
