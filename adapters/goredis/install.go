package goredis

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

// Install adds the hook for r to a client, and to its nodes where dials are seen there. Call it once, before
// the client is used; a client whose options are not yet fixed is better made by [NewClient],
// [NewFailoverClient] or [NewRing].
//
// It serves *redis.Client (of redis.NewClient and redis.NewFailoverClient), *redis.Ring and *redis.ClusterClient.
// The client must not retry by itself, since loops within loops multiply: MaxRetries has to be -1 (but for a
// cluster, where go-redis needs its loop to follow MOVED and ASK, and is told command by command not to
// retry) and DialerRetries 1. It must heed contexts, ContextTimeoutEnabled, if r has an AttemptTimeout or MinAttempt.
// If not, or if r is not valid, Install returns an error that says what to set, and leaves the client as it is.
func Install(c redis.UniversalClient, r policy.Retry) error {
	if err := r.Validate(); err != nil {
		return fmt.Errorf("goredis: %w", err)
	}
	switch c := c.(type) {
	case *redis.Client:
		if c == nil {
			break
		}
		o := c.Options()
		if err := refuse(o.MaxRetries, o.DialerRetries, o.ContextTimeoutEnabled, r.Current()); err != nil {
			return err
		}
		addToClient(c, r)
		return nil
	case *redis.Ring:
		if c == nil {
			break
		}
		o := c.Options()
		if err := refuse(o.MaxRetries, o.DialerRetries, o.ContextTimeoutEnabled, r.Current()); err != nil {
			return err
		}
		h := newRingHook(r)
		mark := func(_ context.Context, shard *redis.Client) error { h.shard(shard); return nil }
		if err := c.ForEachShard(context.Background(), mark); err != nil {
			return fmt.Errorf("goredis: %w", err)
		}
		c.OnNewNode(h.shard)
		addToRing(c, h)
		return nil
	case *redis.ClusterClient:
		if c == nil {
			break
		}
		o := c.Options()
		if err := refuse(0, o.DialerRetries, o.ContextTimeoutEnabled, r.Current()); err != nil {
			return err
		}
		h := NewHook(r)
		h.follows = true
		c.OnNewNode(func(n *redis.Client) { n.AddHook(nodeAt(h, n)) })
		add(c, h, 0) // READONLY makes a cluster client ask another node
		return nil
	default:
		return fmt.Errorf("goredis: client is a %T; allowed: *redis.Client, *redis.Ring, *redis.ClusterClient", c)
	}
	return fmt.Errorf("goredis: client is a nil %T; allowed: a client", c)
}

// refuse objects to options that r cannot go with.
func refuse(retries, dials int, heeds bool, r *policy.Retry) error {
	return errors.Join(refuseRetries(retries), refuseDials(dials, r), refuseDeaf(heeds, r))
}

// refuseDeaf objects to a client whose reads go on when the time of their attempt is over.
func refuseDeaf(heeds bool, r *policy.Retry) error {
	if heeds || !bounded(r) {
		return nil
	}
	return fmt.Errorf("goredis: ContextTimeoutEnabled of the client is false; allowed with AttemptTimeout (%v) or MinAttempt (%v): "+
		"true, since reads do not heed their context otherwise", r.AttemptTimeout, r.MinAttempt)
}

// bounded reports whether attempts have an end of their own.
func bounded(r *policy.Retry) bool { return r.AttemptTimeout > 0 || r.MinAttempt > 0 }

// refuseRetries objects to a client's own retries; 0 is what go-redis makes of -1.
func refuseRetries(n int) error {
	if n == 0 {
		return nil
	}
	return fmt.Errorf("goredis: MaxRetries of the client is %d; allowed: -1, since retries within retries multiply", n)
}

// refuseDials objects to more than one dial per attempt.
func refuseDials(n int, r *policy.Retry) error {
	const meant = 5 // by 0
	if n == 1 {
		return nil
	}
	if n <= 0 {
		n = meant
	}
	if r.Retries == policy.Unlimited {
		return fmt.Errorf("goredis: DialerRetries of the client is %d for each of any number of attempts; allowed: 1", n)
	}
	return fmt.Errorf("goredis: DialerRetries of the client is %d, which makes %d dials of %d attempts; allowed: 1",
		n, n*(r.Retries+1), r.Retries+1)
}

// add adds the hook to a client of connections in a pool, which no WATCH can be on.
func add(c redis.UniversalClient, h *Hook, pool int) {
	h.pool = pool
	h.taken.Store(true)
	c.AddHook(h)
	h.taken.Store(false)
}

// addToClient adds a hook to a client of one server. One that keeps connections in stock (MinIdleConns)
// would make them over and over if a dial never failed.
func addToClient(c *redis.Client, r policy.Retry) {
	h := NewHook(r)
	h.uncounted, h.single = c.Options().MinIdleConns == 0, true
	add(c, h, c.Options().PoolSize)
}

// NewClient returns a client as redis.NewClient makes it from a copy of o, with go-redis' own
// retries off (MaxRetries and DialerRetries are set, whatever o says) and the hook for r added. If r bounds attempts,
// ContextTimeoutEnabled is set too. As there, a nil o panics. An r that [policy.Retry.Validate] refuses does not retry: failures come back joined with the
// complaint.
func NewClient(o *redis.Options, r policy.Retry) *redis.Client {
	if o == nil {
		return redis.NewClient(nil)
	}
	own := *o
	own.MaxRetries, own.DialerRetries = -1, 1 // 0 would mean 3 and 5
	own.ContextTimeoutEnabled = own.ContextTimeoutEnabled || bounded(r.Current())
	c := redis.NewClient(&own)
	addToClient(c, r)
	return c
}

// NewFailoverClient is [NewClient] for a master that Sentinels watch over. What fails in asking them is an
// error of the dial: not sent.
func NewFailoverClient(o *redis.FailoverOptions, r policy.Retry) *redis.Client {
	if o == nil {
		return redis.NewFailoverClient(nil)
	}
	own := *o
	own.MaxRetries, own.DialerRetries = -1, 1
	own.ContextTimeoutEnabled = own.ContextTimeoutEnabled || bounded(r.Current())
	c := redis.NewFailoverClient(&own)
	addToClient(c, r)
	return c
}

// NewRing is [NewClient] for a ring of servers.
func NewRing(o *redis.RingOptions, r policy.Retry) *redis.Ring {
	if o == nil {
		return redis.NewRing(nil)
	}
	h := newRingHook(r)
	own := *o
	own.MaxRetries, own.DialerRetries = -1, 1
	own.ContextTimeoutEnabled = own.ContextTimeoutEnabled || bounded(r.Current())
	own.NewClient = h.shards(o.NewClient)
	c := redis.NewRing(&own)
	addToRing(c, h)
	return c
}

// WithTimeout returns c.WithTimeout(d) with the hook for r. go-redis' clone shares the connections of c but
// has none of its hooks, and so no retries at all. The error is that of [Install].
func WithTimeout(c *redis.Client, d time.Duration, r policy.Retry) (*redis.Client, error) {
	if c == nil {
		return nil, errors.New("goredis: client is nil; allowed: a client")
	}
	clone := c.WithTimeout(d)
	if err := Install(clone, r); err != nil {
		return nil, err
	}
	return clone, nil
}

// WithReplay returns a context under which commands have the given rung, whatever [classify.Command] says of
// them: it is [policy.WithReplay], the same for every adapter.
func WithReplay(ctx context.Context, rung classify.Replay) context.Context {
	return policy.WithReplay(ctx, rung)
}
