package demo

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/redis/go-redis/v9"
)

// keys names the keys of one run. All of them are known by name, so that cleaning
// up needs no scan of what may be a large database of somebody else's, and all are
// in one slot, so that a node of a cluster serves every one of them or none.
type keys struct {
	prefix string
	ops    int
}

// newKeys returns the keys of a run that shares none with any other run.
func newKeys(ops int) keys {
	var id [8]byte
	_, _ = rand.Read(id[:]) // never fails
	return keys{prefix: "reprise:demo:{" + hex.EncodeToString(id[:]) + "}:", ops: ops}
}

// probe is the key that finds out whether the server takes writes.
func (k keys) probe() string { return k.prefix + "probe" }

// value is what a contender's SET writes and its GET reads.
func (k keys) value(lane int) string { return k.lane(lane) + "value" }

// hash is what a contender's HSET writes.
func (k keys) hash(lane int) string { return k.lane(lane) + "hash" }

// counter is the key that one operation of a contender increments, and no other.
func (k keys) counter(lane, op int) string { return k.lane(lane) + strconv.Itoa(op) }

func (k keys) lane(lane int) string { return k.prefix + strconv.Itoa(lane) + ":" }

// all returns every key that the run may have written.
func (k keys) all() []string {
	names := []string{k.probe()}
	for lane := range contenders {
		names = append(names, k.value(lane), k.hash(lane))
		for op := range k.ops {
			names = append(names, k.counter(lane, op))
		}
	}
	return names
}

// batch is how many keys one MGET or DEL names: large enough to be quick, small
// enough not to hold up a server that others use.
const batch = 500

// counts returns how often each operation's increment was executed, by asking the
// server.
func (k keys) counts(ctx context.Context, c *redis.Client, lane int) ([]int, error) {
	var counts []int
	names := make([]string, k.ops)
	for op := range names {
		names[op] = k.counter(lane, op)
	}
	for some := range slices.Chunk(names, batch) {
		values, err := c.MGet(ctx, some...).Result()
		if err != nil {
			return nil, fmt.Errorf("read the counters back: %w", err)
		}
		for _, v := range values {
			n := 0
			if text, ok := v.(string); ok {
				if n, err = strconv.Atoi(text); err != nil {
					return nil, fmt.Errorf("read the counters back: %w", err)
				}
			}
			counts = append(counts, n)
		}
	}
	return counts, nil
}

// remove deletes every key of the run.
func (k keys) remove(ctx context.Context, c *redis.Client) error {
	for some := range slices.Chunk(k.all(), batch) {
		err := c.Unlink(ctx, some...).Err()
		var refused redis.Error
		if errors.As(err, &refused) {
			// A server before 4.0, or a user who may DEL but not UNLINK.
			err = c.Del(ctx, some...).Err()
		}
		if err != nil {
			return fmt.Errorf("keys named %s* may be left behind: %w", k.prefix, err)
		}
	}
	return nil
}
