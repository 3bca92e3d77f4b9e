package rueidis_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRefusedMulti: where MULTI is refused what follows it is run command by command, so that the block is not run
// again, though EXEC is refused for a while only.
func TestRefusedMulti(t *testing.T) {
	t.Parallel()
	g := newRig(t, three, refused("exec", "LOADING Redis is loading the dataset in memory"))
	results := g.DoMulti(t.Context(), g.command("MULTI", "misspelt"), g.B().Incr().Key("n").Build(), g.B().Exec().Build())
	require.Regexp(t, "^wrong number of arguments", results[0].Error().Error())
	require.Regexp(t, "^LOADING", results[2].Error().Error())
	require.Equal(t, []string{"pipeline not_retryable"}, g.why())
	require.Equal(t, "1", g.direct(t, "GET", "n"), "run once, outside of a block")
}
