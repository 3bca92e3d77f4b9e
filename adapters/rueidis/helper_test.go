package rueidis_test

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"

	retry "github.com/reprise-go/reprise/adapters/rueidis"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/faultproxy"
	"github.com/reprise-go/reprise/internal/redistest"
)

// deployments start a server that is none, and one that is a cluster by itself.
var deployments = map[string]func(t *testing.T, plan faultproxy.Plan) *rig{
	"single": func(t *testing.T, plan faultproxy.Plan) *rig { t.Helper(); return newRig(t, three, plan) },
	"cluster": func(t *testing.T, plan faultproxy.Plan) *rig {
		t.Helper()
		return rigAt(t, startCluster(t), three, plan, func(o *rueidis.ClientOption) { o.ForceSingleClient = false })
	},
}

// plainClient returns a client as rueidis makes it.
func plainClient(t *testing.T, o rueidis.ClientOption) rueidis.Client {
	t.Helper()
	c, err := rueidis.NewClient(o)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

// startCluster starts a server that is a cluster by itself. Clients are sent to the server, past a proxy.
func startCluster(t *testing.T, args ...string) *redistest.Server {
	t.Helper()
	s := redistest.Start(t, slices.Concat([]string{"--cluster-enabled", "yes"}, args)...)
	_, err := s.Do(t.Context(), "CLUSTER", "ADDSLOTSRANGE", "0", "16383")
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		info, err := s.Do(t.Context(), "CLUSTER", "INFO")
		return err == nil && strings.Contains(fmt.Sprint(info), "cluster_state:ok")
	}, patience, tick)
	return s
}

// helper is a call of one of rueidis' own, which returns what there is to compare.
type helper struct {
	name string
	call func(ctx context.Context, c rueidis.Client) string
	want []string // what a server that is no cluster is sent
}

// helpers are called with keys that fall into different slots.
var helpers = []helper{
	{"MSet", func(ctx context.Context, c rueidis.Client) string {
		return fmt.Sprint(rueidis.MSet(c, ctx, map[string]string{"a": "1", "b": "2", "c": "3"}))
	}, []string{"MSET"}},
	{"MGet", func(ctx context.Context, c rueidis.Client) string {
		return messages(rueidis.MGet(c, ctx, []string{"a", "b", "missing"}))
	}, []string{"MULTI", "MGET", "MGET", "MGET", "EXEC"}},
	{"MGet of one slot", func(ctx context.Context, c rueidis.Client) string {
		return messages(rueidis.MGet(c, ctx, []string{"{a}1", "{a}2"}))
	}, []string{"MGET"}},
	{"MSetNX", func(ctx context.Context, c rueidis.Client) string {
		return fmt.Sprint(rueidis.MSetNX(c, ctx, map[string]string{"d": "4", "e": "5"}))
	}, []string{"MSETNX"}},
	{"MDel", func(ctx context.Context, c rueidis.Client) string {
		return fmt.Sprint(rueidis.MDel(c, ctx, []string{"a", "d"}))
	}, []string{"DEL"}},
	{"MUnlink", func(ctx context.Context, c rueidis.Client) string {
		return fmt.Sprint(rueidis.MUnlink(c, ctx, []string{"b", "c"}))
	}, []string{"UNLINK"}},
	{"MSetEX", func(ctx context.Context, c rueidis.Client) string { // of a later Redis than is tested with
		return fmt.Sprint(rueidis.MSetEX(c, ctx, map[string]string{"f": "6", "g": "7"}, "EX", "100"))
	}, []string{"MSETEX"}},
	{"JsonMSet", func(ctx context.Context, c rueidis.Client) string {
		return fmt.Sprint(rueidis.JsonMSet(c, ctx, map[string]string{"h": "8", "i": "9"}, "$"))
	}, []string{"JSON.MSET"}},
	{"JsonMGet", func(ctx context.Context, c rueidis.Client) string {
		return messages(rueidis.JsonMGet(c, ctx, []string{"h", "i"}, "$"))
	}, []string{"MULTI", "JSON.MGET", "JSON.MGET", "EXEC"}},
	{"MGetCache", func(ctx context.Context, c rueidis.Client) string {
		return messages(rueidis.MGetCache(c, ctx, time.Minute, []string{"e", "d", "missing"}))
	}, []string{"MGET"}},
}

