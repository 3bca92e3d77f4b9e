package otel

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	api "go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/reprise-go/reprise/internal/observed"
	"github.com/reprise-go/reprise/policy"
)

// scope names the source of the metrics.
const scope = "github.com/reprise-go/reprise/adapters/otel"

// defaultLimit leaves room, under the SDK's 2000 series of an instrument, for those that hold what is beyond it.
const defaultLimit = 1000

// Config says what an [Observer] reports, and where. Its zero value is the good choice.
type Config struct {
	// MeterProvider is where the metrics go; nil means the global one, otel.GetMeterProvider.
	MeterProvider metric.MeterProvider
	// Attributes are on each measurement: what tells the clients of one program from another, for example. Span
	// events do not have them.
	Attributes []attribute.KeyValue
	// Limit is how many combinations of operation, kind of error and reason are told apart, see the package comment; 0
	// means 1000.
	Limit int
}

// Observer reports events as metrics, and on spans. New makes it. It may be shared by any number of policies and
// goroutines; by more than one cluster only if the demoted nodes of all of them need no number of their own.
type Observer struct {
	instruments
	series series
	ends   metric.Registration

	demoted atomic.Pointer[map[string]time.Time] // by the last refresh; nil if there was none

	mu      sync.Mutex
	budgets map[string]budget
}

// New returns an observer, or what is wrong with c or with the instruments.
func New(c Config) (*Observer, error) {
	if c.Limit < 0 {
		return nil, fmt.Errorf("otel: Limit is %d; allowed: 0 (meaning %d) or more", c.Limit, defaultLimit)
	}
	if c.Limit == 0 {
		c.Limit = defaultLimit
	}
	if c.MeterProvider == nil {
		c.MeterProvider = api.GetMeterProvider()
	}
	o := &Observer{
		series:  series{limit: c.Limit, common: append([]attribute.KeyValue(nil), c.Attributes...)},
		budgets: map[string]budget{},
	}
	meter := c.MeterProvider.Meter(scope)
	err := o.instruments.make(meter)
	if err == nil {
		o.ends, err = meter.RegisterCallback(o.collect, o.tokens, o.capacity, o.demotedNodes)
	}
	if err != nil {
		return nil, fmt.Errorf("otel: %w", err)
	}
	return o, nil
}

// Close has the observer report no budget and no demoted nodes any more. Events are counted as before. It returns what
// the MeterProvider has against it.
func (o *Observer) Close() error { return o.ends.Unregister() }

// Observe takes an event. It is for the Observe of a [policy.Retry]. Events of a cluster.Config.Retry are each of one attempt
// too, whichever cycle it was in, so that the same observer does for them.
func (o *Observer) Observe(ctx context.Context, e policy.Event) {
	l := o.series.of(&e)
	if observed.Attempt(&e) {
		o.attempts.Add(ctx, 1, l.attempt...)
	}
	switch e.Decision.Reason {
	case policy.Succeeded:
		if e.State.Attempt <= 1 {
			return
		}
	case policy.Retrying:
		o.retries.Add(ctx, 1, l.attempt...)
		o.delay.Record(ctx, e.Decision.Delay.Seconds(), l.delay...)
	default:
		o.giveUps.Add(ctx, 1, l.giveUp...)
	}
	annotate(ctx, &e, l)
}
