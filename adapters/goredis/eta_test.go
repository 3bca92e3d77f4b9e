package goredis_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/adapters/goredis"
	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/faultproxy"
	"github.com/reprise-go/reprise/policy"
)

const nowLoading = "LOADING Redis is loading the dataset in memory"

// busyFor has a server refuse a command, and say that it will go on loading for so many seconds.
func busyFor(seconds int, name, refusal string) faultproxy.Plan {
	line := fmt.Sprintf("loading_eta_seconds:%d", seconds)
	return func(r faultproxy.Request) faultproxy.Action {
		switch {
		case strings.EqualFold(r.Name(), name):
			return faultproxy.Refuse(refusal)
		case r.Name() == "INFO":
			return faultproxy.Action{Fault: faultproxy.Answer, Reply: fmt.Sprintf("$%d\r\n%s\r\n", len(line), line)}
		}
		return faultproxy.Action{}
	}
}

// patient is a policy that would wait, but has no time to.
var patient = policy.Retry{Retries: 1, Backoff: backoff.Constant(time.Hour), MaxElapsed: time.Minute}

// reads are a GET in each form.
var reads = map[string]func(context.Context, redis.UniversalClient, string) error{
	"command": func(ctx context.Context, c redis.UniversalClient, key string) error { return c.Get(ctx, key).Err() },
	"pipeline": func(ctx context.Context, c redis.UniversalClient, key string) error {
		_, err := c.Pipelined(ctx, func(p redis.Pipeliner) error { p.Get(ctx, key); return nil })
		return err
	},
	"transaction": func(ctx context.Context, c redis.UniversalClient, key string) error {
		_, err := c.TxPipelined(ctx, func(p redis.Pipeliner) error { p.Get(ctx, key); return nil })
		return err
	},
}

// watched returns an operation under a WATCH.
func watched(run func(context.Context, *redis.Tx) error) func(context.Context, redis.UniversalClient, string) error {
	return func(ctx context.Context, c redis.UniversalClient, key string) error {
		return c.Watch(ctx, func(tx *redis.Tx) error { return run(ctx, tx) }, key)
	}
}

// failure returns the last decision about one: Watch ends with an UNWATCH.
func failure(events []policy.Event) (d policy.Decision) {
	for _, e := range events {
		if e.Decision.Reason != policy.Succeeded {
			d = e.Decision
		}
	}
	return d
}

// TestEstimate: who is asked how long it goes on loading, and when.
func TestEstimate(t *testing.T) {
	block := func(ctx context.Context, tx *redis.Tx) error {
		_, err := tx.TxPipelined(ctx, func(p redis.Pipeliner) error { p.Get(ctx, "k"); return nil })
		return err
	}
	before := func(ctx context.Context, c redis.UniversalClient, key string) error {
		_, err := c.Pipelined(ctx, func(p redis.Pipeliner) error { p.Incr(ctx, key); p.Set(ctx, key, 1, 0); return nil })
		return err
	}
	for _, tt := range []struct {
		name    string
		run     func(context.Context, redis.UniversalClient, string) error
		refuses string
		with    string
		asked   bool
	}{
		{"a command", reads["command"], "get", nowLoading, true},
		{"a pipeline", reads["pipeline"], "get", nowLoading, true},
		{"what is queued", reads["transaction"], "get", nowLoading, true},
		{"EXEC, by one that began to load after that", reads["transaction"], "exec", nowLoading, true},
		{"a command of a Tx, on its connection", watched(func(ctx context.Context, tx *redis.Tx) error { return tx.Get(ctx, "k").Err() }), "get", nowLoading, true},
		{"MULTI: the block is not run again", reads["transaction"], "multi", nowLoading, false},
		{"a block under a WATCH: nor is that", watched(block), "get", nowLoading, false},
		{"one that must not run after what came behind it", before, "incr", nowLoading, false},
		{"another refusal", reads["transaction"], "get", "MASTERDOWN Link with MASTER is down", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := newRig(t, patient, busyFor(100, tt.refuses, tt.with), func(o *redis.Options) { o.PoolSize = 1 })
			require.Error(t, tt.run(t.Context(), g.Client, "k"))
			last := failure(g.events)
			if !tt.asked {
				require.Zero(t, g.proxy.Received("info"))
				require.Zero(t, last.After)
				return
			}
			require.Equal(t, classify.BusyLoading, last.Kind)
			require.Equal(t, policy.OutOfTime, last.Reason, "it would be run again")
			require.LessOrEqual(t, last.After, 100*time.Second)
			require.Greater(t, last.After, 50*time.Second)
			require.Equal(t, 1, g.proxy.Received("info"))
		})
	}
}

