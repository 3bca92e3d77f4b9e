package cenkalti

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	v4 "github.com/cenkalti/backoff/v4"

	"github.com/reprise-go/reprise/backoff"
)

// exponential returns the delays of b as a value.
func exponential(b *v4.ExponentialBackOff) (backoff.Strategy, error) {
	if err := validate(b); err != nil {
		return nil, err
	}
	all, err := intervals(b)
	if err != nil {
		return nil, err
	}
	curve := backoff.NewSequence(all...)
	if b.RandomizationFactor == 0 {
		return curve, nil
	}
	return randomized{curve, b.RandomizationFactor}, nil
}

func validate(b *v4.ExponentialBackOff) error {
	const name = "ExponentialBackOff."
	errs := []error{
		notNegative(name+"InitialInterval", b.InitialInterval),
		notNegative(name+"MaxInterval", b.MaxInterval),
		notNegative(name+"MaxElapsedTime", b.MaxElapsedTime),
	}
	if !(b.RandomizationFactor >= 0 && b.RandomizationFactor <= 1) {
		errs = append(errs, invalid(name+"RandomizationFactor", b.RandomizationFactor, "0 to 1"))
	}
	if !(b.Multiplier >= 0) || math.IsInf(b.Multiplier, 1) {
		errs = append(errs, invalid(name+"Multiplier", b.Multiplier, "a finite number from 0 up"))
	}
	if b.MaxElapsedTime != 0 {
		if b.Stop != v4.Stop {
			errs = append(errs, invalid(name+"Stop", b.Stop, "backoff.Stop, without which MaxElapsedTime does not stop v4"))
		}
		if b.Clock != nil && b.Clock != v4.Clock(v4.SystemClock) {
			errs = append(errs, invalid(name+"Clock", fmt.Sprintf("a %T", b.Clock), "backoff.SystemClock: policies read the time themselves"))
		}
	}
	return errors.Join(errs...)
}

// maxIntervals bounds the memory of a strategy: 80 kB. v4's own default reaches its
// MaxInterval in 13 steps, a Multiplier of 1.01 by a factor of 1000 in 700.
const maxIntervals = 10_000

// intervals returns the intervals of b up to the one that repeats for ever: MaxInterval, or
// what the multiplication does not change any more.
func intervals(b *v4.ExponentialBackOff) ([]time.Duration, error) {
	all := []time.Duration{b.InitialInterval}
	for len(all) <= maxIntervals {
		last := all[len(all)-1]
		next := step(last, b.Multiplier, b.MaxInterval)
		if next == last {
			return all, nil
		}
		all = append(all, next)
	}
	return nil, invalid("ExponentialBackOff.Multiplier", b.Multiplier, fmt.Sprintf("one that reaches MaxInterval within %d steps", maxIntervals))
}

// step is v4's incrementCurrentInterval: it truncates to whole nanoseconds at each step, so
// no power of the multiplier gives quite the same.
func step(interval time.Duration, multiplier float64, limit time.Duration) time.Duration {
	if float64(interval) >= float64(limit)/multiplier {
		return limit
	}
	return truncate(float64(interval) * multiplier)
}

// randomized is a curve with v4's jitter around it: uniform on [d - factor·d, d + factor·d]
// in whole nanoseconds, both ends included; rounding puts v4's largest draw 1 ns above.
type randomized struct {
	curve  backoff.Sequence
	factor float64
}

// Delay is v4's getRandomValueFromInterval, with u for its draw. A u of 1, which v4 never
// draws, is its largest draw.
func (r randomized) Delay(n int, prev time.Duration, u float64) time.Duration {
	interval := r.curve.Delay(n, prev, u)
	if !(u > 0) {
		u = 0 // NaN as well
	}
	u = min(u, math.Nextafter(1, 0))
	delta := r.factor * float64(interval)
	minInterval := float64(interval) - delta
	maxInterval := float64(interval) + delta
	return truncate(minInterval + (u * (maxInterval - minInterval + 1)))
}

// String names the curve and the factor. [backoff.Parse] does not read it: what can be
// written down is backoff.Spread over the same curve, which differs by 2 ns at most.
func (r randomized) String() string {
	return "randomized(" + r.curve.String() + "," + strconv.FormatFloat(r.factor, 'g', -1, 64) + ")"
}

// truncate is the conversion to a Duration, which saturates where v4's own overflows.
func truncate(ns float64) time.Duration {
	if ns >= math.MaxInt64 {
		return math.MaxInt64
	}
	return time.Duration(ns)
}
