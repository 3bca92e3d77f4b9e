package rueidis_test

import (
	"testing"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"

	retry "github.com/reprise-go/reprise/adapters/rueidis"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/redistest"
)

// TestErrorsOfMisuse: what rueidis does not serve it says before it sends anything, and so it would the next time.
// A batch that subscribes is not under the policy at all.
func TestErrorsOfMisuse(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	for _, tt := range []struct {
		name   string
		option func(*rueidis.ClientOption)
		second func(b rueidis.Builder) rueidis.Completed
		want   error
	}{
		{
			"RESP2", func(o *rueidis.ClientOption) { o.AlwaysRESP2 = true },
			func(b rueidis.Builder) rueidis.Completed { return b.Incr().Key("n").Build() }, rueidis.ErrRESP2PubSubMixed,
		},
		{
			"a command that waits", noOption,
			func(b rueidis.Builder) rueidis.Completed { return b.Blpop().Key("n").Timeout(1).Build() }, rueidis.ErrBlockingPubSubMixed,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			g := rigAt(t, server, three, nil, tt.option)
			for _, r := range g.DoMulti(t.Context(), g.B().Subscribe().Channel("news").Build(), tt.second(g.B())) {
				require.Equal(t, tt.want, r.Error())
				require.Equal(t, permanent(classify.Response), retry.Classify(r.Error()))
			}
			require.Empty(t, g.seen())
			require.Nil(t, g.direct(t, "GET", "n"))
		})
	}
}
