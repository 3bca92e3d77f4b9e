package otel

import (
	"context"

	"go.opentelemetry.io/otel/attribute"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/cluster"
)

// Refresh takes an event of a cluster. It is for the Observe of a [cluster.Config]. From the first one on the number of
// demoted nodes is reported too: those of the last event whose time is not over. One that has answered before that is
// counted until then, or until the next refresh.
func (o *Observer) Refresh(e cluster.RefreshEvent) {
	o.demoted.Store(&e.Demoted)
	if !e.Ended {
		return
	}
	var attrs []attribute.KeyValue
	if e.Err != nil {
		kind := string(classify.Default(e.Err).Kind)
		if kind == "" {
			kind = other
		}
		attrs = append(attrs, errorType.String(kind))
	}
	ctx, with := context.Background(), o.series.with(attrs)
	o.refreshes.Add(ctx, 1, with)
	o.refreshing.Record(ctx, e.Took.Seconds(), with)
}
