package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/rueidis"

	"github.com/reprise-go/reprise/adapters/goredis"
	retry "github.com/reprise-go/reprise/adapters/rueidis"
	"github.com/reprise-go/reprise/cluster"
)

// get runs one operation.
type get func(ctx context.Context, key string) error

// hang is how long a frozen server goes unnoticed by the clients: longer than it is frozen.
const hang = 20 * time.Second

// contenders are the clients, with the defaults but for timeouts.
var contenders = []struct {
	name string
	open func([]string, *wire) (get, error)
}{
	{"go-redis", func(addrs []string, w *wire) (get, error) {
		return ofRedis(redis.NewClusterClient(redisOptions(addrs, w)), nil)
	}},
	{"go-redis-reprise", func(addrs []string, w *wire) (get, error) {
		return ofRedis(goredis.NewClusterClient(redisOptions(addrs, w), cluster.Config{Observe: w.read}))
	}},
	{"rueidis", func(addrs []string, w *wire) (get, error) {
		return ofRueidis(rueidis.NewClient(rueidisOption(addrs, w)))
	}},
	{"rueidis-reprise", func(addrs []string, w *wire) (get, error) {
		return ofRueidis(retry.NewClusterClient(rueidisOption(addrs, w), cluster.Config{Observe: w.read}))
	}},
}

func names() (all []string) {
	for _, c := range contenders {
		all = append(all, c.name)
	}
	return all
}

func open(name string, addrs []string, w *wire) (get, error) {
	for _, c := range contenders {
		if c.name == name {
			return c.open(addrs, w)
		}
	}
	return nil, fmt.Errorf("-client is %q; allowed: %q", name, names())
}

func redisOptions(addrs []string, w *wire) *redis.ClusterOptions {
	return &redis.ClusterOptions{Addrs: addrs, Dialer: w.dial, ReadTimeout: hang}
}

func ofRedis(c *redis.ClusterClient, err error) (get, error) {
	return func(ctx context.Context, key string) error {
		if err := c.Get(ctx, key).Err(); !errors.Is(err, redis.Nil) {
			return err
		}
		return nil
	}, err
}

func rueidisOption(addrs []string, w *wire) rueidis.ClientOption {
	return rueidis.ClientOption{
		InitAddress: addrs, ConnWriteTimeout: hang,
		DialCtxFn: func(ctx context.Context, addr string, _ *net.Dialer, _ *tls.Config) (net.Conn, error) {
			return w.dial(ctx, "tcp", addr)
		},
	}
}

func ofRueidis(c rueidis.Client, err error) (get, error) {
	return func(ctx context.Context, key string) error {
		if err := c.Do(ctx, c.B().Get().Key(key).Build()).Error(); !rueidis.IsRedisNil(err) {
			return err
		}
		return nil
	}, err
}

// silent is go-redis' log: it has a line for each dial that fails.
type silent struct{}

func (silent) Printf(context.Context, string, ...any) {}

func init() { redis.SetLogger(silent{}) }

// wire makes the connections, and counts them, and the refreshes of an orchestrator.
type wire struct{ dials, refused, refreshes, looks atomic.Int64 }

// read takes note of a refresh. One without a cause was planned: a second look.
func (w *wire) read(e cluster.RefreshEvent) {
	switch {
	case e.Ended:
	case e.Cause == nil:
		w.looks.Add(1)
	default:
		w.refreshes.Add(1)
	}
}

func (w *wire) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	w.dials.Add(1)
	c, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, network, addr)
	if err != nil {
		w.refused.Add(1)
	}
	return c, err
}
