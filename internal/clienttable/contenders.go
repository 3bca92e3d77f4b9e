package main

import (
	"context"
	"io"
	"log"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/rueidis"

	"github.com/reprise-go/reprise/adapters/goredis"
	retry "github.com/reprise-go/reprise/adapters/rueidis"
	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/histories"
	"github.com/reprise-go/reprise/internal/histories/promised"
	"github.com/reprise-go/reprise/internal/histories/redisdriver"
	"github.com/reprise-go/reprise/internal/histories/rueidisdriver"
	"github.com/reprise-go/reprise/policy"
	"github.com/reprise-go/reprise/proptest"
)

// contender is a column.
type contender struct {
	name      string
	driver    func(histories.Options) histories.Driver
	unlimited bool // it has no number of attempts
}

var contenders = []contender{
	{"go-redis", func(o histories.Options) histories.Driver {
		own := redisdriver.Options(o)
		own.MinRetryBackoff = -1 // its delays change nothing but the time that this takes
		return redisdriver.Client{UniversalClient: redis.NewClient(own), Judge: goredis.Classify}
	}, false},
	{"go-redis with Reprise", func(o histories.Options) histories.Driver {
		return redisdriver.Client{UniversalClient: goredis.NewClient(redisdriver.Options(o), o.Retry), Judge: goredis.Classify}
	}, false},
	{"rueidis", func(o histories.Options) histories.Driver {
		return rueidisdriver.Client{Client: must(rueidis.NewClient(rueidisdriver.Options(o))), Judge: retry.Classify}
	}, true},
	{"rueidis with Reprise", func(o histories.Options) histories.Driver {
		return rueidisdriver.Client{Client: must(retry.NewClient(rueidisdriver.Options(o), o.Retry)), Judge: retry.Classify}
	}, false},
}

// open returns the client with its promises.
func (c contender) open(addr string) proptest.Client {
	r := policy.Retry{Retries: 3, Backoff: backoff.NoBackoff{}, Replay: classify.Idempotent}
	client := promised.Client(c.driver, r, addr)
	client.Within = 2 * time.Second
	if c.unlimited {
		client.Attempts = 0
	}
	return client
}

func must(c rueidis.Client, err error) rueidis.Client {
	if err != nil {
		panic(err) // the first connection is let through
	}
	return c
}

func init() {
	// go-redis logs each failed dial; here they are meant to fail.
	redis.SetLogger(quiet{log.New(io.Discard, "", 0)})
}

type quiet struct{ *log.Logger }

func (quiet) Printf(context.Context, string, ...any) {}
