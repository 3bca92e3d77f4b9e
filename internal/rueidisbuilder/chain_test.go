package rueidisbuilder_test

import (
	"context"
	"crypto/tls"
	"net"
	"testing"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/internal/rueidisbuilder"
)

// TestChains: a walker that went past most of the builders would make tests of it pass.
func TestChains(t *testing.T) {
	short, all := rueidisbuilder.Short(), rueidisbuilder.All()
	t.Logf("%d short chains, %d chains", len(short), len(all))
	require.Greater(t, len(short), 600)
	require.Greater(t, len(all), 4000)
	// Nothing is sent: a client without a server has builders as well.
	nowhere := func(context.Context, string, *net.Dialer, *tls.Config) (net.Conn, error) { return nil, net.ErrClosed }
	client, _ := rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{"nowhere:1"}, ForceSingleClient: true, DialCtxFn: nowhere})
	defer client.Close()
	words := map[string][]string{}
	for _, c := range all {
		cmd, _ := c.Build(client.B())
		words[c.String()] = cmd.Commands()
	}
	require.Equal(t, []string{"SET", "{1}string", "1"}, words["Set.Key.Value.Build"])
	require.Equal(t, []string{"XREAD", "COUNT", "1", "BLOCK", "1", "STREAMS", "{1}stream", "1"}, words["Xread.Count.Block.Streams.Key.Id.Build"])
	require.Equal(t, []string{"HSET", "{1}hash", "1", "1"}, words["Hset.Key.FieldValue.FieldValueIter.Build"])
	_, cached := rueidisbuilder.Chain{"Get", "Key", "Cache"}.Build(client.B())
	require.True(t, cached)
}
