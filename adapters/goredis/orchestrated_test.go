package goredis_test

import (
	"context"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/adapters/goredis"
	"github.com/reprise-go/reprise/cluster"
	"github.com/reprise-go/reprise/policy"
)

// TestNewClusterClientRefuses what it cannot do its work with.
func TestNewClusterClientRefuses(t *testing.T) {
	slots := func(context.Context) ([]redis.ClusterSlot, error) { return nil, nil }
	for _, tt := range []struct {
		options *redis.ClusterOptions
		config  cluster.Config
		want    string
	}{
		{nil, cluster.Config{}, "goredis: the options are nil; allowed: those of a cluster"},
		{&redis.ClusterOptions{ClusterSlots: slots}, cluster.Config{}, "goredis: ClusterSlots is set; allowed: nil, since the orchestrator reads the slot map"},
		{&redis.ClusterOptions{}, cluster.Config{}, "goredis: cluster: Seeds is empty; allowed: one address or more"},
		{&redis.ClusterOptions{Addrs: []string{"localhost"}}, cluster.Config{}, `goredis: cluster: Seeds[0] is "localhost"; allowed: host:port`},
		{&redis.ClusterOptions{Addrs: []string{"localhost:7000"}}, cluster.Config{Retry: policy.Retry{Retries: -7}}, "goredis: cluster: Retry: policy: Retries is -7; allowed: Unlimited (-1), 0 or more"},
	} {
		c, err := goredis.NewClusterClient(tt.options, tt.config)
		require.EqualError(t, err, tt.want)
		require.Nil(t, c)
	}
}
