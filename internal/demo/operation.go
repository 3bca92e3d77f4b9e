package demo

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"
)

// operation is one kind of step in the workload. The kinds take turns.
type operation int

// The kinds. None names a command twice: [rounds] relies on it.
const (
	opSet         operation = iota // SET
	opGet                          // GET
	opIncr                         // INCR
	opPipeline                     // SET, INCR, GET, HSET
	opTransaction                  // MULTI, SET, INCR, EXEC

	operations
)

// kind returns the kind of the nth operation.
func kind(n int) operation { return operation(n % int(operations)) }

// increments reports whether the operation holds an INCR.
func (o operation) increments() bool { return o >= opIncr }

// outcome is what the caller of an operation gets to know.
type outcome struct {
	took   time.Duration
	failed bool
	acked  bool // the increment was acknowledged
}

// perform runs the nth operation of a contender.
func perform(ctx context.Context, c *redis.Client, k keys, lane, n int) outcome {
	var (
		incr  *redis.IntCmd
		err   error
		begin = time.Now()
	)
	switch kind(n) {
	case opSet:
		err = c.Set(ctx, k.value(lane), "v", 0).Err()
	case opGet:
		err = c.Get(ctx, k.value(lane)).Err()
	case opIncr:
		incr = c.Incr(ctx, k.counter(lane, n))
		err = incr.Err()
	case opPipeline:
		_, err = c.Pipelined(ctx, func(p redis.Pipeliner) error {
			p.Set(ctx, k.value(lane), "v", 0)
			incr = p.Incr(ctx, k.counter(lane, n))
			p.Get(ctx, k.value(lane))
			p.HSet(ctx, k.hash(lane), "field", "v")
			return nil
		})
	case opTransaction:
		_, err = c.TxPipelined(ctx, func(p redis.Pipeliner) error {
			p.Set(ctx, k.value(lane), "v", 0)
			incr = p.Incr(ctx, k.counter(lane, n))
			return nil
		})
	}
	// No value is a good reply: a SET before it may have failed.
	if errors.Is(err, redis.Nil) {
		err = nil
	}
	return outcome{
		took:   time.Since(begin),
		failed: err != nil,
		acked:  incr != nil && incr.Err() == nil,
	}
}
