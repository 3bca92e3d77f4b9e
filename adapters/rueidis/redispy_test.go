package rueidis_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"testing"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"

	retry "github.com/reprise-go/reprise/adapters/rueidis"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/cluster"
	"github.com/reprise-go/reprise/internal/redispy"
	"github.com/reprise-go/reprise/internal/redistest"
)

// TestAsRedisPy: redis-py's cases of its cluster client, see the package redispy.
func TestAsRedisPy(t *testing.T) {
	redispy.Check(t, func(t *testing.T, o redispy.Options) redispy.Client {
		option := clusterOptions(o.Addrs)
		option.PipelineMultiplex = -1
		option.ConnWriteTimeout = o.ReadTimeout
		option.DialCtxFn = func(ctx context.Context, addr string, _ *net.Dialer, _ *tls.Config) (net.Conn, error) {
			return o.Dial(ctx, "tcp", addr)
		}
		c, err := retry.NewClusterClient(option, o.Config)
		require.NoError(t, err)
		t.Cleanup(c.Close)
		return redisPyClient{c}
	}, map[string]string{
		"test_cluster.py:628": "rueidis learns up to a second later that the slot of a node that answers is elsewhere",
		"test_max_connections_error.py:74, test_cluster.py async :522": "there is no pool to be empty",
		"test_cluster_transaction.py:205 (async :245)":                 ownConnection,
		"test_cluster_transaction.py:227 (async :267)":                 ownConnection,
		"test_cluster_transaction.py:305 (async :344)":                 ownConnection,
		"(none: redis-py asks with ASKING)":                            ownConnection,
		"test_cluster.py:3064":                                         "told as the client is made, see TestNoCluster",
	})
}

const ownConnection = "what happens on a dedicated connection passes through"

// TestNoCluster: test_cluster.py:3064, a server that is no cluster says so at once.
func TestNoCluster(t *testing.T) {
	_, err := retry.NewClusterClient(clusterOptions([]string{redistest.Start(t).Addr()}), cluster.Config{})
	require.ErrorContains(t, err, "cluster support disabled")
}

type redisPyClient struct{ rueidis.Client }

func (redisPyClient) Quiet() {}

func (c redisPyClient) build(words []string) rueidis.Completed {
	b := c.B().Arbitrary(words...)
	if len(words) > 1 && words[0] != "ECHO" {
		b = c.B().Arbitrary(words[0]).Keys(words[1]).Args(words[2:]...)
	}
	if classify.Command(words...) == classify.ReadOnly {
		return b.ReadOnly()
	}
	return b.Build()
}

func (c redisPyClient) Do(ctx context.Context, words ...string) (string, error) {
	return heardOf(c.Client.Do(ctx, c.build(words)))
}

func (c redisPyClient) Pipeline(ctx context.Context, cmds ...[]string) (replies []string, errs []error) {
	multi := make([]rueidis.Completed, len(cmds))
	for i, words := range cmds {
		multi[i] = c.build(words)
	}
	for _, r := range c.DoMulti(ctx, multi...) {
		reply, err := heardOf(r)
		replies, errs = append(replies, reply), append(errs, err)
	}
	return replies, errs
}

func (c redisPyClient) Tx(ctx context.Context, cmds ...[]string) (replies []string, err error) {
	return c.tx(ctx, c.Client, cmds)
}

func (c redisPyClient) tx(ctx context.Context, on rueidis.CommandClient, cmds [][]string) (replies []string, err error) {
	multi := []rueidis.Completed{c.B().Multi().Build()}
	for _, words := range cmds {
		multi = append(multi, c.build(words))
	}
	got := on.DoMulti(ctx, append(multi, c.B().Exec().Build())...)
	all, err := got[len(got)-1].ToArray()
	for _, m := range all {
		reply, _ := m.ToAny()
		replies = append(replies, fmt.Sprint(reply))
	}
	return replies, err
}

func (c redisPyClient) Watch(ctx context.Context, key string, fn func(value string) [][]string) error {
	return c.Dedicated(func(d rueidis.DedicatedClient) error {
		if err := d.Do(ctx, d.B().Watch().Key(key).Build()).Error(); err != nil {
			return err
		}
		value, err := heardOf(d.Do(ctx, d.B().Get().Key(key).Build()))
		if err != nil {
			return err
		}
		_, err = c.tx(ctx, d, fn(value))
		return err
	})
}

func (redisPyClient) Changed(err error) bool { return rueidis.IsRedisNil(err) }

func (redisPyClient) Classify(err error) classify.Verdict { return retry.Classify(err) }

func heardOf(r rueidis.RedisResult) (string, error) {
	v, err := r.ToAny()
	if rueidis.IsRedisNil(err) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return fmt.Sprint(v), nil
}
