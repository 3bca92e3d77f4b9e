package cluster_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/cluster"
)

// seed is one that answers after a while, or fails; or says nothing at all, if after is 0.
type seed struct {
	after time.Duration
	err   error
}

// TestAskSeeds: the first answer counts, and nobody holds up the others for long.
func TestAskSeeds(t *testing.T) {
	silent, quick := seed{}, seed{after: time.Millisecond}
	down := seed{time.Millisecond, refused}
	for _, tt := range []struct {
		name    string
		limit   time.Duration
		seeds   []seed
		want    string
		err     error
		took    time.Duration
		atLeast int // how many were asked
	}{
		{"the first answers", time.Second, []seed{quick, quick}, "0", nil, time.Millisecond, 1},
		{"the last answers", time.Second, []seed{down, down, quick}, "2", nil, 3 * time.Millisecond, 3},
		{"the first is silent", time.Second, []seed{silent, quick}, "1", nil, 251 * time.Millisecond, 2},
		{"all but the last are silent", time.Second, []seed{silent, silent, silent, silent, quick}, "4", nil, 401 * time.Millisecond, 5},
		{"the first is slow, the second silent", time.Second, []seed{{after: 800 * time.Millisecond}, silent}, "0", nil, 800 * time.Millisecond, 2},
		{"all fail", time.Second, []seed{down, down}, "", refused, 2 * time.Millisecond, 2},
		{"all are silent", time.Second, []seed{silent, silent}, "", context.DeadlineExceeded, time.Second, 2},
		{"no deadline", 0, []seed{silent, silent, quick}, "2", nil, 501 * time.Millisecond, 3},
		{"too little time", 1, []seed{silent, silent, silent}, "", context.DeadlineExceeded, 1, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx := t.Context()
				if tt.limit > 0 {
					limited, cancel := context.WithTimeout(ctx, tt.limit)
					defer cancel()
					ctx = limited
				}
				addrs := make([]string, len(tt.seeds))
				for i := range addrs {
					addrs[i] = fmt.Sprint(i)
				}
				asked, begun := make(chan string, 10), time.Now()
				got, err := cluster.AskSeeds(ctx, addrs, func(ctx context.Context, addr string) (string, error) {
					asked <- addr
					s := tt.seeds[addr[0]-'0']
					if s.after == 0 {
						<-ctx.Done()
						return "", ctx.Err()
					}
					time.Sleep(s.after)
					return addr, s.err
				})
				require.Equal(t, tt.took, time.Since(begun))
				if tt.err != nil {
					require.ErrorIs(t, err, tt.err)
				} else {
					require.NoError(t, err)
					require.Equal(t, tt.want, got)
				}
				require.GreaterOrEqual(t, len(asked), tt.atLeast)
				synctest.Wait() // the others have ended
			})
		})
	}
	_, err := cluster.AskSeeds(t.Context(), nil, func(context.Context, string) (int, error) { return 0, nil })
	require.EqualError(t, err, "cluster: there are no seeds; allowed: one address or more")
}

// TestAskSeedsLeaves: the cause of the caller's context comes back.
func TestAskSeedsLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gone := errors.New("gone")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(gone) })
		_, err := cluster.AskSeeds(ctx, []string{"a:1"}, func(ctx context.Context, _ string) (int, error) {
			<-ctx.Done()
			time.Sleep(time.Hour) // it does not listen
			return 0, ctx.Err()
		})
		require.ErrorIs(t, err, gone)
		time.Sleep(time.Hour) // till that one has ended
	})
}
