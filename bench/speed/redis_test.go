package speed

import (
	"context"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/redis/rueidis"

	"github.com/reprise-go/reprise/adapters/goredis"
	retry "github.com/reprise-go/reprise/adapters/rueidis"
	"github.com/reprise-go/reprise/internal/redistest"
	"github.com/reprise-go/reprise/policy"
)

// BenchmarkRedisGet is a GET on a real server, by each driver without retries, with its own and with Reprise. It is
// skipped without redis-server: see the package redistest.
func BenchmarkRedisGet(b *testing.B) {
	server := redistest.Start(b)
	r := policy.Retry{Retries: 3}
	plain := rueidis.ClientOption{InitAddress: []string{server.Addr()}, ForceSingleClient: true, DisableRetry: true}
	own := plain
	own.DisableRetry = false
	for _, c := range []struct {
		lib string
		get func(*testing.B) func(context.Context) error
	}{
		// go-redis retries 3 times where MaxRetries is 0.
		{"go-redis-plain", goRedis(func() *redis.Client { return redis.NewClient(&redis.Options{Addr: server.Addr(), MaxRetries: -1}) })},
		{"go-redis-own", goRedis(func() *redis.Client { return redis.NewClient(&redis.Options{Addr: server.Addr()}) })},
		{"go-redis-reprise", goRedis(func() *redis.Client { return goredis.NewClient(&redis.Options{Addr: server.Addr()}, r) })},
		{"rueidis-plain", ofRueidis(func() (rueidis.Client, error) { return rueidis.NewClient(plain) })},
		{"rueidis-own", ofRueidis(func() (rueidis.Client, error) { return rueidis.NewClient(own) })},
		{"rueidis-reprise", ofRueidis(func() (rueidis.Client, error) { return retry.NewClient(plain, r) })},
	} {
		b.Run("lib="+c.lib, func(b *testing.B) {
			b.ReportAllocs()
			get, ctx := c.get(b), b.Context()
			for b.Loop() {
				if err := get(ctx); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// goRedis returns what gets a key that exists.
func goRedis(open func() *redis.Client) func(*testing.B) func(context.Context) error {
	return func(b *testing.B) func(context.Context) error {
		b.Helper()
		c := open()
		b.Cleanup(func() { c.Close() })
		if err := c.Set(b.Context(), "k", "v", 0).Err(); err != nil {
			b.Fatal(err)
		}
		return func(ctx context.Context) error { return c.Get(ctx, "k").Err() }
	}
}

// ofRueidis is goRedis for rueidis.
func ofRueidis(open func() (rueidis.Client, error)) func(*testing.B) func(context.Context) error {
	return func(b *testing.B) func(context.Context) error {
		b.Helper()
		c, err := open()
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(c.Close)
		if err := c.Do(b.Context(), c.B().Set().Key("k").Value("v").Build()).Error(); err != nil {
			b.Fatal(err)
		}
		return func(ctx context.Context) error { return c.Do(ctx, c.B().Get().Key("k").Build()).Error() }
	}
}
