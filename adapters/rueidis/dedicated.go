package rueidis

import (
	"context"

	"github.com/redis/rueidis"
)

// Dedicated passes through without retries: the connection is the caller's, who under WATCH or within MULTI alone
// knows what a second run means; and once it is broken it does not heal.
func (c *client) Dedicated(fn func(rueidis.DedicatedClient) error) error {
	return c.Client.Dedicated(func(d rueidis.DedicatedClient) error { return fn(dedicated{d}) })
}

// Dedicate passes through as Dedicated does.
func (c *client) Dedicate() (rueidis.DedicatedClient, func()) {
	d, release := c.Client.Dedicate()
	return dedicated{d}, release
}

// dedicated is a connection of the caller's own. It returns the driver's errors, without our marks.
type dedicated struct{ rueidis.DedicatedClient }

func (d dedicated) Do(ctx context.Context, cmd rueidis.Completed) rueidis.RedisResult {
	return plain(d.DedicatedClient.Do(ctx, cmd))
}

func (d dedicated) DoMulti(ctx context.Context, multi ...rueidis.Completed) []rueidis.RedisResult {
	return plains(d.DedicatedClient.DoMulti(ctx, multi...))
}

func (d dedicated) Receive(ctx context.Context, subscribe rueidis.Completed, fn func(rueidis.PubSubMessage)) error {
	return driver(d.DedicatedClient.Receive(ctx, subscribe, fn))
}

// plain returns a result without the mark of its error.
func plain(r rueidis.RedisResult) rueidis.RedisResult {
	if m, ok := r.NonRedisError().(*marked); ok { //nolint:errorlint // rueidis returns it unwrapped
		return rueidis.NewErrorResult(m.err)
	}
	return r
}

// plains does so for several, in place.
func plains(all []rueidis.RedisResult) []rueidis.RedisResult {
	for i := range all {
		all[i] = plain(all[i])
	}
	return all
}
