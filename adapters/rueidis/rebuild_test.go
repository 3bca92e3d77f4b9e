package rueidis

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/internal/redistest"
	"github.com/reprise-go/reprise/internal/rueidisbuilder"
)

// seen is all that rueidis, and whoever has built it, can see of a command.
type seen struct {
	words                                                                      []string
	slot                                                                       uint16
	readOnly, write, retryable, block, pipe, noReply, unsub, optIn, mget, free bool
}

func see(c rueidis.Completed) seen {
	cached := rueidis.Cacheable(c)
	return seen{
		slices.Clone(c.Commands()), c.Slot(),
		c.IsReadOnly(), c.IsWrite(), c.IsRetryable(), c.IsBlock(), c.IsPipe(), c.NoReply(), c.IsUnsub(), c.IsOptIn(), cached.IsMGet(),
		c.IsUnblockOnCancel(),
	}
}

// seenCached is the same of a command that is cached. There rueidis goes by one more flag, which it does not show: that
// the command is a script, and where its key is.
type seenCached struct {
	seen
	static bool
	flags  uint64
}

func seeCached(c rueidis.Cacheable) seenCached {
	return seenCached{see(rueidis.Completed(c)), c == c.ToStaticTTL(), reflect.ValueOf(c).FieldByName("cf").Uint()}
}

// builders returns the builders of a client for one server and of one for a cluster, which say differently where a command
// goes.
func builders(t *testing.T) map[string]rueidis.Builder {
	t.Helper()
	all := map[string]rueidis.Builder{}
	for name, args := range map[string][]string{"single": nil, "cluster": {"--cluster-enabled", "yes"}} {
		server := redistest.Start(t, args...)
		if args != nil {
			_, err := server.Do(t.Context(), "CLUSTER", "ADDSLOTSRANGE", "0", "16383")
			require.NoError(t, err)
		}
		c, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{server.Addr()}, DisableCache: true})
		require.NoError(t, err)
		t.Cleanup(c.Close)
		require.Equal(t, args != nil, c.Mode() == rueidis.ClientModeCluster)
		all[name] = c.B()
	}
	return all
}

// marks are what a caller may do to a command that is built.
var marks = map[string]func(rueidis.Completed) rueidis.Completed{
	"as built":        func(c rueidis.Completed) rueidis.Completed { return c },
	"ToPipe":          rueidis.Completed.ToPipe,
	"ToRetryable":     rueidis.Completed.ToRetryable,
	"UnblockOnCancel": rueidis.Completed.UnblockOnCancel,
	"all of them":     func(c rueidis.Completed) rueidis.Completed { return c.ToPipe().ToRetryable().UnblockOnCancel() },
	"its own slot":    func(c rueidis.Completed) rueidis.Completed { return c.SetSlot("{1}list") },
}

// elsewhere are slots that none of the command's words has, for which there is a search of some milliseconds: so
// only a few commands get them, of each sort that is built in its own way.
var (
	elsewhere = map[string]func(rueidis.Completed) rueidis.Completed{
		"another slot": func(c rueidis.Completed) rueidis.Completed { return c.SetSlot("another key") },
		"slot 0":       func(c rueidis.Completed) rueidis.Completed { return c.SetSlot("3560") },
	}
	sorts = []rueidisbuilder.Chain{
		{"Set", "Key", "Value", "Build"},
		{"Get", "Key", "Build"},
		{"Ping", "Build"},
		{"Arbitrary", "Keys", "Build"},
		{"Arbitrary", "Keys", "MultiGet"},
		{"Blpop", "Key", "Timeout", "Build"},
		{"Xread", "Block", "Streams", "Key", "Id", "Build"},
		{"Xread", "Count", "Block", "Streams", "Key", "Key", "Id", "Id", "Build"},
	}
)

// TestRebuildKeepsEverything: what is sent again is, to rueidis and to the server, what was sent before, whatever
// builders it came from.
func TestRebuildKeepsEverything(t *testing.T) {
	for mode, b := range builders(t) {
		t.Run(mode, func(t *testing.T) {
			for _, chain := range rueidisbuilder.All() {
				holdRebuild(t, b, chain, "as built", marks["as built"])
			}
			for _, chain := range rueidisbuilder.Short() {
				for name, mark := range marks {
					holdRebuild(t, b, chain, name, mark)
				}
			}
			for _, chain := range sorts {
				for name, mark := range elsewhere {
					holdRebuild(t, b, chain, name, mark)
				}
			}
		})
	}
}

func holdRebuild(t *testing.T, b rueidis.Builder, chain rueidisbuilder.Chain, name string, mark func(rueidis.Completed) rueidis.Completed) {
	t.Helper()
	cmd, cached := chain.Build(b)
	if cached || cmd.NoReply() {
		return
	}
	cmd = mark(cmd)
	require.Equal(t, see(cmd), see(rebuild(b, slices.Clone(cmd.Commands()), cmd)), "%v, %s", chain, name)
}

// TestRebuildCacheKeepsEverything is that for commands that are cached.
func TestRebuildCacheKeepsEverything(t *testing.T) {
	for mode, b := range builders(t) {
		t.Run(mode, func(t *testing.T) {
			n := 0
			for _, chain := range rueidisbuilder.All() {
				built, cached := chain.Build(b)
				if !cached || !slices.ContainsFunc(chain, func(m string) bool { return strings.Contains(m, "Key") && m != "Numkeys" }) {
					continue // without a key nothing is cached, and the server refuses it
				}
				n++
				for _, cmd := range []rueidis.Cacheable{rueidis.Cacheable(built), rueidis.Cacheable(built).ToStaticTTL()} {
					again := rebuildCache(b, slices.Clone(cmd.Commands()), cmd)
					require.Equal(t, seeCached(cmd), seeCached(again), "%v", chain)
				}
			}
			require.Greater(t, n, 100)
		})
	}
}

// TestResubscribeKeepsEverything is that for the commands that Receive takes.
func TestResubscribeKeepsEverything(t *testing.T) {
	for mode, b := range builders(t) {
		t.Run(mode, func(t *testing.T) {
			n := 0
			for _, chain := range rueidisbuilder.All() {
				cmd, _ := chain.Build(b)
				if !cmd.NoReply() || cmd.IsUnsub() {
					continue
				}
				n++
				require.Equal(t, see(cmd), see(resubscribe(b, slices.Clone(cmd.Commands()))), "%v", chain)
			}
			require.GreaterOrEqual(t, n, 3)
		})
	}
}

// TestRebuildOfWhatTheServerRefuses: a stream without an ID, or an ID without a stream. The server says so, if the command
// gets there; until then it is like any other, and on a cluster its words must not be taken for keys of two slots.
func TestRebuildOfWhatTheServerRefuses(t *testing.T) {
	for mode, b := range builders(t) {
		t.Run(mode, func(t *testing.T) {
			cmd := b.Xread().Block(1).Streams().Key("k").Id("7", "8", "9").Build()
			require.NotPanics(t, func() { require.Equal(t, see(cmd), see(rebuild(b, slices.Clone(cmd.Commands()), cmd))) })
		})
	}
}
