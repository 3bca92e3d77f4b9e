package rueidis_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	retry "github.com/reprise-go/reprise/adapters/rueidis"
	"github.com/reprise-go/reprise/internal/redistest"
	"github.com/reprise-go/reprise/internal/rueidisbuilder"
)

// TestSameRepliesWithAndWithoutThePolicy runs what can be built on a server in the same state, with the policy and
// without, alone, within a pipeline and within a transaction, and compares what comes back.
func TestSameRepliesWithAndWithoutThePolicy(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, "--enable-module-command", "no")
	with, without := newSide(t, server, true), newSide(t, server, false)
	covered := map[string]bool{}
	for _, chain := range rueidisbuilder.Short() {
		if left[chain[0]] != "" {
			continue
		}
		covered[chain[0]] = true
		for _, shape := range shapes(chain, without.client.B()) {
			without.seed(t)
			want := without.call(t, chain, shape)
			with.seed(t)
			assert.Equal(t, want, with.call(t, chain, shape), "%v as a %s", chain, shape)
		}
	}
	builder := reflect.TypeFor[rueidis.Builder]()
	for name := range left {
		_, ok := builder.MethodByName(name)
		require.True(t, ok, "%s is no method any more", name)
	}
	require.Equal(t, builder.NumMethod(), len(covered)+len(left), "every builder is covered or left out")
	t.Logf("%d builders are the same with the policy", len(covered))
}

// side is one of the two programs that are compared. They share a server, since the order of a hash table's
// elements differs from one to the next.
type side struct {
	client rueidis.Client
	seeder rueidis.Client // without the policy
}

func newSide(t *testing.T, server *redistest.Server, policy bool) *side {
	t.Helper()
	o := small(server.Addr())
	o.DisableRetry, o.AlwaysPipelining = true, true
	// One connection, so that what a command does to it (CLIENT SETNAME) is seen by the next alike.
	o.PipelineMultiplex, o.BlockingPoolSize = -1, 1
	o.DisableCache = false
	o.ConnWriteTimeout = time.Minute // a server that is asked for much is not hung
	seeder, err := rueidis.NewClient(o)
	require.NoError(t, err)
	t.Cleanup(seeder.Close)
	s := &side{seeder: seeder}
	if policy {
		s.client, err = retry.NewClient(o, three)
	} else {
		s.client, err = rueidis.NewClient(o)
	}
	require.NoError(t, err)
	t.Cleanup(s.client.Close)
	return s
}

// seed brings the server into the state that every command meets.
func (s *side) seed(t *testing.T) {
	t.Helper()
	var batch []rueidis.Completed
	for _, line := range []string{
		"FLUSHALL", "FUNCTION FLUSH", "SCRIPT FLUSH", "CONFIG RESETSTAT", "ACL LOG RESET", "SLOWLOG RESET",
		"SET {1}string 7", "RPUSH {1}list a b 1", "SADD {1}set 1 2 7", "HSET {1}hash 1 7 field a", "ZADD {1}zset 1 1 2 a",
		"GEOADD {1}geo 13 52 1", "XADD {1}stream 7-7 1 a", "XGROUP CREATE {1}stream 1 0", "PFADD {1}hll a",
	} {
		batch = append(batch, s.seeder.B().Arbitrary(strings.Fields(line)...).Build())
	}
	for i, r := range s.seeder.DoMulti(t.Context(), batch...) {
		require.NoError(t, r.Error(), "line %d", i)
	}
}

// shapes returns the ways in which a command may be sent.
func shapes(chain rueidisbuilder.Chain, b rueidis.Builder) []string {
	cmd, cached := chain.Build(b)
	c := rueidis.Cacheable(cmd)
	switch {
	case cached && c.IsMGet():
		return []string{"cached"} // DoMultiCache does not take it
	case cached:
		return []string{"cached", "cached pipeline"}
	case cmd.IsBlock(), strings.HasPrefix(chain[0], "Client"), slices.Contains(alone, chain[0]):
		return []string{"command"} // blocks, or belongs to a connection: no part of a batch
	}
	return []string{"command", "pipeline", "transaction"}
}

// call runs a command and returns what its caller sees of it, and of what was sent together with it.
func (s *side) call(t *testing.T, chain rueidisbuilder.Chain, shape string) (all []string) {
	t.Helper()
	ctx, c := t.Context(), s.client
	get := func() rueidis.Completed { return c.B().Get().Key("{1}string").Build() }
	cmd, _ := chain.Build(c.B())
	cached := rueidis.Cacheable(cmd)
	var results []rueidis.RedisResult
	switch shape {
	case "command":
		results = []rueidis.RedisResult{c.Do(ctx, cmd)}
	case "pipeline":
		results = c.DoMulti(ctx, get(), cmd, get())
	case "transaction":
		results = c.DoMulti(ctx, c.B().Multi().Build(), cmd, get(), c.B().Exec().Build())
	case "cached":
		again, _ := chain.Build(c.B())
		results = []rueidis.RedisResult{c.DoCache(ctx, cached, time.Minute), c.DoCache(ctx, rueidis.Cacheable(again), time.Minute)}
	case "cached pipeline":
		results = c.DoMultiCache(ctx, rueidis.CT(c.B().Get().Key("{1}string").Cache(), time.Minute), rueidis.CT(cached, time.Minute))
	}
	for _, r := range results {
		value, err := r.ToAny()
		// Not whether it came from the cache: the server tells a client in its own time that a key has changed.
		all = append(all, fmt.Sprintf("%T %v, %T %v, %T", value, plain(value), err, err, r.NonRedisError()))
	}
	return all
}
