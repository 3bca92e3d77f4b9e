package goredis

import (
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"github.com/reprise-go/reprise/policy"
)

// NewClient returns a client as redis.NewClient makes it from a copy of o, with go-redis' own
// retries off (MaxRetries and DialerRetries are set, whatever o says) and the hook for r added. As there, a nil o panics. An r that
// [policy.Retry.Validate] refuses does not retry: failures come back joined with the complaint.
func NewClient(o *redis.Options, r policy.Retry) *redis.Client {
	if o == nil {
		return redis.NewClient(nil)
	}
	own := *o
	own.MaxRetries = -1   // go-redis' way to say none
	own.DialerRetries = 1 // one dial per attempt; 0 would mean 5
	c := redis.NewClient(&own)
	c.AddHook(NewHook(r))
	return c
}

// Install adds the hook for r to a client. It returns an error, and leaves the client as it is, if r is
// not valid, if the client retries by itself, or if it is of a kind that the hook does not serve: a
// *redis.Client or *redis.Ring made with MaxRetries: -1 will do. Each attempt then makes up to
// DialerRetries dials, 5 by default, so set that to 1 as well. Call it once, before the client is used.
func Install(c redis.UniversalClient, r policy.Retry) error {
	if err := r.Validate(); err != nil {
		return fmt.Errorf("goredis: %w", err)
	}
	retries := -1
	switch c := c.(type) {
	case *redis.Client:
		if c != nil {
			retries = c.Options().MaxRetries
		}
	case *redis.Ring:
		if c != nil {
			retries = c.Options().MaxRetries
		}
	default:
		return fmt.Errorf("goredis: client is a %T; allowed: *redis.Client, *redis.Ring", c)
	}
	if retries < 0 {
		return errors.New("goredis: client is nil; allowed: *redis.Client, *redis.Ring")
	}
	if retries > 0 {
		return fmt.Errorf("goredis: MaxRetries of the client is %d; allowed: -1, since retries within retries multiply", retries)
	}
	c.AddHook(NewHook(r))
	return nil
}
