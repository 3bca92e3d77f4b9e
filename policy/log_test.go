package policy_test

import (
	"bytes"
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/reprise-go/reprise/policy"
)

// logged returns what LogTo writes about an operation, without times.
func logged(t *testing.T, r policy.Retry, op *policy.Op, outcomes ...error) string {
	t.Helper()
	var out bytes.Buffer
	drop := func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}
	r.Observe = policy.LogTo(slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: drop})))
	inBubble(t, func(ctx context.Context) { _ = r.DoOp(ctx, op, fails(outcomes...).run) })
	return out.String()
}

func TestLogTo(t *testing.T) {
	const failed = `class=transient kind=cluster_down`
	for _, tt := range []struct {
		name     string
		outcomes []error
		want     string
	}{
		{"plain success", []error{nil}, ""},
		{"success after all", []error{errTransient, nil}, `level=DEBUG msg=retrying op=get node=a:1 attempt=1 reason=retrying ` + failed +
			` delay=1s elapsed=0s error="CLUSTERDOWN The cluster is down"
level=INFO msg="succeeded after retries" op=get node=a:1 attempt=2 reason=succeeded elapsed=1s
`},
		{"given up", []error{errTransient}, `level=DEBUG msg=retrying op=get node=a:1 attempt=1 reason=retrying ` + failed +
			` delay=1s elapsed=0s error="CLUSTERDOWN The cluster is down"
level=WARN msg="gave up" op=get node=a:1 attempt=2 reason=out_of_retries ` + failed + ` elapsed=1s error="CLUSTERDOWN The cluster is down"
`},
		{"nothing to retry", []error{errUnknown}, `level=DEBUG msg=failed op=get node=a:1 attempt=1 reason=not_retryable class=unknown kind="" elapsed=0s error="something else"
`},
	} {
		if got := logged(t, steady(1), &policy.Op{Name: "get", Node: "a:1"}, tt.outcomes...); got != tt.want {
			t.Errorf("%s: the log says\n%swant\n%s", tt.name, got, tt.want)
		}
	}
}

// TestLogToDefault: no logger is the default one of the moment.
func TestLogToDefault(t *testing.T) {
	var out bytes.Buffer
	before := slog.Default()
	defer slog.SetDefault(before)
	observe := policy.LogTo(nil)
	slog.SetDefault(slog.New(slog.NewTextHandler(&out, nil)))
	observe(t.Context(), policy.Event{State: policy.State{Attempt: 2}, Decision: policy.Decision{Reason: policy.OutOfBudget}})
	if !bytes.Contains(out.Bytes(), []byte("reason=out_of_budget")) {
		t.Errorf("the default log says %q", &out)
	}
}

func TestObservers(t *testing.T) {
	var heard []string
	one := func(name string) func(context.Context, policy.Event) {
		return func(context.Context, policy.Event) { heard = append(heard, name) }
	}
	policy.Observers(one("a"), nil, one("b"))(t.Context(), policy.Event{})
	policy.Observers()(t.Context(), policy.Event{})
	if len(heard) != 2 || heard[0] != "a" || heard[1] != "b" {
		t.Errorf("%v were told, want a and b", heard)
	}
}

func TestLogAllocatesOnce(t *testing.T) {
	if racing {
		t.Skip("the race detector allocates")
	}
	e := policy.Event{
		Op: "get", Node: "a:1", Policy: "12345678", Err: errTransient, State: policy.State{Attempt: 1, Elapsed: time.Second},
		Decision: policy.Decision{Verdict: transient, Reason: policy.Retrying, Delay: time.Second},
	}
	ctx := t.Context()
	for name, observe := range map[string]func(context.Context, policy.Event){
		"nobody listens": policy.LogTo(slog.New(slog.DiscardHandler)),
		"somebody does":  policy.LogTo(slog.New(quiet{})),
	} {
		if n := testing.AllocsPerRun(100, func() { observe(ctx, e) }); n > 1 {
			t.Errorf("%s: %v allocations for an event, want 1 at most", name, n)
		}
	}
}

// quiet is a handler that takes everything and writes nothing.
type quiet struct{}

func (quiet) Enabled(context.Context, slog.Level) bool  { return true }
func (quiet) Handle(context.Context, slog.Record) error { return nil }
func (q quiet) WithAttrs([]slog.Attr) slog.Handler      { return q }
func (q quiet) WithGroup(string) slog.Handler           { return q }
