package otel_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/adapters/otel"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

// event returns a failure that is final.
func event(op string, kind classify.Kind, reason policy.Reason) policy.Event {
	return policy.Event{
		Op: op, State: policy.State{Attempt: 1}, Err: errStrange,
		Decision: policy.Decision{Verdict: classify.Verdict{Class: classify.Transient, Kind: kind}, Reason: reason},
	}
}

// TestBeyondTheLimit: what was told apart stays so, and of the rest the kinds and reasons that there are.
func TestBeyondTheLimit(t *testing.T) {
	o, to := observe(t, otel.Config{Limit: 2})
	for range 2 {
		for _, e := range []policy.Event{
			event("get", classify.Timeout, policy.OutOfTime),
			event("get", "flood", policy.OutOfTime),
			event("set", classify.Timeout, policy.OutOfTime),
			event("del", classify.Timeout, policy.OutOfTime),
			event("del", "fire", policy.OutOfTime),
			event("", "storm", policy.OutOfTime),
			event("set", "", policy.OutOfTime),
		} {
			o.Observe(t.Context(), e)
		}
		o.Observe(t.Context(), policy.Event{Op: "set", State: policy.State{Attempt: 1}})
	}
	var got []string
	for _, line := range to.lines() {
		if strings.HasPrefix(line, "reprise.attempts") {
			got = append(got, line)
		}
	}
	require.Equal(t, []string{
		"reprise.attempts{db.operation.name=_OTHER,error.type=_OTHER} 4",
		"reprise.attempts{db.operation.name=_OTHER,error.type=timeout} 4",
		"reprise.attempts{db.operation.name=_OTHER} 2",
		"reprise.attempts{db.operation.name=get,error.type=flood} 2",
		"reprise.attempts{db.operation.name=get,error.type=timeout} 2",
		"reprise.attempts{error.type=_OTHER} 2",
	}, got)
}

// TestBounded: an application that makes up operations, kinds and reasons has fewer series than the SDK allows, so that the SDK
// does not lump together what was told apart.
func TestBounded(t *testing.T) {
	o, to := observe(t, otel.Config{})
	kinds := append(classify.Kinds(), "")
	for i := range 20_000 {
		kind := kinds[i%len(kinds)]
		if i%3 == 0 {
			kind = classify.Kind(fmt.Sprint("kind ", i))
		}
		o.Observe(t.Context(), event(fmt.Sprint("op ", i%5000), kind, policy.Reason(i%12)))
	}
	lines := to.lines()
	require.NotContains(t, strings.Join(lines, "\n"), "otel.metric.overflow")
	require.Less(t, len(lines), 3*2000)
}

// TestAllocs: an event costs at most one allocation, with the SDK and a span that is recorded.
func TestAllocs(t *testing.T) {
	if racing {
		t.Skip("the race detector allocates by itself")
	}
	succeeded := policy.Event{Op: "get", State: policy.State{Attempt: 1}}
	later := policy.Event{Op: "get", Node: "a:1", State: policy.State{Attempt: 2}}
	retrying := event("get", classify.Timeout, policy.Retrying)
	unknown := event("", "", policy.NotRetryable)
	for _, tt := range []struct {
		name  string
		event policy.Event
		span  bool
		limit int
		want  int
	}{
		{"success", succeeded, false, 0, 0},
		{"success, with a span", succeeded, true, 0, 0},
		{"success after retries", later, false, 0, 0},
		{"success after retries, with a span", later, true, 0, 1},
		{"retrying", retrying, false, 0, 0},
		{"retrying, with a span", retrying, true, 0, 1},
		{"unknown", unknown, false, 0, 0},
		{"unknown, with a span", unknown, true, 0, 1},
		{"beyond the limit", retrying, false, 1, 0},
		{"beyond the limit, with a span", retrying, true, 1, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o, _ := observe(t, otel.Config{Limit: tt.limit})
			o.Observe(t.Context(), event("set", classify.Pool, policy.OutOfTime)) // fills the table, if it is of one
			ctx := context.Background()
			if tt.span {
				var end func()
				ctx, _, end = traced(t)
				defer end()
			}
			require.Equal(t, tt.want, int(testing.AllocsPerRun(1000, func() { o.Observe(ctx, tt.event) })))
		})
	}
}

// BenchmarkObserve is what an event costs, with the SDK and without a span.
func BenchmarkObserve(b *testing.B) {
	for _, bb := range []struct {
		name  string
		event policy.Event
	}{
		{"Success", policy.Event{Op: "get", State: policy.State{Attempt: 1}}},
		{"Retrying", event("get", classify.Timeout, policy.Retrying)},
	} {
		b.Run(bb.name, func(b *testing.B) {
			o, _ := observe(b, otel.Config{})
			ctx := context.Background()
			b.ReportAllocs()
			for b.Loop() {
				o.Observe(ctx, bb.event)
			}
		})
	}
}
