package cluster

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

// None as Config.ErrorRetries means that there is one cycle and no other.
const None = -1

// Config says how an [Orchestrator] works. The zero value of each field but Seeds is the good choice.
type Config struct {
	// Seeds are the addresses that are asked for the slot map, host:port, besides those that it names. They are asked
	// in an order that differs from process to process. In the constructors of the adapters none means
	// the driver's own addresses; for New at least one is needed.
	Seeds []string
	// Retry is the policy of one cycle: of attempts on one node. The zero value makes one attempt, as redis-py's
	// Retry(NoBackoff(), 0) does. Its MaxElapsed bounds the whole operation: no attempt begins later. Its Observe is told
	// of each attempt once: of one that ends a cycle with the decision whether there is another, in whose State Attempt
	// is the number of the cycle; of any other as by a policy alone. Its Inform counts the attempts of all cycles, and its
	// MinAttempt splits the time over all of them. With Live each operation, cycles included, has the
	// policy that was in use as it began.
	Retry policy.Retry
	// Adapt, if it is not nil, makes of a policy the one that operations run under, or says why nothing is to be retried
	// under it. It is for adapters, which wrap the classifier, and must leave alone what it does not know. It is called
	// anew when a Live has changed.
	Adapt func(policy.Retry) (policy.Retry, error)
	// ErrorRetries is how many further cycles follow, each after a refresh of the slot map: redis-py's
	// cluster_error_retry_attempts. 0 means 3, None no other cycle.
	ErrorRetries int
	// RefreshOn lists the kinds of error after which there is another cycle, with their special cases, see
	// classify.Kind.Is. nil means Connection, Timeout and ClusterDown, which cover LOADING and MASTERDOWN. A
	// READONLY means a failover too, and is worth adding. TRYAGAIN is waited for, without a refresh, whatever
	// is listed; and without one a full pool, which is a Connection.
	RefreshOn []classify.Kind
	// Backoff gives the delay before each further cycle; nil means full jitter over 0.5, 1, 2 … s, at least half of
	// each: with ErrorRetries 3 these are 1.75 to 3.5 s, which outlast the election of a cluster whose
	// cluster-node-timeout is 1 s. See the package comment for others.
	Backoff backoff.Strategy
	// Refresh is how the slot map is read anew.
	Refresh Refresh
	// Observe is told of each refresh, as it starts and as it ends, on a goroutine of its own; nil means nobody is. It
	// must not block. What happens to operations is told to Retry.Observe.
	Observe func(RefreshEvent)
}

// Refresh is how the slot map is read anew. The zero value is the good choice.
type Refresh struct {
	// Interval is the shortest time from the end of one refresh to the start of the next; 0 means 100 ms. Up to a
	// half of it is added, by chance, so that the processes of a fleet do not keep step.
	Interval time.Duration
	// Timeout is how long one attempt may take; 0 means 1 s.
	Timeout time.Duration
	// Retries is how often a refresh that failed is tried again, before it counts as failed; 0 means 2, None not at
	// all. Permanent errors, a wrong password for one, are not tried again.
	Retries int
	// SecondLook is when a refresh that a failure has caused is repeated, since the first one often comes before
	// the replica is promoted; 0 means 1 s, None never.
	SecondLook time.Duration
	// Probation is how long a node that failed is asked last, doubled with each further failure up to 32 times; 0
	// means 1 s.
	Probation time.Duration
}

// The defaults of Config, where zero stands for them.
const (
	defaultErrorRetries = 3
	defaultInterval     = 100 * time.Millisecond
	defaultTimeout      = time.Second
	defaultRetries      = 2
	defaultSecondLook   = time.Second
	defaultProbation    = time.Second
)

// defaultBackoff is that of Config.Backoff. redis-py does not wait between cycles, and has used up all of them after
// 33 ms of an election of 3 s.
var defaultBackoff = backoff.Equal(backoff.Exponential{Base: 250 * time.Millisecond, Cap: 10 * time.Second})

