package rueidis_test

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"

	retry "github.com/reprise-go/reprise/adapters/rueidis"
	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

// TestRetryDelay: the delays and the end are the policy's; the rest is rueidis'.
func TestRetryDelay(t *testing.T) {
	r := policy.Retry{Retries: 3, Backoff: backoff.Exponential{}}
	loading := errors.New("LOADING Redis is loading the dataset in memory")
	only := r
	only.On = []classify.Kind{classify.BusyLoading}
	for _, tt := range []struct {
		name    string
		retry   policy.Retry
		attempt int
		err     error
		want    time.Duration
	}{
		{"after the first failure", r, 1, io.EOF, 16 * time.Millisecond},
		{"after the third", r, 3, loading, 64 * time.Millisecond},
		{"not after the fourth", r, 4, io.EOF, -1},
		{"nor after what is final", r, 1, errors.New("WRONGTYPE …"), -1},
		{"nor after another kind", only, 1, io.EOF, -1},
		{"but after the listed one", only, 1, loading, 16 * time.Millisecond},
		{"somebody else's context", r, 1, context.Canceled, 16 * time.Millisecond},
		{"a bad policy", policy.Retry{Retries: -7}, 1, io.EOF, -1},
		{"no retries", policy.Retry{}, 1, io.EOF, -1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.want, retry.RetryDelay(tt.retry)(tt.attempt, rueidis.Completed{}, tt.err))
		})
	}
}

// TestRetryDelayOfAClient: where rueidis alone would go on for ever, the policy ends it.
func TestRetryDelayOfAClient(t *testing.T) {
	g := newRig(t, three, nil)
	o := small(g.proxy.Addr())
	o.RetryDelay = retry.RetryDelay(three)
	c := plainClient(t, o)
	g.proxy.SetPlan(refused("get", "LOADING 1", "LOADING 2", "LOADING 3", "LOADING 4", "LOADING 5"))
	require.ErrorContains(t, c.Do(context.Background(), c.B().Get().Key("k").Build()).Error(), "LOADING 4")
}
