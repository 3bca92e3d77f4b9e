package cluster_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/cluster"
	"github.com/reprise-go/reprise/policy"
)

// TestRedirects: where each answer of a node sends the operation.
func TestRedirects(t *testing.T) {
	const a, b, c = "a:7000", "b:7000", "c:7000"
	for _, tt := range []struct {
		name string
		// answers are what the nodes say, in turn; the last goes on.
		answers   []error
		visits    []string // "" is the node by the map, +ASK one to be asked with ASKING
		refreshes int
		fails     bool
	}{
		{"moved", []error{reply("MOVED 1 b:7000"), nil}, []string{"", b}, 1, false},
		{"asked", []error{reply("ASK 1 b:7000"), nil}, []string{"", b + "+ASK"}, 0, false},
		{"asked, then moved", []error{reply("ASK 1 b:7000"), reply("MOVED 1 c:7000"), nil}, []string{"", b + "+ASK", c}, 1, false},
		{"moved, then asked back", []error{reply("MOVED 1 b:7000"), reply("ASK 1 c:7000"), nil}, []string{"", b, c + "+ASK"}, 1, false},
		{"to the host that was asked", []error{reply("MOVED 1 :7001"), nil}, []string{"", "a:7001"}, 1, false},
		{"in the driver's own wrapping", []error{wrapped{reply("MOVED 1 b:7000")}, nil}, []string{"", b}, 1, false},
		{"moved, then refused there", []error{reply("MOVED 1 b:7000"), refused, nil}, []string{"", b, ""}, 1, false},
		{
			// Each cycle follows until it comes round, then waits.
			"in circles", []error{reply("MOVED 1 b:7000"), reply("MOVED 1 c:7000"), reply("MOVED 1 b:7000"), nil},
			[]string{"", b, c, ""}, 1, false,
		},
		{"without end", []error{
			reply("MOVED 1 d:1"), reply("MOVED 1 d:2"), reply("MOVED 1 d:3"), reply("MOVED 1 d:4"), reply("MOVED 1 d:5"), reply("MOVED 1 d:6"), nil,
		}, []string{"", "d:1", "d:2", "d:3", "d:4", "d:5", ""}, 1, false},
		{"to nowhere", []error{reply("MOVED")}, []string{""}, 0, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var top topology
				o := must(cluster.New(&top, cluster.Config{
					Seeds: seeds, Backoff: backoff.Constant(time.Millisecond), Refresh: cluster.Refresh{SecondLook: cluster.None},
				}))
				defer o.Close()
				var visits []string
				err := o.Do(t.Context(), classify.Never, func(ctx context.Context) (string, error) {
					r, redirected := cluster.RedirectFrom(ctx)
					node, visit := a, ""
					if redirected {
						node, visit = r.Addr, r.Addr
						require.Equal(t, 1, r.Slot)
					}
					if r.Ask {
						visit += "+ASK"
					}
					visits = append(visits, visit)
					return node, tt.answers[min(len(visits), len(tt.answers))-1]
				})
				synctest.Wait()
				require.Equal(t, tt.visits, visits)
				require.Equal(t, tt.refreshes, top.count())
				require.Equal(t, tt.fails, err != nil, "%v", err)
			})
		})
	}
}

// wrapped is what a driver may put around a reply.
type wrapped struct{ err error }

func (w wrapped) Error() string { return "driver: " + w.err.Error() }

func (w wrapped) Unwrap() error { return w.err }

// TestRedirectsAreBounded: however long a chain is, and however often it comes round.
func TestRedirectsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var top topology
		config := cluster.Config{Seeds: seeds, Retry: policy.Retry{Retries: 2, Backoff: backoff.NoBackoff{}}}
		o := must(cluster.New(&top, config))
		defer o.Close()
		n := 0
		err := o.Do(t.Context(), classify.Never, func(context.Context) (string, error) {
			n++
			return "a:7000", reply("MOVED 1 b:" + string(rune('1'+n%9)))
		})
		require.Error(t, err)
		require.Equal(t, config.Plan().Attempts*6, n, "each attempt and five redirects")
	})
}

// TestStormOfRedirects: as slots move, every answer is MOVED, and the map is read once in an interval.
func TestStormOfRedirects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var top topology
		o := must(cluster.New(&top, cluster.Config{Seeds: seeds}))
		defer o.Close()
		begun := time.Now()
		for time.Since(begun) < 10*time.Second {
			require.NoError(t, o.Do(t.Context(), classify.Never, func(ctx context.Context) (string, error) {
				if _, ok := cluster.RedirectFrom(ctx); ok {
					return "b:7000", nil
				}
				return "a:7000", reply("MOVED 1 b:7000")
			}))
			time.Sleep(time.Millisecond)
		}
		require.LessOrEqual(t, top.count(), 101, "one in 100 ms")
		require.GreaterOrEqual(t, top.count(), 60)
	})
}
