package otel

import (
	"context"
	"sync"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/reprise-go/reprise/policy"
)

// The name of the span event, and what it has besides the attributes of metrics.
const (
	eventName  = "reprise.decision"
	attemptKey = attribute.Key("reprise.attempt")
	delayKey   = attribute.Key("reprise.delay")
	nodeKey    = attribute.Key("reprise.node")
)

// maxNotes is the greatest number of attributes of a span event.
const maxNotes = 6

// notes are the attributes of a span event under way, and the options that hand over the first n of them. A span copies
// what it is handed (trace.NewEventConfig does), so that they can be used again: otherwise they would cost three
// allocations per event.
type notes struct {
	attrs [maxNotes]attribute.KeyValue
	upTo  [maxNotes + 1][]trace.EventOption
}

var pool = sync.Pool{New: func() any {
	n := new(notes)
	for i := range n.upTo {
		n.upTo[i] = []trace.EventOption{trace.WithAttributes(n.attrs[:i]...)}
	}
	return n
}}

// annotate puts an event on the span of the caller, if it is recorded.
func annotate(ctx context.Context, e *policy.Event, l *labels) {
	span := trace.SpanFromContext(ctx)
	if !span.IsRecording() {
		return
	}
	n := pool.Get().(*notes)
	all := append(n.attrs[:0], attemptKey.Int(e.State.Attempt), reasonKey.String(l.reason))
	if e.Decision.Reason == policy.Retrying {
		all = append(all, delayKey.Float64(e.Decision.Delay.Seconds()))
	}
	if l.kind != "" {
		all = append(all, errorType.String(l.kind))
	}
	if l.op != "" {
		all = append(all, operationName.String(l.op))
	}
	if e.Node != "" {
		all = append(all, nodeKey.String(e.Node))
	}
	span.AddEvent(eventName, n.upTo[len(all)]...)
	clear(all) // the pool holds on to no text
	pool.Put(n)
}
