package goredis_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/adapters/goredis"
	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/faultproxy"
	"github.com/reprise-go/reprise/policy"
)

// The load of the tests here. The seed fixes which replies are lost, so every run is the same.
const (
	calls   = 10_000
	batches = 500
	seed    = 1
)

// lossy loses two replies in a hundred: one after the command was executed, one within the reply. The commands that
// set up a connection are spared, so that each loss is one of the load.
func lossy(t *testing.T) faultproxy.Plan {
	t.Helper()
	plan, err := faultproxy.Rates{CutAfter: 0.01, CutMidReply: 0.01}.Plan(seed)
	require.NoError(t, err)
	return func(r faultproxy.Request) faultproxy.Action {
		if faultproxy.Handshake(r) {
			return faultproxy.Action{}
		}
		return plan(r)
	}
}

// peer returns go-redis with its own retries, as it comes, but for the waiting.
func (g *rig) peer(t *testing.T) *redis.Client {
	t.Helper()
	c := redis.NewClient(&redis.Options{Addr: g.proxy.Addr(), MinRetryBackoff: -1})
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	return c
}

// lost returns how many replies were lost.
func (g *rig) lost() int {
	c := g.proxy.Counts()
	return c.Faults[faultproxy.CutAfter] + c.Faults[faultproxy.CutMidReply]
}

// inDoubt fails the test if an error claims to know that the command was not executed.
func inDoubt(t *testing.T, err error) {
	t.Helper()
	require.Equal(t, classify.Ambiguous, goredis.Classify(err).Class, "%v", err)
}

// TestCounter: a counter is not counted twice, and what was acknowledged is in it.
func TestCounter(t *testing.T) {
	ctx := t.Context()
	g := newRig(t, three, lossy(t))
	acknowledged, last := 0, int64(0)
	for range calls {
		n, err := g.Incr(ctx, "n").Result()
		if err != nil {
			inDoubt(t, err)
			continue
		}
		acknowledged++
		require.Greater(t, n, last, "two callers got the same number")
		last = n
	}
	n, err := g.direct.Get(ctx, "n").Int()
	require.NoError(t, err)
	t.Logf("%d INCRs, %d replies lost: %d acknowledged, %d ambiguous errors, the counter is %d, executed twice %d",
		calls, g.lost(), acknowledged, calls-acknowledged, n, n-calls)
	require.Equal(t, calls, n, "every one is executed once, since only replies are lost")
	require.Equal(t, calls-g.lost(), acknowledged)
	require.Greater(t, g.lost(), 150)
}

// TestCounterOfThePeer: the same load with go-redis' own retries, to show that the test above can fail.
func TestCounterOfThePeer(t *testing.T) {
	ctx := t.Context()
	g := newRig(t, three, lossy(t))
	peer := g.peer(t)
	acknowledged := 0
	for range calls {
		if peer.Incr(ctx, "n").Err() == nil {
			acknowledged++
		}
	}
	n, err := g.direct.Get(ctx, "n").Int()
	require.NoError(t, err)
	t.Logf("%d INCRs by go-redis, %d replies lost: %d acknowledged, the counter is %d, executed twice %d",
		calls, g.lost(), acknowledged, n, n-calls)
	require.Greater(t, n-calls, 50)
}

// TestReadsAndWrites: what may run twice succeeds. Four lost replies in a row have a chance of one in six
// million each time.
func TestReadsAndWrites(t *testing.T) {
	ctx := t.Context()
	g := newRig(t, three, lossy(t))
	for i := range calls {
		key := fmt.Sprint("k", i%100)
		require.NoError(t, g.Set(ctx, key, i, 0).Err())
		got, err := g.Get(ctx, key).Int()
		require.NoError(t, err)
		require.Equal(t, i, got)
	}
	t.Logf("%d SETs and %d GETs, %d replies lost: all succeeded", calls, calls, g.lost())
	require.Greater(t, g.lost(), 300)
}

// patient allows for the many commands of a batch, of which one lost reply in fifty stops every third.
var patient = policy.Retry{Retries: 10, Backoff: backoff.NoBackoff{}}

// mixed queues twenty commands of which no two share a key, but for those that count: they add up. It returns
// the indices of these.
func mixed(t *testing.T, p redis.Pipeliner, batch int) (counting []int) {
	t.Helper()
	ctx := t.Context()
	for j := range 20 {
		own := fmt.Sprint("k", j)
		switch j % 5 {
		case 0:
			p.RPush(ctx, "list", fmt.Sprintf("%d/%d", batch, j))
			counting = append(counting, j)
		case 1:
			p.Set(ctx, own, batch, 0)
		case 2:
			p.Exists(ctx, "missing")
		case 3:
			p.HSet(ctx, own, "f", batch)
		case 4:
			p.SAdd(ctx, own, batch)
		}
	}
	return counting
}

