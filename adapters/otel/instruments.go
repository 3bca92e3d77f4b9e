package otel

import (
	"errors"

	"go.opentelemetry.io/otel/metric"
)

// Bounds of buckets, in seconds.
var (
	// Delays of backoff.Default are up to 8 ms · 2ⁿ and 512 ms, those between the cycles of a cluster up to 10 s.
	delays = []float64{0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512, 1, 2, 5, 10}
	// Those that the semantic conventions advise for operations of databases.
	durations = []float64{0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10}
)

// instruments are what an observer writes to.
type instruments struct {
	attempts, retries, giveUps metric.Int64Counter
	delay                      metric.Float64Histogram

	tokens, capacity metric.Int64ObservableGauge

	refreshes    metric.Int64Counter
	refreshing   metric.Float64Histogram
	demotedNodes metric.Int64ObservableUpDownCounter
}

// make makes them.
func (i *instruments) make(m metric.Meter) error {
	var errs [9]error
	i.attempts, errs[0] = m.Int64Counter("reprise.attempts", metric.WithUnit("{attempt}"),
		metric.WithDescription("Attempts that have ended."))
	i.retries, errs[1] = m.Int64Counter("reprise.retries", metric.WithUnit("{retry}"),
		metric.WithDescription("Retries that were decided on."))
	i.giveUps, errs[2] = m.Int64Counter("reprise.give_ups", metric.WithUnit("{operation}"),
		metric.WithDescription("Operations that ended with an error."))
	i.delay, errs[3] = m.Float64Histogram("reprise.retry.delay", metric.WithUnit("s"),
		metric.WithDescription("Delays before retries."), metric.WithExplicitBucketBoundaries(delays...))
	i.tokens, errs[4] = m.Int64ObservableGauge("reprise.budget.tokens", metric.WithUnit("{token}"),
		metric.WithDescription("Tokens that a budget of retries has left, at the node where it has the fewest."))
	i.capacity, errs[5] = m.Int64ObservableGauge("reprise.budget.capacity", metric.WithUnit("{token}"),
		metric.WithDescription("Tokens of a budget that is full."))
	i.refreshes, errs[6] = m.Int64Counter("reprise.cluster.refreshes", metric.WithUnit("{refresh}"),
		metric.WithDescription("Refreshes of the slot map that have ended."))
	i.refreshing, errs[7] = m.Float64Histogram("reprise.cluster.refresh.duration", metric.WithUnit("s"),
		metric.WithDescription("Duration of refreshes of the slot map, their retries included."),
		metric.WithExplicitBucketBoundaries(durations...))
	i.demotedNodes, errs[8] = m.Int64ObservableUpDownCounter("reprise.cluster.demoted_nodes", metric.WithUnit("{node}"),
		metric.WithDescription("Nodes that failed a short time ago, and have not answered since."))
	return errors.Join(errs[:]...)
}
