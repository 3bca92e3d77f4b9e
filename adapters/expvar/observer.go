package expvar

import (
	"context"
	"errors"
	std "expvar"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/cluster"
	"github.com/reprise-go/reprise/internal/bounded"
	"github.com/reprise-go/reprise/internal/observed"
	"github.com/reprise-go/reprise/policy"
)

// Observer counts events. The zero value is ready for use. It must not be copied, and may be shared by any number of
// policies and goroutines; by more than one cluster only if the demoted nodes of all of them need no number of their own.
type Observer struct {
	attempts, retries, delays     atomic.Int64 // delays in ns
	giveUps                       bounded.Table[giveUp, *atomic.Int64]
	refreshes, failed, refreshing atomic.Int64 // refreshing in ns

	demoted atomic.Pointer[map[string]time.Time] // by the last refresh; nil if there was none

	mu      sync.Mutex
	budgets map[string]*policy.Budget
}

// giveUp is what failed operations are told apart by.
type giveUp struct {
	reason policy.Reason
	kind   string
}

// other is the kind of what nobody knows, as adapters/otel has it too.
const other = "_OTHER"

// limit is how many pairs of reason and kind are told apart: the known kinds under every reason are about as many.
const limit = 200

var kinds = classify.Kinds()

// Observe takes an event. It is for the Observe of a [policy.Retry], that of a cluster.Config too.
func (o *Observer) Observe(_ context.Context, e policy.Event) {
	if observed.Attempt(&e) {
		o.attempts.Add(1)
	}
	switch e.Decision.Reason {
	case policy.Succeeded:
	case policy.Retrying:
		o.retries.Add(1)
		o.delays.Add(int64(e.Decision.Delay))
	default:
		o.counter(giveUp{e.Decision.Reason, string(e.Decision.Kind)}).Add(1)
	}
}

// counter returns the counter of failed operations.
func (o *Observer) counter(k giveUp) *atomic.Int64 {
	if k.kind == "" {
		k.kind = other
	}
	if c, ok := o.giveUps.Find(k); ok {
		return c
	}
	most := limit
	if o.giveUps.Len() >= limit {
		if !slices.Contains(kinds, classify.Kind(k.kind)) {
			k.kind = other
		}
		if c, ok := o.giveUps.Find(k); ok {
			return c
		}
		most = math.MaxInt // there are only so many reasons, and known kinds
	}
	k.kind = strings.Clone(k.kind)
	c, ok := o.giveUps.Add(most, k, new(atomic.Int64))
	if !ok {
		return o.counter(k) // others have filled the table in the meantime
	}
	return c
}

// Refresh takes an event of a cluster. It is for the Observe of a [cluster.Config]. The number of demoted nodes is that
// of the last event, less those whose time is over. One that has answered before that is counted until then, or until the
// next refresh.
func (o *Observer) Refresh(e cluster.RefreshEvent) {
	o.demoted.Store(&e.Demoted)
	if !e.Ended {
		return
	}
	o.refreshes.Add(1)
	o.refreshing.Add(int64(e.Took))
	if e.Err != nil {
		o.failed.Add(1)
	}
}

// Budget has the level of a budget shown under a name: as many tokens as policy.Budget.Least says, at the node where the fewest are
// left. It refuses a nil budget, no name, and a name that another budget of this observer has. The budget may be in use already.
func (o *Observer) Budget(name string, b *policy.Budget) error {
	switch {
	case b == nil:
		return fmt.Errorf("expvar: the budget %q is nil; allowed: one that policies share", name)
	case name == "":
		return errors.New("expvar: the name of the budget is empty; allowed: one that tells it from others")
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if _, taken := o.budgets[name]; taken {
		return fmt.Errorf("expvar: there is a budget %q already; allowed: one of each name", name)
	}
	if o.budgets == nil {
		o.budgets = map[string]*policy.Budget{}
	}
	o.budgets[name] = b
	return nil
}

// publishing is held from the look at the published names on to the next one.
var publishing sync.Mutex

// Publish makes the observer a variable of the standard library's package expvar. A name that is taken is an error, where
// expvar.Publish panics. Nothing that is published can be taken back.
func (o *Observer) Publish(name string) error {
	publishing.Lock()
	defer publishing.Unlock()
	switch {
	case name == "":
		return errors.New("expvar: the name of the variable is empty; allowed: one that tells it from others")
	case std.Get(name) != nil:
		return fmt.Errorf("expvar: there is a variable %q already; allowed: a name that nobody has published", name)
	}
	std.Publish(name, o)
	return nil
}
