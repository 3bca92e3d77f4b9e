package goredis_test

import (
	"testing"
	"time"

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
		{"client", redis.NewClient(&redis.Options{MaxRetries: -1, DialerRetries: 1}), three, ""},
		{"failover", redis.NewFailoverClient(&redis.FailoverOptions{MaxRetries: -1, DialerRetries: 1}), three, ""},
		{"ring", redis.NewRing(&redis.RingOptions{MaxRetries: -1, DialerRetries: 1}), three, ""},
		{"cluster", redis.NewClusterClient(&redis.ClusterOptions{DialerRetries: 1}), three, ""},
		{
			"defaults", redis.NewClient(&redis.Options{}), three,
			"goredis: MaxRetries of the client is 3; allowed: -1, since retries within retries multiply\n" +
				"goredis: DialerRetries of the client is 5, which makes 20 dials of 4 attempts; allowed: 1",
		},
		{
			"ring's retries", redis.NewRing(&redis.RingOptions{MaxRetries: 7, DialerRetries: 1}), three,
			"goredis: MaxRetries of the client is 7; allowed: -1, since retries within retries multiply",
		},
		{
			"cluster's dials", redis.NewClusterClient(&redis.ClusterOptions{DialerRetries: 2}), three,
			"goredis: DialerRetries of the client is 2, which makes 8 dials of 4 attempts; allowed: 1",
		},
		{
			"any number of dials", redis.NewClusterClient(&redis.ClusterOptions{}), policy.Retry{Retries: policy.Unlimited},
			"goredis: DialerRetries of the client is 5 for each of any number of attempts; allowed: 1",
		},
		{"nil", nil, three, "goredis: client is a <nil>; allowed: *redis.Client, *redis.Ring, *redis.ClusterClient"},
		{"nil client", (*redis.Client)(nil), three, "goredis: client is a nil *redis.Client; allowed: a client"},
		{"nil ring", (*redis.Ring)(nil), three, "goredis: client is a nil *redis.Ring; allowed: a client"},
		{"nil cluster", (*redis.ClusterClient)(nil), three, "goredis: client is a nil *redis.ClusterClient; allowed: a client"},
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
	c := redis.NewClient(&redis.Options{Addr: g.proxy.Addr(), MaxRetries: -1, DialerRetries: 1})
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

// TestWithTimeout: go-redis' own clone has no hooks, and so no retries at all.
func TestWithTimeout(t *testing.T) {
	ctx := t.Context()
	g := newRig(t, three, refused("get", "LOADING one", "LOADING two", "LOADING three"))
	require.EqualError(t, g.Client.WithTimeout(time.Second).Get(ctx, "k").Err(), "LOADING one")
	clone, err := goredis.WithTimeout(g.Client, time.Second, three)
	require.NoError(t, err)
	require.Equal(t, redis.Nil, clone.Get(ctx, "k").Err())

	_, err = goredis.WithTimeout(nil, time.Second, three)
	require.EqualError(t, err, "goredis: client is nil; allowed: a client")
	_, err = goredis.WithTimeout(g.direct, time.Second, three)
	require.ErrorContains(t, err, "MaxRetries of the client is 3")
}

// TestInvalidPolicy: NewClient cannot return an error, so the first failure does.
func TestInvalidPolicy(t *testing.T) {
	g := newRig(t, policy.Retry{Retries: -2}, refused("get", "LOADING one"))
	err := g.Get(t.Context(), "k").Err()
	require.ErrorContains(t, err, "LOADING one")
	require.ErrorContains(t, err, "policy: Retries is -2")
}
