package otel_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdk "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/reprise-go/reprise/adapters/otel"
	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/cluster"
	"github.com/reprise-go/reprise/policy"
)

// example returns an observer, and a function that prints its metrics.
func example(c otel.Config) (*otel.Observer, func()) {
	to := collected{sdk.NewManualReader()}
	c.MeterProvider = sdk.NewMeterProvider(sdk.WithReader(to.reader))
	o, err := otel.New(c)
	if err != nil {
		panic(err)
	}
	return o, func() {
		for _, line := range to.lines() {
			fmt.Println(line)
		}
	}
}

// flaky fails as often as it is told.
func flaky(failures int) func(context.Context) error {
	return failing(append(slices.Repeat([]error{io.EOF}, failures), nil))
}

func ExampleNew() {
	reader := sdk.NewManualReader() // or an exporter: of Prometheus, of OTLP
	observer, err := otel.New(otel.Config{MeterProvider: sdk.NewMeterProvider(sdk.WithReader(reader))})
	if err != nil {
		panic(err)
	}
	retry := policy.Retry{Retries: 3, Backoff: backoff.Constant(time.Millisecond), Observe: observer.Observe}
	fmt.Println(retry.Do(context.Background(), flaky(2)))

	for _, line := range (collected{reader}).lines() {
		fmt.Println(line)
	}
	// Output:
	// <nil>
	// reprise.attempts{error.type=connection} 2
	// reprise.attempts{} 1
	// reprise.retries{error.type=connection} 2
	// reprise.retry.delay{error.type=connection} 2 0.002
}

// Two clients in one program are told apart by an attribute.
func ExampleConfig() {
	observer, print := example(otel.Config{Attributes: []attribute.KeyValue{attribute.String("client", "sessions")}})
	retry := policy.Retry{Observe: observer.Observe}
	_ = retry.DoOp(context.Background(), &policy.Op{Name: "get"}, flaky(0))
	print()
	// Output: reprise.attempts{client=sessions,db.operation.name=get} 1
}

// On a span each decision is an event, without keys, values or texts of errors.
func ExampleObserver_Observe() {
	observer, _ := example(otel.Config{})
	spans := tracetest.NewInMemoryExporter()
	ctx, span := sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans)).Tracer("shop").Start(context.Background(), "checkout")

	retry := policy.Retry{Retries: 1, Backoff: backoff.Constant(time.Millisecond), Observe: observer.Observe}
	_ = retry.DoOp(ctx, &policy.Op{Name: "get"}, flaky(2))
	span.End()

	for _, line := range events(spans) {
		fmt.Println(line)
	}
	// Output:
	// reprise.decision reprise.attempt=1 reprise.reason=retrying reprise.delay=0.001 error.type=connection db.operation.name=get
	// reprise.decision reprise.attempt=2 reprise.reason=out_of_retries error.type=connection db.operation.name=get
}

func ExampleObserver_Budget() {
	observer, print := example(otel.Config{})
	budget := policy.Budget{Capacity: 100}
	fmt.Println(observer.Budget("orders", &budget))
	fmt.Println(observer.Budget("orders", &budget))
	print()
	// Output:
	// <nil>
	// otel: there is a budget "orders" already; allowed: one of each name
	// reprise.budget.capacity{reprise.budget.name=orders} 100
	// reprise.budget.tokens{reprise.budget.name=orders} 100
}

func ExampleObserver_Refresh() {
	observer, print := example(otel.Config{})
	config := cluster.Config{Seeds: []string{"a:7000"}, Observe: observer.Refresh}
	config.Retry.Observe = observer.Observe // attempts are told to the policy's

	// What a cluster tells:
	config.Observe(cluster.RefreshEvent{Generation: 1, Cause: io.EOF, Demoted: map[string]time.Time{"a:7000": time.Now().Add(time.Minute)}})
	config.Observe(cluster.RefreshEvent{
		Generation: 1, Cause: io.EOF, Demoted: map[string]time.Time{"a:7000": time.Now().Add(time.Minute)},
		Ended: true, Err: errors.New("CLUSTERDOWN The cluster is down"), Took: 3 * time.Millisecond,
	})
	print()
	// Output:
	// reprise.cluster.demoted_nodes{} 1
	// reprise.cluster.refresh.duration{error.type=cluster_down} 1 0.003
	// reprise.cluster.refreshes{error.type=cluster_down} 1
}

// A client that is closed has no budget to report.
func ExampleObserver_Close() {
	observer, print := example(otel.Config{})
	_ = observer.Budget("orders", &policy.Budget{})
	fmt.Println(observer.Close())
	print()
	// Output: <nil>
}
