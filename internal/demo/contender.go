package demo

import (
	"github.com/redis/go-redis/v9"

	"github.com/reprise-go/reprise/adapters/goredis"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

// retries is how often each contender that retries may do so: go-redis' default.
const retries = 3

// contender is a way to make a client.
type contender struct {
	name string
	make func(*redis.Options) *redis.Client
}

// contenders are those that the demo compares, in the order of the report.
var contenders = []contender{
	{"go-redis default", func(o *redis.Options) *redis.Client {
		o.MaxRetries = retries
		return redis.NewClient(o)
	}},
	{"go-redis no retries", func(o *redis.Options) *redis.Client {
		o.MaxRetries = -1
		return redis.NewClient(o)
	}},
	{"Reprise default", func(o *redis.Options) *redis.Client {
		return goredis.NewClient(o, policy.Retry{Retries: retries})
	}},
	{"Reprise at-least-once", func(o *redis.Options) *redis.Client {
		return goredis.NewClient(o, policy.Retry{Retries: retries, Replay: classify.Accumulating})
	}},
}

// Clients returns the names of the clients that a run compares.
func Clients() []string {
	names := make([]string, len(contenders))
	for i, c := range contenders {
		names[i] = c.name
	}
	return names
}