// TestPipelinesUnderLoss: in a pipeline each command is run again or not by what it is.
func TestPipelinesUnderLoss(t *testing.T) {
	ctx := t.Context()
	safe := patient
	safe.Replay = classify.Convergent // SADD and HSET tell another reply the second time
	g := newRig(t, safe, lossy(t))
	var acknowledged []string
	failed := 0
	for i := range batches {
		p := g.Pipeline()
		counting := mixed(t, p, i)
		cmds, _ := p.Exec(ctx)
		require.Len(t, cmds, 20)
		for j, cmd := range cmds {
			switch err := cmd.Err(); {
			case !slices.Contains(counting, j):
				require.NoError(t, err, "%v", cmd)
			case err != nil:
				inDoubt(t, err)
				failed++
			default:
				acknowledged = append(acknowledged, fmt.Sprintf("%d/%d", i, j))
			}
		}
	}
	list, err := g.direct.LRange(ctx, "list", 0, -1).Result()
	require.NoError(t, err)
	t.Logf("%d pipelines of 20, %d replies lost: %d RPUSHes acknowledged, %d ambiguous errors, %d elements, executed twice %d",
		batches, g.lost(), len(acknowledged), failed, len(list), twice(list))
	require.Zero(t, twice(list))
	require.Empty(t, missing(list, acknowledged))
	require.Greater(t, failed, 100)
}

// TestPipelinesOfThePeer shows that the test above can fail.
func TestPipelinesOfThePeer(t *testing.T) {
	ctx := t.Context()
	g := newRig(t, three, lossy(t))
	peer := g.peer(t)
	for i := range batches {
		p := peer.Pipeline()
		mixed(t, p, i)
		_, _ = p.Exec(ctx)
	}
	list, err := g.direct.LRange(ctx, "list", 0, -1).Result()
	require.NoError(t, err)
	t.Logf("%d pipelines of 20 by go-redis, %d replies lost: %d elements, executed twice %d", batches, g.lost(), len(list), twice(list))
	require.Greater(t, twice(list), 50)
}

// TestTransactionsUnderLoss: a transaction that counts is executed once or not at all, and whole.
func TestTransactionsUnderLoss(t *testing.T) {
	ctx := t.Context()
	g := newRig(t, patient, lossy(t))
	var acknowledged []string
	failed := 0
	for i := range batches {
		own := fmt.Sprint(i)
		_, err := g.TxPipelined(ctx, func(p redis.Pipeliner) error {
			p.Incr(ctx, "a")
			p.RPush(ctx, "list", own)
			p.Incr(ctx, "b")
			return nil
		})
		if err != nil {
			inDoubt(t, err)
			failed++
		} else {
			acknowledged = append(acknowledged, own)
		}
		_, err = g.TxPipelined(ctx, func(p redis.Pipeliner) error {
			p.Set(ctx, "x", i, 0)
			p.Set(ctx, "y", i, 0)
			p.Exists(ctx, "missing")
			return nil
		})
		require.NoError(t, err, "it does no harm to run it again")
	}
	list, err := g.direct.LRange(ctx, "list", 0, -1).Result()
	require.NoError(t, err)
	a, err := g.direct.Get(ctx, "a").Int()
	require.NoError(t, err)
	b, err := g.direct.Get(ctx, "b").Int()
	require.NoError(t, err)
	t.Logf("%d transactions that count, %d that do not, %d replies lost: %d acknowledged, %d ambiguous errors, %d executed, twice %d",
		batches, batches, g.lost(), len(acknowledged), failed, len(list), twice(list))
	require.Equal(t, []int{len(list), len(list)}, []int{a, b}, "all or nothing")
	require.Zero(t, twice(list))
	require.Empty(t, missing(list, acknowledged))
	require.Greater(t, failed, 20)
}

// twice returns how many elements are there once too often.
func twice(list []string) int {
	return len(list) - len(slices.Compact(slices.Sorted(slices.Values(list))))
}

// missing returns which of the wanted are not in the list.
func missing(list, wanted []string) []string {
	in := map[string]bool{}
	for _, e := range list {
		in[e] = true
	}
	return slices.DeleteFunc(slices.Clone(wanted), func(e string) bool { return in[e] })
}
