package rueidis_test

import (
	"testing"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"

	retry "github.com/reprise-go/reprise/adapters/rueidis"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/faultproxy"
	"github.com/reprise-go/reprise/policy"
)

// TestLostReply is what the package is for: the server has run the command and the client cannot know.
func TestLostReply(t *testing.T) {
	atLeastOnce := three
	atLeastOnce.Replay = classify.Accumulating
	for _, tt := range []struct {
		name    string
		policy  policy.Retry
		faults  []faultproxy.Fault
		wantErr bool
		counter any
		reasons []string
	}{
		{"incr is not run again", three, []faultproxy.Fault{cutAfter}, true, "1", []string{"incr not_replayable"}},
		{"within the reply neither", three, []faultproxy.Fault{cutWithin}, true, "1", []string{"incr not_replayable"}},
		{"nor if it never arrived, which looks the same", three, []faultproxy.Fault{cutBefore}, true, nil, []string{"incr not_replayable"}},
		{"at-least-once runs it again", atLeastOnce, []faultproxy.Fault{cutAfter}, false, "2", []string{"incr retrying", "incr succeeded"}},
		{
			"and gives up after three", atLeastOnce, []faultproxy.Fault{cutAfter, cutAfter, cutAfter, cutAfter}, true, "4",
			[]string{"incr retrying", "incr retrying", "incr retrying", "incr out_of_retries"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := newRig(t, tt.policy, on("incr", tt.faults...))
			n, err := g.Do(t.Context(), g.B().Incr().Key("n").Build()).AsInt64()
			if tt.wantErr {
				require.Error(t, err)
				require.Equal(t, classify.Ambiguous, retry.Classify(err).Class, "%v", err)
			} else {
				require.NoError(t, err)
				require.EqualValues(t, 2, n)
			}
			require.Equal(t, tt.counter, g.direct(t, "GET", "n"))
			require.Equal(t, tt.reasons, g.why())
		})
	}
}

// TestRefused: the server said that it has not run the command, so any command is retried. rueidis itself
// retries none of these, but reads after LOADING.
func TestRefused(t *testing.T) {
	for _, text := range []string{
		"LOADING Redis is loading the dataset in memory", "READONLY You can't write against a read only replica.",
		"CLUSTERDOWN The cluster is down", "TRYAGAIN Multiple keys request during rehashing of slot",
		"MASTERDOWN Link with MASTER is down", "NOREPLICAS Not enough good replicas to write.",
		"OOM command not allowed when used memory > 'maxmemory'.", "BUSY Redis is busy running a script.",
		"ERR max number of clients reached",
	} {
		t.Run(text, func(t *testing.T) {
			g := newRig(t, three, refused("incr", text, text))
			n, err := g.Do(t.Context(), g.B().Incr().Key("n").Build()).AsInt64()
			require.NoError(t, err)
			require.EqualValues(t, 1, n)
			require.Equal(t, []string{"incr retrying", "incr retrying", "incr succeeded"}, g.why())
		})
	}
}

// TestAnswersComeBackBare: a missing key is no failure, and callers compare with ==.
func TestAnswersComeBackBare(t *testing.T) {
	g := newRig(t, three, on("get", cutAfter))
	err := g.Do(t.Context(), g.B().Get().Key("missing").Build()).Error()
	require.True(t, err == rueidis.Nil, "%v", err) //nolint:errorlint // bare
	require.Equal(t, []string{"get retrying", "get succeeded"}, g.why())
}