// TestEstimateForNobody: who does not wait for it does not ask.
func TestEstimateForNobody(t *testing.T) {
	for name, r := range map[string]policy.Retry{
		"no retries": {}, "only others": {Retries: 3, On: []classify.Kind{classify.Timeout}},
	} {
		g := newRig(t, r, busyFor(100, "get", nowLoading), func(*redis.Options) {})
		require.ErrorContains(t, g.Get(t.Context(), "k").Err(), nowLoading)
		require.Zero(t, g.proxy.Received("info"), name)
	}
}

// TestEstimateOfShards: each shard is asked by itself, once, and nobody waits longer for one than it stays in the ring.
func TestEstimateOfShards(t *testing.T) {
	for name, open := range map[string]func(*redis.RingOptions, policy.Retry) *redis.Ring{
		"NewRing": goredis.NewRing, "Install": installed(t),
	} {
		for _, beat := range []time.Duration{time.Hour, time.Second} {
			t.Run(fmt.Sprintf("%s with a heartbeat each %v", name, beat), func(t *testing.T) {
				g := newShardsBy(t, patient, func(o *redis.RingOptions, r policy.Retry) *redis.Ring {
					o.HeartbeatFrequency = beat
					return open(o, r)
				})
				g.proxies[0].SetPlan(busyFor(100, "get", nowLoading))
				g.proxies[1].SetPlan(busyFor(1_000, "get", nowLoading))
				for kind, read := range reads {
					for i, key := range g.keys {
						g.events = nil
						require.Error(t, read(t.Context(), g, key))
						last := failure(g.events)
						require.Equal(t, policy.OutOfTime, last.Reason, "it would be run again")
						if beat == time.Second {
							require.Equal(t, 3*time.Second, last.After, kind)
							continue
						}
						said := []time.Duration{100 * time.Second, 1_000 * time.Second}[i]
						require.LessOrEqual(t, last.After, said, "%s at %d", kind, i)
						require.Greater(t, last.After, said/2, "%s at %d", kind, i)
					}
				}
				require.Equal(t, 1, g.proxies[0].Received("info"))
				require.Equal(t, 1, g.proxies[1].Received("info"))
			})
		}
	}
}

// TestEstimateOfMany: a hook that does not know of one server, as on a cluster, asks nobody: another may serve sooner.
func TestEstimateOfMany(t *testing.T) {
	ctx, info := t.Context(), 0
	refuse := func(_ context.Context, cmds ...redis.Cmder) error {
		for _, cmd := range cmds {
			if cmd.Name() == "info" {
				info++
			}
			cmd.SetErr(reply(nowLoading))
		}
		return reply(nowLoading)
	}
	hook := goredis.NewHook(three)
	process := hook.ProcessHook(func(ctx context.Context, cmd redis.Cmder) error { return refuse(ctx, cmd) })
	pipeline := hook.ProcessPipelineHook(func(ctx context.Context, cmds []redis.Cmder) error { return refuse(ctx, cmds...) })
	require.Error(t, process(ctx, redis.NewStringCmd(ctx, "get", "k")))
	require.Error(t, pipeline(ctx, []redis.Cmder{redis.NewStringCmd(ctx, "get", "k")}))
	require.Zero(t, info)
}
