package rueidis_test

import (
	"testing"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"

	retry "github.com/reprise-go/reprise/adapters/rueidis"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/faultproxy"
	"github.com/reprise-go/reprise/internal/redistest"
	"github.com/reprise-go/reprise/policy"
)

// block sends commands within MULTI and EXEC.
func (g *rig) block(t *testing.T, inner ...rueidis.Completed) []rueidis.RedisResult {
	t.Helper()
	all := append([]rueidis.Completed{g.B().Multi().Build()}, inner...)
	return g.DoMulti(t.Context(), append(all, g.B().Exec().Build())...)
}

// TestErrorsOfTransactions: EXECABORT says that the block was not run, and the causes say whether another try could
// do better. n is counted within the block.
func TestErrorsOfTransactions(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		prepare func(t *testing.T, g *rig)
		inner   string // a command besides INCR n
		plan    faultproxy.Plan
		cause   string // of that command
		verdict classify.Verdict
		reasons string
	}{
		{"a mistake", nil, "INCR", nil, "^wrong number of arguments", permanent(classify.ExecAbort), final},
		{
			"a server out of memory", func(t *testing.T, g *rig) { g.direct(t, "CONFIG", "SET", "maxmemory", "1") },
			"SET", nil, "^(OOM|wrong number)", permanent(classify.ExecAbort), final,
		},
		{
			"a server out of memory, and nothing else", func(t *testing.T, g *rig) { g.direct(t, "CONFIG", "SET", "maxmemory", "1") },
			"SET k v", nil, "^OOM", overloaded(classify.OutOfMemory), gaveUp,
		},
		{
			"no replicas", func(t *testing.T, g *rig) { g.direct(t, "CONFIG", "SET", "min-replicas-to-write", "1") },
			"SET k v", nil, "^NOREPLICAS", transient(classify.NoReplicas), gaveUp,
		},
		{
			"a refusal and a mistake", func(t *testing.T, g *rig) { g.direct(t, "CONFIG", "SET", "min-replicas-to-write", "1") },
			"FROBNICATE", nil, "^unknown command", permanent(classify.ExecAbort), final,
		},
		{
			"a refusal of EXEC", nil, "SET k v", refused("exec", "LOADING Redis is loading", "LOADING Redis is loading", "LOADING Redis is loading",
				"LOADING Redis is loading"), "", transient(classify.BusyLoading), gaveUp,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			g := rigAt(t, redistest.Start(t), three, tt.plan)
			if tt.prepare != nil {
				tt.prepare(t, g)
			}
			words := []string{tt.inner}
			if tt.inner == "SET k v" {
				words = []string{"SET", "k", "v"}
			}
			results := g.block(t, g.B().Incr().Key("n").Build(), g.command(words...))
			if tt.cause != "" {
				require.Regexp(t, tt.cause, results[2].Error().Error())
				requireDriversOwn(t, results[2].Error())
			}
			err := results[3].Error()
			requireDriversOwn(t, err)
			if tt.plan == nil {
				require.Regexp(t, "^EXECABORT", err.Error())
				require.Equal(t, permanent(classify.ExecAbort), retry.Classify(err), "it alone does not tell the cause")
			}
			events := g.seen()
			require.Equal(t, tt.reasons, reasons(events))
			require.Equal(t, tt.verdict, events[len(events)-1].Decision.Verdict)
			require.Nil(t, g.direct(t, "GET", "n"))
		})
	}
}

// TestErrorsWithinTransactions: what fails as the block is run is no failure of EXEC. The others have been run, so that
// nothing is run again.
func TestErrorsWithinTransactions(t *testing.T) {
	t.Parallel()
	g := newRig(t, three, nil)
	g.direct(t, "SADD", "set", "a")
	results := g.block(t, g.B().Incr().Key("n").Build(), g.B().Incr().Key("set").Build())
	replies, err := results[3].ToArray()
	require.NoError(t, err)
	require.ErrorContains(t, replies[1].Error(), "WRONGTYPE")
	require.Equal(t, "1", g.direct(t, "GET", "n"))
	require.Equal(t, []string{"pipeline succeeded"}, g.why())
}

// TestErrorsOfLostTransactions: whether the block has run nobody knows, as with any other command.
func TestErrorsOfLostTransactions(t *testing.T) {
	t.Parallel()
	for name, want := range map[faultproxy.Fault]any{cutAfter: "1", cutBefore: nil} {
		g := newRig(t, three, on("exec", name))
		results := g.block(t, g.B().Incr().Key("n").Build())
		requireDriversOwn(t, results[2].Error())
		events := g.seen()
		require.Equal(t, unsure, reasons(events))
		require.Equal(t, policy.NotReplayable, events[0].Decision.Reason)
		require.Equal(t, ambiguous(classify.Connection), events[0].Decision.Verdict)
		require.Equal(t, want, g.direct(t, "GET", "n"))
	}
}
