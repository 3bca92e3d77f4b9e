package otel_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/reprise-go/reprise/adapters/otel"
	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/policy"
)

// traced returns a context with a span that is recorded, where it goes, and what ends it.
func traced(t testing.TB) (context.Context, *tracetest.InMemoryExporter, func()) {
	t.Helper()
	to := tracetest.NewInMemoryExporter()
	ctx, span := sdktrace.NewTracerProvider(sdktrace.WithSyncer(to)).Tracer("test").Start(t.Context(), "checkout")
	return ctx, to, func() { span.End() }
}

// events returns the events on the spans, as lines.
func events(to *tracetest.InMemoryExporter) []string {
	var lines []string
	for _, span := range to.GetSpans() {
		for _, e := range span.Events {
			var attrs []string
			for _, a := range e.Attributes {
				attrs = append(attrs, fmt.Sprintf("%s=%v", a.Key, a.Value.AsInterface()))
			}
			lines = append(lines, e.Name+" "+strings.Join(attrs, " "))
		}
	}
	return lines
}

func TestSpanEvents(t *testing.T) {
	for _, tt := range []struct {
		name  string
		retry policy.Retry
		op    policy.Op
		errs  []error
		want  []string
	}{
		{"success", policy.Retry{Retries: 2}, policy.Op{Name: "get"}, []error{nil}, nil},
		{"success after a retry", policy.Retry{Retries: 2}, policy.Op{Name: "get", Node: "a:1"}, []error{errLost, nil}, []string{
			"reprise.decision reprise.attempt=1 reprise.reason=retrying reprise.delay=0.25 error.type=connection db.operation.name=get reprise.node=a:1",
			"reprise.decision reprise.attempt=2 reprise.reason=succeeded db.operation.name=get reprise.node=a:1",
		}},
		{"out of retries", policy.Retry{Retries: 1}, policy.Op{}, []error{errLost}, []string{
			"reprise.decision reprise.attempt=1 reprise.reason=retrying reprise.delay=0.25 error.type=connection",
			"reprise.decision reprise.attempt=2 reprise.reason=out_of_retries error.type=connection",
		}},
		{"of no known kind", policy.Retry{Retries: 1}, policy.Op{Name: "get"}, []error{errStrange}, []string{
			"reprise.decision reprise.attempt=1 reprise.reason=not_retryable error.type=_OTHER db.operation.name=get",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o, _ := observe(t, otel.Config{})
				ctx, to, end := traced(t)
				tt.retry.Backoff, tt.retry.Observe = backoff.Constant(250*time.Millisecond), o.Observe
				_ = tt.retry.DoOp(ctx, &tt.op, failing(tt.errs))
				end()
				require.Equal(t, tt.want, events(to))
				require.NotContains(t, fmt.Sprint(to.GetSpans()), secret)
			})
		})
	}
}

// TestSpansShareNothing: what one event was made of is not seen in another, however many there are at a time.
func TestSpansShareNothing(t *testing.T) {
	o, _ := observe(t, otel.Config{})
	t.Run("group", func(t *testing.T) {
		for g := range 4 {
			t.Run("", func(t *testing.T) {
				t.Parallel()
				ctx, to, end := traced(t)
				for i := range 50 {
					o.Observe(ctx, policy.Event{Op: fmt.Sprint("op", g), State: policy.State{Attempt: 2 + i}})
				}
				end()
				for i, line := range events(to) {
					require.Equal(t, fmt.Sprintf("reprise.decision reprise.attempt=%d reprise.reason=succeeded db.operation.name=op%d", 2+i, g), line)
				}
			})
		}
	})
}

// TestNotRecorded: a span that is not sampled has no events, and does no harm.
func TestNotRecorded(t *testing.T) {
	o, to := observe(t, otel.Config{})
	spans := tracetest.NewInMemoryExporter()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans), sdktrace.WithSampler(sdktrace.NeverSample()))
	ctx, span := provider.Tracer("test").Start(t.Context(), "checkout")
	o.Observe(ctx, event("get", "", policy.OutOfTime))
	span.End()
	require.Empty(t, spans.GetSpans())
	require.Len(t, to.lines(), 2)
}
