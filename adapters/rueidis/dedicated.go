package rueidis

import (
	"context"

	"github.com/redis/rueidis"
)

// Dedicated passes through without retries: the connection is the caller's, who under WATCH or within MULTI alone
// knows what a second run means; and once it is broken it does not heal.
func (c *client) Dedicated(fn func(rueidis.DedicatedClient) error) error {
	release, err := c.stay()
	if err != nil {
		return driver(driverOf(err))
	}
	defer release()
	return c.Client.Dedicated(func(d rueidis.DedicatedClient) error { return fn(dedicated{DedicatedClient: d, of: c}) })
}

// Dedicate passes through as Dedicated does.
func (c *client) Dedicate() (rueidis.DedicatedClient, func()) {
	stayed, err := c.stay()
	d, release := c.Client.Dedicate()
	return dedicated{d, c, driver(driverOf(err))}, func() {
		release()
		stayed()
	}
}

// dedicated is a connection of the caller's own. It returns the driver's errors, without our marks.
type dedicated struct {
	rueidis.DedicatedClient
	of *client
	// refused is why nothing is sent: the connection may lead to another node than the one that was named.
	refused error
}

func (d dedicated) Do(ctx context.Context, cmd rueidis.Completed) rueidis.RedisResult {
	if d.refused != nil {
		return rueidis.NewErrorResult(d.refused)
	}
	r := d.DedicatedClient.Do(ctx, cmd)
	d.of.heard(r.NonRedisError())
	return plain(r)
}

func (d dedicated) DoMulti(ctx context.Context, multi ...rueidis.Completed) []rueidis.RedisResult {
	if d.refused != nil {
		all := make([]rueidis.RedisResult, len(multi))
		for i := range all {
			all[i] = rueidis.NewErrorResult(d.refused)
		}
		return all
	}
	all := d.DedicatedClient.DoMulti(ctx, multi...)
	if len(all) > 0 {
		d.of.heard(all[len(all)-1].NonRedisError())
	}
	return plains(all)
}

func (d dedicated) Receive(ctx context.Context, subscribe rueidis.Completed, fn func(rueidis.PubSubMessage)) error {
	if d.refused != nil {
		return d.refused
	}
	err := d.DedicatedClient.Receive(ctx, subscribe, fn)
	d.of.heard(err)
	return driver(err)
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
