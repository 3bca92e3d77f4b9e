package otel_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	sdk "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/reprise-go/reprise/adapters/otel"
	"github.com/reprise-go/reprise/classify"
)

// secret is what a server might quote in an error.
const secret = "hunter2"

var (
	errLost    = fmt.Errorf("%s: %w", secret, io.EOF) // maybe executed
	errStrange = errors.New("strange: " + secret)     // nobody knows it
)

// odd is an error of a kind of the application's own.
type odd string

func (o odd) Error() string { return string(o) }

// oddly classifies what is odd.
func oddly(err error) classify.Verdict {
	if o, ok := err.(odd); ok { //nolint:errorlint // the tests do not wrap it
		return classify.Verdict{Class: classify.Transient, Kind: classify.Kind(o)}
	}
	return classify.Default(err)
}

// collected are the metrics of an observer, as lines.
type collected struct{ reader *sdk.ManualReader }

// observe returns an observer, and what collects its metrics.
func observe(t testing.TB, c otel.Config) (*otel.Observer, collected) {
	t.Helper()
	to := collected{sdk.NewManualReader()}
	c.MeterProvider = sdk.NewMeterProvider(sdk.WithReader(to.reader))
	o, err := otel.New(c)
	require.NoError(t, err)
	return o, to
}

// metrics returns what the instruments are and hold.
func (c collected) metrics() []metricdata.Metrics {
	var all metricdata.ResourceMetrics
	if err := c.reader.Collect(context.Background(), &all); err != nil {
		panic(err)
	}
	var found []metricdata.Metrics
	for _, scope := range all.ScopeMetrics {
		found = append(found, scope.Metrics...)
	}
	return found
}

// lines returns a line for each series, sorted: name{attributes} value, and of a histogram how many, and their sum.
func (c collected) lines() []string {
	var lines []string
	for _, m := range c.metrics() {
		add := func(set attribute.Set, value ...any) {
			lines = append(lines, fmt.Sprintf("%s{%s} %s", m.Name, set.Encoded(attribute.DefaultEncoder()), fmt.Sprint(value...)))
		}
		switch d := m.Data.(type) {
		case metricdata.Sum[int64]:
			for _, p := range d.DataPoints {
				add(p.Attributes, p.Value)
			}
		case metricdata.Gauge[int64]:
			for _, p := range d.DataPoints {
				add(p.Attributes, p.Value)
			}
		case metricdata.Histogram[float64]:
			for _, p := range d.DataPoints {
				add(p.Attributes, p.Count, " ", p.Sum)
			}
		default:
			panic(fmt.Sprintf("%T", d))
		}
	}
	slices.Sort(lines)
	return lines
}
