package rueidis

import (
	"context"
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
	return &queued{ctx}
}

// queued is a context that can end, and does not say when.
type queued struct{ context.Context }

var never = make(chan struct{})

// Done returns a channel always: without one rueidis would not use the queue.
func (q *queued) Done() <-chan struct{} {
	if done := q.Context.Done(); done != nil {
		return done
	}
	return never
}

// Deadline returns none: with one rueidis would not use the queue. A handshake, which nothing else would end in time,
// learns it from its connection.
func (q *queued) Deadline() (time.Time, bool) { return time.Time{}, false }
