package cluster

import (
	"fmt"
	"math"
	"time"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/policy"
)

// Plan is what one operation can cost at most if every attempt fails, with the attempts themselves taking no time.
type Plan struct {
	// Cycles is how many there are at most, or policy.Unlimited.
	Cycles int
	// Attempts is how many are made in all of them together, or policy.Unlimited. Each may be sent on by MOVED and ASK
	// up to five times, which refuse it.
	Attempts int
	// Wait bounds the sum of the delays between the attempts and between the cycles.
	Wait policy.Bounds
	// Refreshing bounds the time in which the operation waits for refreshes, one between each two cycles.
	Refreshing time.Duration
}

// Plan returns the bounds of a configuration that [Config.Validate] accepts; with a Live by the policy in use.
func (c *Config) Plan() Plan {
	inner := *c.Retry.Current()
	outer := c.cycles(inner)
	between, within := outer.Plan(), inner.Plan()
	p := Plan{Cycles: between.Attempts, Attempts: policy.Unlimited, Wait: between.Wait}
	if p.Cycles == policy.Unlimited || within.Attempts == policy.Unlimited {
		p.Wait.Max, p.Refreshing = limit(inner.MaxElapsed), limit(inner.MaxElapsed)
		return p
	}
	p.Attempts = p.Cycles * within.Attempts
	for range p.Cycles {
		p.Wait.Min, p.Wait.Max = plus(p.Wait.Min, within.Wait.Min), plus(p.Wait.Max, within.Wait.Max)
	}
	p.Wait.Max = min(p.Wait.Max, limit(inner.MaxElapsed))
	p.Wait.Min = min(p.Wait.Min, p.Wait.Max)
	reading := c.reading(inner)
	one := plus(reading.Plan().Wait.Max, time.Duration(reading.Retries+1)*reading.AttemptTimeout)
	interval := or(c.Refresh.Interval, defaultInterval)
	// The one in flight may have to end first, then the interval with its jitter.
	for range p.Cycles - 1 {
		p.Refreshing = plus(p.Refreshing, plus(one, interval+interval/2))
	}
	return p
}

// limit returns MaxElapsed, or no limit.
func limit(d time.Duration) time.Duration {
	if d == 0 {
		return backoff.Uncapped
	}
	return d
}

func plus(a, b time.Duration) time.Duration {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// String returns the plan as a line to read.
func (p Plan) String() string {
	if p.Attempts == policy.Unlimited {
		return fmt.Sprintf("any number of attempts, %v of waiting", p.Wait)
	}
	return fmt.Sprintf("%d attempts in %d cycles at most, %v of waiting, up to %v for refreshes", p.Attempts, p.Cycles, p.Wait, p.Refreshing)
}