// messages returns the values of a helper in the order of their keys.
func messages(got map[string]rueidis.RedisMessage, err error) string {
	if err != nil {
		return err.Error()
	}
	all := map[string]string{}
	for k, m := range got {
		v, err := m.ToAny()
		all[k] = fmt.Sprint(v, err)
	}
	return fmt.Sprint(all)
}

// TestHelpers: rueidis' helpers do with the client what they do with the plain one, and as atomically.
func TestHelpers(t *testing.T) {
	for name, start := range deployments {
		t.Run(name, func(t *testing.T) {
			g := start(t, nil)
			o := small(g.server.Addr())
			o.ForceSingleClient = name == "single"
			plain := plainClient(t, o)
			// Commands that the server does not know it quotes, in an order that no map has.
			quotes := regexp.MustCompile(`with args beginning with: [^\]]*`)
			var want []string
			for _, h := range helpers {
				want = append(want, quotes.ReplaceAllString(h.call(t.Context(), plain), "…"))
			}
			g.direct(t, "FLUSHALL")
			for i, h := range helpers {
				before := len(g.proxy.Record())
				require.Equal(t, want[i], quotes.ReplaceAllString(h.call(t.Context(), g), "…"), h.name)
				if name == "single" {
					require.Equal(t, h.want, names(g.proxy.Record()[before:]), h.name)
				}
			}
			for _, e := range g.seen() {
				require.Contains(t, []string{"succeeded", "not_retryable"}, e.Decision.Reason.String(), "%v", e)
			}
		})
	}
}

// names returns the names of commands, but for those that set up a connection.
func names(record []faultproxy.Exchange) (all []string) {
	for _, x := range record {
		if name := x.Name(); name != "HELLO" && name != "CLIENT" {
			all = append(all, name)
		}
	}
	return all
}

// TestHelpersOfAWrapper: a helper is known through the caller's own wrapper of the client.
func TestHelpersOfAWrapper(t *testing.T) {
	g := newRig(t, three, nil)
	c := logged{g}
	for _, err := range rueidis.MSet(c, t.Context(), map[string]string{"a": "1", "b": "2"}) {
		require.NoError(t, err)
	}
	require.Equal(t, 1, g.runs("MSET"))
}

type logged struct{ rueidis.Client }

func (l logged) DoMulti(ctx context.Context, multi ...rueidis.Completed) []rueidis.RedisResult {
	return l.Client.DoMulti(ctx, multi...)
}

// TestHelpersRetry: they are under the policy as any command, by what they do.
func TestHelpersRetry(t *testing.T) {
	for _, tt := range []struct {
		helper  string
		command string
		reasons []string
	}{
		{"MSet", "MSET", []string{"mset retrying", "mset succeeded"}},
		{"MGet", "MGET", []string{"pipeline retrying", "pipeline succeeded"}},
		{"MDel", "DEL", []string{"del not_replayable"}},
		{"MSetNX", "MSETNX", []string{"msetnx not_replayable"}},
		{"MGetCache", "MGET", []string{"mget retrying", "mget succeeded"}},
	} {
		t.Run(tt.helper, func(t *testing.T) {
			g := newRig(t, three, on(tt.command, cutAfter))
			i := slices.IndexFunc(helpers, func(h helper) bool { return h.name == tt.helper })
			_ = helpers[i].call(t.Context(), g)
			require.Equal(t, tt.reasons, g.why())
			g.proxy.SetPlan(refused(tt.command, "LOADING one", "LOADING two"))
			require.NotContains(t, helpers[i].call(t.Context(), g), "LOADING")
		})
	}
	t.Run("the rung of the context", func(t *testing.T) {
		g := newRig(t, three, on("DEL", cutAfter))
		for _, err := range rueidis.MDel(g, retry.WithReplay(t.Context(), classify.ReadOnly), []string{"a", "b"}) {
			require.NoError(t, err)
		}
	})
}