var defaultRefreshOn = []classify.Kind{classify.Connection, classify.Timeout, classify.ClusterDown}

// Validate reports all that is wrong with the configuration: errors that name the field, its value and what is
// allowed, joined.
func (c *Config) Validate() error {
	var errs []error
	if len(c.Seeds) == 0 {
		errs = append(errs, errors.New("cluster: Seeds is empty; allowed: one address or more"))
	}
	for i, addr := range c.Seeds {
		if _, ok := hostPort(addr); !ok {
			errs = append(errs, invalid(fmt.Sprintf("Seeds[%d]", i), fmt.Sprintf("%q", addr), "host:port"))
		}
	}
	if err := c.Retry.Validate(); err != nil {
		errs = append(errs, fmt.Errorf("cluster: Retry: %w", err))
	}
	if c.ErrorRetries < None {
		errs = append(errs, invalid("ErrorRetries", c.ErrorRetries, "None (-1), 0 (meaning 3) or more"))
	}
	outer := c.cycles(*c.Retry.Current())
	if err := (&policy.Retry{Backoff: outer.Backoff, On: outer.On, Classify: outer.Classify}).Validate(); err != nil {
		errs = append(errs, fmt.Errorf("cluster: RefreshOn or Backoff: %w", err))
	}
	for _, f := range []struct {
		name  string
		value time.Duration
		least time.Duration
	}{
		{"Refresh.Interval", c.Refresh.Interval, 0}, {"Refresh.Timeout", c.Refresh.Timeout, 0},
		{"Refresh.SecondLook", c.Refresh.SecondLook, None}, {"Refresh.Probation", c.Refresh.Probation, 0},
	} {
		if f.value < f.least {
			errs = append(errs, invalid(f.name, f.value, "0 (the default) or more"))
		}
	}
	if c.Refresh.Retries < None {
		errs = append(errs, invalid("Refresh.Retries", c.Refresh.Retries, "None (-1), 0 (meaning 2) or more"))
	}
	return errors.Join(errs...)
}

func invalid(field string, value any, allowed string) error {
	return fmt.Errorf("cluster: %s is %v; allowed: %s", field, value, allowed)
}

// cycles returns the policy over the cycles, of attempts under r: each of them is an attempt of its own. It is a copy of
// r, which knows the switch of a Live.
func (c *Config) cycles(r policy.Retry) policy.Retry {
	r.Backoff, r.Retries, r.On = c.Backoff, count(c.ErrorRetries, defaultErrorRetries), c.RefreshOn
	r.AttemptTimeout, r.MinAttempt, r.Inform = 0, 0, false // of single attempts
	if r.Backoff == nil {
		r.Backoff = defaultBackoff
	}
	if len(r.On) == 0 {
		r.On = defaultRefreshOn
	}
	r.On = slices.Concat(r.On, []classify.Kind{classify.TryAgain})
	return r
}

// reading returns the policy of one refresh, where operations run under r. It is a copy of r, too.
func (c *Config) reading(r policy.Retry) policy.Retry {
	r.Backoff, r.Retries, r.On = nil, count(c.Refresh.Retries, defaultRetries), nil
	r.Classify = unread(classifier(&r))
	r.Replay, r.MaxElapsed, r.AttemptTimeout, r.MinAttempt, r.Inform = 0, 0, or(c.Refresh.Timeout, defaultTimeout), 0, false
	r.Budget, r.Observe = nil, nil
	return r
}

// classifier returns that of a policy, or what nil stands for.
func classifier(r *policy.Retry) classify.Func {
	if r.Classify == nil {
		return classify.Default
	}
	return r.Classify
}

// count returns how often what a field numbers is done: 0 stands for the default, None for not at all.
func count(n, otherwise int) int {
	switch n {
	case 0:
		return otherwise
	case None:
		return 0
	}
	return n
}

func or(d, otherwise time.Duration) time.Duration {
	if d == 0 {
		return otherwise
	}
	return d
}
