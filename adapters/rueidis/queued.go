package rueidis

import (
	"context"
	"sync/atomic"
	"time"
)

// queued returns a context under which rueidis puts a batch into the queue of a connection, where replies are taken
// as they come. Else it may run the batch by itself, while the connection has one user at a time, and forgets the
// replies that it has if the rest is cut off. A caller of single commands keeps that faster way.
func (c *client) queued(ctx context.Context) context.Context {
	_, deadline := ctx.Deadline()
	if ctx.Done() != nil && !deadline || deadline && !c.hides {
		return ctx
	}
	return &queued{Context: ctx}
}

// queued is a context that can end, and does not say when.
type queued struct {
	context.Context
	// handshakes is how many connections are being made: these shall know when the context ends.
	handshakes atomic.Int32
}

var never = make(chan struct{})

// Done returns a channel always: without one rueidis would not use the queue.
func (q *queued) Done() <-chan struct{} {
	if done := q.Context.Done(); done != nil {
		return done
	}
	return never
}

// Deadline returns the deadline to a handshake, which asks for it once, after the dial.
func (q *queued) Deadline() (time.Time, bool) {
	if q.handshakes.Load() > 0 {
		q.handshakes.Add(-1)
		return q.Context.Deadline()
	}
	return time.Time{}, false
}
