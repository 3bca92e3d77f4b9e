package goredis_test

import (
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/adapters/goredis"
	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/policy"
)

func TestInstall(t *testing.T) {
	for _, tt := range []struct {
		name   string
		client redis.UniversalClient
		policy policy.Retry
		want   string // "" for none
	}{
		{"without retries", redis.NewClient(&redis.Options{MaxRetries: -1}), three, ""},
		{"ring", redis.NewRing(&redis.RingOptions{MaxRetries: -1}), three, ""},
		{
			"default retries", redis.NewClient(&redis.Options{}), three,
			"goredis: MaxRetries of the client is 3; allowed: -1, since retries within retries multiply",
		},
		{
			"ring's retries", redis.NewRing(&redis.RingOptions{MaxRetries: 7}), three,
			"goredis: MaxRetries of the client is 7; allowed: -1, since retries within retries multiply",
		},
		{
			"cluster", redis.NewClusterClient(&redis.ClusterOptions{}), three,
			"goredis: client is a *redis.ClusterClient; allowed: *redis.Client, *redis.Ring",
		},
		{"nil", nil, three, "goredis: client is a <nil>; allowed: *redis.Client, *redis.Ring"},
		{"nil client", (*redis.Client)(nil), three, "goredis: client is nil; allowed: *redis.Client, *redis.Ring"},
		{
			"bad policy", redis.NewClient(&redis.Options{MaxRetries: -1}),
			policy.Retry{Retries: -2, Backoff: backoff.Constant(-1)},
			"goredis: policy: Backoff: backoff: Constant is -1ns; allowed: 0 or more\n" +
				"policy: Retries is -2; allowed: Unlimited (-1), 0 or more",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := goredis.Install(tt.client, tt.policy)
			if tt.want == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, tt.want)
		})
	}
}

func TestInstalledHookRetries(t *testing.T) {
	ctx := t.Context()
	g := newRig(t, three, refused("get", "LOADING one", "LOADING two"))
	c := redis.NewClient(&redis.Options{Addr: g.proxy.Addr(), MaxRetries: -1})
	defer func() { require.NoError(t, c.Close()) }()
	require.NoError(t, goredis.Install(c, three))
	require.Equal(t, redis.Nil, c.Get(ctx, "k").Err())
}

func TestNewClientLeavesOptionsAlone(t *testing.T) {
	o := redis.Options{Addr: "localhost:1", MaxRetries: 7, DialerRetries: 9}
	before := o
	c := goredis.NewClient(&o, three)
	require.NoError(t, c.Close())
	require.Equal(t, before.MaxRetries, o.MaxRetries)
	require.Equal(t, before.DialerRetries, o.DialerRetries)
	require.Zero(t, c.Options().MaxRetries)
	require.Equal(t, 1, c.Options().DialerRetries)
	require.Panics(t, func() { goredis.NewClient(nil, three) })
}

// TestInvalidPolicy: NewClient cannot return an error, so the first failure does.
func TestInvalidPolicy(t *testing.T) {
	g := newRig(t, policy.Retry{Retries: -2}, refused("get", "LOADING one"))
	err := g.Get(t.Context(), "k").Err()
	require.ErrorContains(t, err, "LOADING one")
	require.ErrorContains(t, err, "policy: Retries is -2")
}
