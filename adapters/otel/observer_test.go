package otel_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	api "go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/noop"
	sdk "go.opentelemetry.io/otel/sdk/metric"

	"github.com/reprise-go/reprise/adapters/otel"
	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/cluster"
	"github.com/reprise-go/reprise/policy"
)

// broken is a provider that cannot make instruments.
type broken struct{ noop.MeterProvider }

func (broken) Meter(string, ...metric.MeterOption) metric.Meter { return brokenMeter{} }

type brokenMeter struct{ noop.Meter }

var errBroken = errors.New("no more instruments")

func (brokenMeter) Int64Counter(string, ...metric.Int64CounterOption) (metric.Int64Counter, error) {
	return noop.Int64Counter{}, errBroken
}

func TestNewRefuses(t *testing.T) {
	_, err := otel.New(otel.Config{Limit: -1})
	require.EqualError(t, err, "otel: Limit is -1; allowed: 0 (meaning 1000) or more")
	_, err = otel.New(otel.Config{MeterProvider: broken{}})
	require.ErrorIs(t, err, errBroken)
}

// TestGlobalProvider: without a provider it is the one that the application has set.
func TestGlobalProvider(t *testing.T) {
	before := api.GetMeterProvider()
	defer api.SetMeterProvider(before)
	to := collected{sdk.NewManualReader()}
	api.SetMeterProvider(sdk.NewMeterProvider(sdk.WithReader(to.reader)))
	o, err := otel.New(otel.Config{})
	require.NoError(t, err)
	o.Observe(t.Context(), policy.Event{})
	require.Equal(t, []string{"reprise.attempts{} 1"}, to.lines())
}

func TestBudget(t *testing.T) {
	o, to := observe(t, otel.Config{Attributes: []attribute.KeyValue{attribute.String("client", "x")}})
	var orders policy.Budget
	require.NoError(t, o.Budget("orders", &orders))
	require.NoError(t, o.Budget("stock", &policy.Budget{Capacity: 20}))
	require.EqualError(t, o.Budget("orders", &policy.Budget{}), `otel: there is a budget "orders" already; allowed: one of each name`)
	require.EqualError(t, o.Budget("users", nil), `otel: the budget "users" is nil; allowed: one that policies share`)
	require.EqualError(t, o.Budget("", &orders), `otel: the name of the budget is empty; allowed: one that tells it from others`)

	synctest.Test(t, func(t *testing.T) {
		retry := policy.Retry{Budget: &orders, Retries: 1, Backoff: backoff.NoBackoff{}}
		require.Error(t, retry.DoOp(t.Context(), &policy.Op{Node: "a:1"}, failing([]error{errLost})))
		require.Equal(t, []string{
			"reprise.budget.capacity{client=x,reprise.budget.name=orders} 500",
			"reprise.budget.capacity{client=x,reprise.budget.name=stock} 20",
			"reprise.budget.tokens{client=x,reprise.budget.name=orders} 495",
			"reprise.budget.tokens{client=x,reprise.budget.name=stock} 20",
		}, to.lines())
	})
}

// TestClose: what an observer is asked for ends, what it is told goes on.
func TestClose(t *testing.T) {
	o, to := observe(t, otel.Config{})
	require.NoError(t, o.Budget("orders", &policy.Budget{}))
	o.Refresh(cluster.RefreshEvent{})
	require.Len(t, to.lines(), 3)
	require.NoError(t, o.Close())
	o.Observe(t.Context(), policy.Event{})
	require.Equal(t, "reprise.attempts{} 1", strings.Join(to.lines(), "\n"))
}

// TestAttributesAreCopied: the caller's slice stays his own.
func TestAttributesAreCopied(t *testing.T) {
	attrs := []attribute.KeyValue{attribute.String("client", "x")}
	o, to := observe(t, otel.Config{Attributes: attrs})
	attrs[0] = attribute.String("client", "y")
	o.Observe(t.Context(), policy.Event{})
	require.Equal(t, []string{"reprise.attempts{client=x} 1"}, to.lines())
}
