package main

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	exporter "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/sdk/metric"

	"github.com/reprise-go/reprise/adapters/otel"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/cluster"
	"github.com/reprise-go/reprise/policy"
)

// shop is a program that retries.
type shop struct {
	registry *prometheus.Registry
	observer *otel.Observer
	prices   policy.Retry
	sessions *cluster.Orchestrator
}

func newShop() (*shop, error) {
	s := &shop{registry: prometheus.NewRegistry()}
	reader, err := exporter.New(exporter.WithRegisterer(s.registry), exporter.WithoutScopeInfo())
	if err != nil {
		return nil, err
	}
	s.observer, err = otel.New(otel.Config{MeterProvider: metric.NewMeterProvider(metric.WithReader(reader))})
	if err != nil {
		return nil, err
	}

	var budget policy.Budget
	s.prices = policy.Retry{Retries: 3, MaxElapsed: 2 * time.Second, Budget: &budget, Observe: s.observer.Observe}
	if err := s.observer.Budget("prices", &budget); err != nil {
		return nil, err
	}
	s.sessions, err = cluster.New(&nodes{}, cluster.Config{
		Seeds:   []string{"a:7000", "b:7001"},
		Retry:   policy.Retry{Retries: 1, Observe: s.observer.Observe},
		Observe: s.observer.Refresh,
	})
	return s, err
}

// handler serves the metrics.
func (s *shop) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/metrics", promhttp.HandlerFor(s.registry, promhttp.HandlerOpts{}))
	return mux
}

func (s *shop) close() {
	s.sessions.Close()
	_ = s.observer.Close()
}

// sell makes one operation of each kind. What becomes of them is for the metrics.
func (s *shop) sell(ctx context.Context) {
	_ = s.prices.DoOp(ctx, &policy.Op{Name: "price"}, price)
	_ = s.prices.DoOp(ctx, &policy.Op{Name: "sale", Replay: classify.Accumulating}, price)
	_ = s.sessions.DoOp(ctx, &policy.Op{Name: "get", Replay: classify.ReadOnly}, session)
}

var errSoldOut = errors.New("sold out") // no retry helps

// price fails one time in five.
func price(context.Context) error {
	switch rand.IntN(20) {
	case 0, 1, 2:
		return io.EOF // the connection is lost: it may have been executed
	case 3:
		return errSoldOut
	}
	return nil
}

// session goes to a node that fails one time in five.
func session(context.Context) (node string, err error) {
	if rand.IntN(5) == 0 {
		return "a:7000", io.EOF
	}
	return "b:7001", nil
}

// nodes is a driver of a cluster, which cannot read the slot map one time in ten.
type nodes struct{}

func (*nodes) Refresh(context.Context, []string) ([]string, error) {
	if rand.IntN(10) == 0 {
		return nil, io.EOF
	}
	return []string{"a:7000", "b:7001"}, nil
}
