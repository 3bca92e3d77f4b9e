package cluster_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/cluster"
	"github.com/reprise-go/reprise/policy"
)

// TestEvents: each attempt is told once, whatever becomes of it.
func TestEvents(t *testing.T) {
	for _, tt := range []struct {
		name string
		node string // the operation is for this one
		fail int    // so many attempts, all if -1
		want []string
	}{
		{"success", "", 0, []string{"1 succeeded"}},
		{"success on the same node", "", 1, []string{"1 retrying 1ms", "2 succeeded"}},
		{"success in the next cycle", "", 2, []string{"1 retrying 1ms", "1 retrying 1s", "1 succeeded"}},
		{"none", "", -1, []string{"1 retrying 1ms", "1 retrying 1s", "1 retrying 1ms", "2 retrying 1s", "1 retrying 1ms", "3 out_of_retries 0s"}},
		{"for one node", "a:1", -1, []string{"1 retrying 1ms", "2 out_of_retries 0s"}},
		{"for one node, which succeeds", "a:1", 1, []string{"1 retrying 1ms", "2 succeeded"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var got []string
				o := must(cluster.New(&topology{}, cluster.Config{
					Seeds: []string{"a:1"}, ErrorRetries: 2, Backoff: backoff.Constant(time.Second),
					Retry: policy.Retry{Retries: 1, Backoff: backoff.Constant(time.Millisecond), Observe: func(_ context.Context, e policy.Event) {
						s := fmt.Sprint(e.State.Attempt, " ", e.Decision.Reason)
						if e.Err != nil {
							s += fmt.Sprint(" ", e.Decision.Delay)
						}
						got = append(got, s)
					}},
				}))
				defer o.Close()
				attempts := 0
				op := policy.Op{Node: tt.node, Replay: classify.ReadOnly}
				_ = o.DoOp(t.Context(), &op, func(context.Context) (string, error) {
					attempts++
					if tt.fail < 0 || attempts <= tt.fail {
						return "a:1", refused
					}
					return "a:1", nil
				})
				require.Equal(t, tt.want, got)
			})
		})
	}
}
