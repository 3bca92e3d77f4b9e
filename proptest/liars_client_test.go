package proptest_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/rapidtest"
	"github.com/reprise-go/reprise/internal/resp"
	"github.com/reprise-go/reprise/proptest"
)

// printedBy runs a test of the kit against a liar, and returns what it printed; "" if it was content.
func printedBy(t *testing.T, checks string, test func(rapid.TB)) string {
	t.Helper()
	// Who is caught need not be shown briefly.
	defer rapidtest.SetFlag("rapid.shrinktime", "20ms")()
	defer rapidtest.SetFlag("rapid.checks", checks)()
	r := rapidtest.Record(t, test)
	if !r.Failed() {
		return ""
	}
	return r.Text()
}

// clientLiars break a law each, and no other.
var clientLiars = map[string]struct {
	breaks proptest.Law
	open   func(addr string) proptest.Client
	also   []proptest.Law // what follows from it
}{
	"makes errors up": {proptest.ClientAnswers, func(addr string) proptest.Client {
		c := honest(addr).client()
		do := c.Do
		c.Do = func(ctx context.Context, args []string) (any, error) {
			if v, err := do(ctx, args); classify.Command(args...) == classify.ReadOnly {
				return v, err
			}
			return nil, errors.New("I do not feel like it")
		}
		return c
	}, nil},
	"says OK when it knows nothing": {proptest.ClientAcknowledged, func(addr string) proptest.Client {
		c := honest(addr).client()
		do := c.Do
		c.Do = func(ctx context.Context, args []string) (any, error) {
			v, err := do(ctx, args)
			if err != nil {
				return "OK", nil
			}
			return v, err
		}
		return c
	}, []proptest.Law{proptest.ClientReplies}},
	"keeps a connection that owes it a reply": {proptest.ClientReplies, func(addr string) proptest.Client {
		b := honest(addr)
		b.keep = true
		return b.client()
	}, []proptest.Law{proptest.ClientAcknowledged, proptest.ClientOnce, proptest.ClientOrder}},
	"swaps the replies of a pipeline": {proptest.ClientReplies, func(addr string) proptest.Client {
		c := honest(addr).client()
		pipeline := c.Pipeline
		c.Pipeline = func(ctx context.Context, cmds [][]string) []proptest.Result {
			all := pipeline(ctx, cmds)
			if !slices.ContainsFunc(all, func(r proptest.Result) bool { return r.Err != nil }) {
				slices.Reverse(all)
			}
			return all
		}
		return c
	}, nil},
	"runs what counts again": {proptest.ClientOnce, func(addr string) proptest.Client {
		b := honest(addr)
		b.again = func([]string) bool { return true }
		return b.client()
	}, nil},
	"hands replies to who came last": {proptest.ClientReplies, func(addr string) proptest.Client {
		return (&shared{addr: addr, last: true}).client()
	}, []proptest.Law{proptest.ClientAnswers, proptest.ClientAcknowledged, proptest.ClientOnce, proptest.ClientOrder}},
	"takes what is behind a lost reply for not executed": {proptest.ClientOnce, func(addr string) proptest.Client {
		b := honest(addr)
		b.again = func(args []string) bool { return classify.Command(args...) == classify.ReadOnly }
		c := b.client()
		c.Replay = classify.ReadOnly
		pipeline := c.Pipeline
		c.Pipeline = func(ctx context.Context, cmds [][]string) []proptest.Result {
			all := pipeline(ctx, cmds)
			lost := slices.IndexFunc(all, func(r proptest.Result) bool { return r.Err != nil && !errors.As(r.Err, new(resp.Error)) })
			if behind := lost + 1; lost >= 0 && behind < len(cmds) && ctx.Err() == nil {
				copy(all[behind:], b.once(ctx, cmds[behind:]))
			}
			return all
		}
		return c
	}, []proptest.Law{proptest.ClientOrder}},
	"sends pipelines backwards": {proptest.ClientOrder, func(addr string) proptest.Client {
		c := honest(addr).client()
		pipeline := c.Pipeline
		c.Pipeline = func(ctx context.Context, cmds [][]string) []proptest.Result {
			slices.Reverse(cmds)
			all := pipeline(ctx, cmds)
			slices.Reverse(all)
			return all
		}
		return c
	}, nil},
	"swaps the last two of a pipeline where their keys differ": {proptest.ClientOrder, func(addr string) proptest.Client {
		c := honest(addr).client()
		pipeline := c.Pipeline
		c.Pipeline = func(ctx context.Context, cmds [][]string) []proptest.Result {
			n := len(cmds)
			if n < 2 || cmds[n-2][1] == cmds[n-1][1] || cmds[n-2][0] == "MSET" || cmds[n-1][0] == "MSET" {
				return pipeline(ctx, cmds)
			}
			slices.Reverse(cmds[n-2:])
			all := pipeline(ctx, cmds)
			slices.Reverse(all[n-2:])
			return all
		}
		return c
	}, nil},
	"sends transactions as pipelines": {proptest.ClientWhole, func(addr string) proptest.Client {
		c := honest(addr).client()
		c.Transaction = c.Pipeline
		return c
	}, []proptest.Law{proptest.ClientAcknowledged}},
	"runs lost transactions again": {proptest.ClientOnce, func(addr string) proptest.Client {
		b := honest(addr)
		b.again = func(args []string) bool { return classify.Command(args...) == classify.ReadOnly }
		c := b.client()
		c.Replay = classify.ReadOnly
		run := c.Transaction
		c.Transaction = func(ctx context.Context, cmds [][]string) []proptest.Result {
			all := run(ctx, cmds)
			if err := all[0].Err; err != nil && !errors.As(err, new(resp.Error)) && ctx.Err() == nil {
				return run(ctx, cmds)
			}
			return all
		}
		return c
	}, nil},
	"tries once too often": {proptest.ClientEnds, func(addr string) proptest.Client {
		b := honest(addr)
		c := b.client()
		b.attempts++
		return c
	}, nil},
	"never gives up": {proptest.ClientEnds, func(addr string) proptest.Client {
		b := honest(addr)
		b.attempts, b.timeout = 1<<30, 10*time.Second
		c := b.client()
		c.Attempts, c.Within = 0, 20*time.Millisecond
		return c
	}, []proptest.Law{proptest.ClientAnswers}},
}

// TestClientLiars: each liar is caught, and for what it does.
func TestClientLiars(t *testing.T) {
	for name, tt := range clientLiars {
		t.Run(name, func(t *testing.T) {
			printed := printedBy(t, "500", func(tb rapid.TB) { proptest.TestClient(tb, tt.open) }) // 100 nearly always do
			// Not the first line alone: where chance has a part, as in a reply that comes late, rapid speaks of that first.
			law := func(l proptest.Law) bool { return strings.Contains(printed, l.String()) }
			if !law(tt.breaks) && !slices.ContainsFunc(tt.also, law) {
				t.Fatalf("%q is not what is named:\n%s", tt.breaks, printed)
			}
			t.Log(printed)
			others := slices.DeleteFunc(proptest.ClientLaws(), func(l proptest.Law) bool {
				return l == tt.breaks || slices.Contains(tt.also, l)
			})
			if name == "never gives up" {
				return // it would be waited for, in each of its calls
			}
			if printed := printedBy(t, "20", func(tb rapid.TB) { proptest.TestClient(tb, tt.open, others...) }); printed != "" {
				t.Errorf("it is to break nothing else:\n%s", printed)
			}
		})
	}
}
