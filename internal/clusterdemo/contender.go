package clusterdemo

import (
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/reprise-go/reprise/adapters/goredis"
	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/cluster"
)

// contender is a way to make a client.
type contender struct {
	name string
	open func(*redis.ClusterOptions) (*redis.ClusterClient, error)
}

// contenders are those that the demo compares, in the order of the report.
var contenders = []contender{
	{"go-redis alone", func(o *redis.ClusterOptions) (*redis.ClusterClient, error) { return redis.NewClusterClient(o), nil }},
	{"Reprise", func(o *redis.ClusterOptions) (*redis.ClusterClient, error) {
		return goredis.NewClusterClient(o, outlasting)
	}},
}

// outlasting is a configuration that outlives an election, even one of half a minute, and looks often enough to be back
// soon after it.
var outlasting = cluster.Config{
	ErrorRetries: 200,
	Backoff:      backoff.Equal(backoff.Exponential{Base: 25 * time.Millisecond, Cap: 200 * time.Millisecond}),
}
