package goredis_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/adapters/goredis"
	"github.com/reprise-go/reprise/policy"
)

// installed is NewRing by way of Install.
func installed(t *testing.T) func(*redis.RingOptions, policy.Retry) *redis.Ring {
	t.Helper()
	return func(o *redis.RingOptions, r policy.Retry) *redis.Ring {
		own := *o
		own.MaxRetries, own.DialerRetries = -1, 1
		c := redis.NewRing(&own)
		require.NoError(t, goredis.Install(c, r))
		return c
	}
}

// took returns the decisions since it was called last, with the shard: "get 0 retrying", "get - succeeded".
func (g *shards) took() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	var all []string
	for _, e := range g.events {
		at := e.Node
		for i, p := range g.proxies {
			if _, port, _ := strings.Cut(p.Addr(), ":"); at == "localhost:"+port {
				at = fmt.Sprint(i)
			}
		}
		if at == "" {
			at = "-"
		}
		all = append(all, e.Op+" "+at+" "+e.Decision.Reason.String())
	}
	g.events = nil
	return all
}

// TestShardsAreNamed: each attempt names the shard that it went to, however it ended there.
func TestShardsAreNamed(t *testing.T) {
	for name, open := range map[string]func(*redis.RingOptions, policy.Retry) *redis.Ring{
		"NewRing": goredis.NewRing, "Install": installed(t),
	} {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			g := newShardsBy(t, three, open)
			for i, key := range g.keys {
				at := func(lines ...string) []string {
					for n := range lines {
						lines[n] = strings.Replace(lines[n], "@", fmt.Sprint(i), 1)
					}
					return lines
				}
				require.NoError(t, g.Get(ctx, key).Err())
				require.Equal(t, at("get @ succeeded"), g.took())
				require.Equal(t, redis.Nil, g.HGet(ctx, key+"{"+key+"}", "f").Err())
				require.Len(t, g.took(), 1)

				g.proxies[i].SetPlan(refused("incr", "BUSY one", "OOM two"))
				require.NoError(t, g.Incr(ctx, key).Err())
				require.Equal(t, at("incr @ retrying", "incr @ retrying", "incr @ succeeded"), g.took())
				g.proxies[i].SetPlan(refused("incr", "NOPERM one"))
				require.Error(t, g.Incr(ctx, key).Err())
				require.Equal(t, at("incr @ not_retryable"), g.took())
				g.proxies[i].SetPlan(on("get", cutBefore, cutAfter, cutWithin))
				require.NoError(t, g.Get(ctx, key).Err())
				require.Equal(t, at("get @ retrying", "get @ retrying", "get @ retrying", "get @ succeeded"), g.took())

				require.NoError(t, g.proxies[i].Refuse())
				g.proxies[i].SetPlan(on("get", cutBefore)) // the connection that is open
				require.Error(t, g.Get(ctx, key).Err())
				require.Equal(t, at("get @ retrying", "get @ retrying", "get @ retrying", "get @ out_of_retries"), g.took())
				require.NoError(t, g.proxies[i].Listen())
			}
			batch := func(p redis.Pipeliner) error { p.Incr(ctx, g.keys[0]); p.Incr(ctx, g.keys[1]); return nil }
			_, err := g.Pipelined(ctx, batch)
			require.NoError(t, err)
			require.Equal(t, []string{"pipeline 0 succeeded"}, g.took(), "the first command's")
			g.proxies[1].SetPlan(refused("incr", "BUSY one"))
			_, err = g.Pipelined(ctx, batch)
			require.NoError(t, err)
			require.Equal(t, []string{"pipeline 1 retrying", "pipeline 1 succeeded"}, g.took(), "that of what was run again")
			g.proxies[1].SetPlan(on("incr", cutAfter))
			_, err = g.Pipelined(ctx, batch)
			require.Error(t, err)
			require.Equal(t, []string{"pipeline 1 not_replayable"}, g.took())

			g.proxies[1].SetPlan(refused("incr", "OOM one"))
			_, err = g.TxPipelined(ctx, batch)
			require.NoError(t, err)
			took := g.took()
			slices.Sort(took)
			require.Equal(t, []string{"multi 0 succeeded", "multi 1 retrying", "multi 1 succeeded"}, took, "one on each shard")
			require.NoError(t, g.Watch(ctx, func(tx *redis.Tx) error {
				_, err := tx.TxPipelined(ctx, func(p redis.Pipeliner) error { p.Incr(ctx, g.keys[1]); return nil })
				return err
			}, g.keys[1]))
			require.Equal(t, []string{"multi 1 succeeded"}, g.took())
		})
	}
}

// TestShardsThatCome: one that is added later has the hook as well, once, and an attempt that reaches no shard names none.
func TestShardsThatCome(t *testing.T) {
	for name, open := range map[string]func(*redis.RingOptions, policy.Retry) *redis.Ring{
		"NewRing": goredis.NewRing, "Install": installed(t),
	} {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			r := three
			var g *shards
			r.On, r.Classify = nil, goredis.Classify
			g = newShardsBy(t, r, func(o *redis.RingOptions, r policy.Retry) *redis.Ring {
				seen := r.Observe
				r.Observe = func(ctx context.Context, e policy.Event) {
					seen(ctx, e)
					if e.Decision.Reason == policy.Retrying {
						g.SetAddrs(nil) // it is over before the next attempt
					}
				}
				return open(o, r)
			})
			g.proxies[0].SetPlan(on("get", cutBefore))
			require.ErrorContains(t, g.Get(ctx, g.keys[0]).Err(), "all ring shards are down")
			require.Equal(t, []string{"get 0 retrying", "get - not_retryable"}, g.took())

			g.SetAddrs(g.addrs)
			for i, key := range g.keys {
				require.NoError(t, g.Get(ctx, key).Err())
				require.Equal(t, []string{fmt.Sprintf("get %d succeeded", i)}, g.took())
				_, err := g.TxPipelined(ctx, func(p redis.Pipeliner) error { p.Incr(ctx, key); return nil })
				require.NoError(t, err)
				require.Equal(t, []string{fmt.Sprintf("multi %d succeeded", i)}, g.took())
			}
		})
	}
}
