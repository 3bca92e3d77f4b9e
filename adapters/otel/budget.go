package otel

import (
	"context"
	"errors"
	"fmt"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/reprise-go/reprise/internal/observed"
	"github.com/reprise-go/reprise/policy"
)

// budget is a budget that is reported.
type budget struct {
	*policy.Budget
	capacity int
	name     metric.MeasurementOption
}

// Budget has the level of a budget reported under a name, with each collection: as many tokens as policy.Budget.Least
// says, at the node where the fewest are left, and its capacity. It refuses a nil budget, no name, and a name that another
// budget of this observer has. The budget may be in use already.
func (o *Observer) Budget(name string, b *policy.Budget) error {
	switch {
	case b == nil:
		return fmt.Errorf("otel: the budget %q is nil; allowed: one that policies share", name)
	case name == "":
		return errors.New("otel: the name of the budget is empty; allowed: one that tells it from others")
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if _, taken := o.budgets[name]; taken {
		return fmt.Errorf("otel: there is a budget %q already; allowed: one of each name", name)
	}
	o.budgets[name] = budget{b, observed.Capacity(b), o.series.with([]attribute.KeyValue{budgetName.String(name)})}
	return nil
}

// collect reports what is asked for rather than told.
func (o *Observer) collect(_ context.Context, to metric.Observer) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, b := range o.budgets {
		to.ObserveInt64(o.tokens, int64(b.Least()), b.name)
		to.ObserveInt64(o.capacity, int64(b.capacity), b.name)
	}
	if last := o.demoted.Load(); last != nil {
		to.ObserveInt64(o.demotedNodes, int64(observed.Demoted(*last)), o.series.with())
	}
	return nil
}
