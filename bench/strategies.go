package bench

import (
	"math/rand/v2"
	"testing"
	"time"

	avast4 "github.com/avast/retry-go/v4"
	avast5 "github.com/avast/retry-go/v5"
	cenkalti4 "github.com/cenkalti/backoff/v4"
	cenkalti5 "github.com/cenkalti/backoff/v5"
	"github.com/eapache/go-resiliency/retrier"
	sethvargo "github.com/sethvargo/go-retry"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/proptest"
)

// The delays of all double, from the first to the longest where there is a cap.
const (
	first   = 100 * time.Millisecond
	longest = time.Minute
)

// strategy is a library's backoff as a Strategy: the delay that a loop of the library waits after the nth failure. A loop
// counts from 1, and so it is asked for nothing below.
type strategy func(n int) time.Duration

// Delay leaves the quantile to the library's own dice.
func (s strategy) Delay(n int, _ time.Duration, _ float64) time.Duration { return s(max(n, 1)) }

// fresh is the strategy of a backoff that is made anew, and asked n times for the next delay. More than a thousand times tell
// nothing that a thousand do not.
func fresh(make func() (next func() time.Duration)) strategy {
	return func(n int) (delay time.Duration) {
		next := make()
		for range min(n, 1000) {
			delay = next()
		}
		return delay
	}
}

// drawing are the laws that a strategy with dice of its own does not offer to keep.
var drawing = []proptest.Law{proptest.StrategyFunction, proptest.StrategyQuantile, proptest.StrategyShared}

// Strategies surveys the backoffs that can be had without their loop.
func Strategies(t *testing.T) []Peer {
	t.Helper()
	return []Peer{
		{"reprise full jitter", "", surveyed(t, func(cap time.Duration) backoff.Strategy {
			return backoff.Full(backoff.Exponential{Base: first / 2, Cap: cap})
		})},
		{"shift by hand", "", surveyed(t, func(cap time.Duration) backoff.Strategy {
			return strategy(func(n int) time.Duration { return rand.N(min(first<<(n-1), cap)) })
		}, drawing...)},
		{"cenkalti v4 exponential", "", surveyed(t, func(cap time.Duration) backoff.Strategy {
			return fresh(func() func() time.Duration {
				return cenkalti4.NewExponentialBackOff(cenkalti4.WithInitialInterval(first), cenkalti4.WithMultiplier(2),
					cenkalti4.WithMaxInterval(cap), cenkalti4.WithMaxElapsedTime(0)).NextBackOff
			})
		}, drawing...)},
		{"cenkalti v5 exponential", "", surveyed(t, func(cap time.Duration) backoff.Strategy {
			return fresh(func() func() time.Duration {
				b := cenkalti5.NewExponentialBackOff()
				b.InitialInterval, b.Multiplier, b.MaxInterval = first, 2, cap
				return b.NextBackOff
			})
		}, drawing...)},
		{"avast v4 default", "", surveyed(t, avastV4(avast4.CombineDelay(avast4.BackOffDelay, avast4.RandomDelay)), drawing...)},
		{"avast v4 full jitter", "", surveyed(t, avastV4(avast4.FullJitterBackoffDelay), drawing...)},
		{"avast v5 default", "", surveyed(t, avastV5(avast5.CombineDelay(avast5.BackOffDelay, avast5.RandomDelay)), drawing...)},
		{"avast v5 full jitter", "", surveyed(t, avastV5(avast5.FullJitterBackoffDelay), drawing...)},
		{"sethvargo full jitter", "", surveyed(t, func(cap time.Duration) backoff.Strategy {
			return fresh(func() func() time.Duration {
				b := sethvargo.NewExponential(first)
				if cap != backoff.Uncapped {
					b = sethvargo.WithCappedDuration(cap, b)
				}
				b = sethvargo.WithFullJitter(b)
				return func() time.Duration {
					d, _ := b.Next()
					return d
				}
			})
		}, drawing...)},
		{"eapache exponential", "", surveyed(t, func(cap time.Duration) backoff.Strategy {
			return strategy(func(n int) time.Duration {
				n = min(n, 1000)
				if cap == backoff.Uncapped {
					return retrier.ExponentialBackoff(n, first)[n-1]
				}
				return retrier.LimitedExponentialBackoff(n, first, cap)[n-1]
			})
		})},
	}
}

// surveyed surveys a strategy with a cap and without, and says of what it finds without that it is.
func surveyed(t *testing.T, make func(cap time.Duration) backoff.Strategy, except ...proptest.Law) []proptest.Finding {
	t.Helper()
	found := proptest.SurveyStrategy(t, make(longest), longest, except...)
	for i, f := range proptest.SurveyStrategy(t, make(backoff.Uncapped), backoff.Uncapped, except...) {
		if f.Broken != "" && found[i].Broken == "" {
			found[i].Broken = "  without a cap:\n" + f.Broken
		}
	}
	return found
}

// avastV4 is what its loop does with a DelayType.
func avastV4(delay avast4.DelayTypeFunc) func(cap time.Duration) backoff.Strategy {
	return func(cap time.Duration) backoff.Strategy {
		options := []avast4.Option{avast4.Delay(first), avast4.MaxJitter(first)}
		if cap != backoff.Uncapped {
			options = append(options, avast4.MaxDelay(cap))
		}
		return strategy(func(n int) time.Duration {
			var c avast4.Config
			for _, set := range options {
				set(&c)
			}
			return min(delay(uint(n), nil, &c), cap)
		})
	}
}

// avastV5 is the same; a Retrier is the configuration that a DelayType is given.
func avastV5(delay avast5.DelayTypeFunc) func(cap time.Duration) backoff.Strategy {
	return func(cap time.Duration) backoff.Strategy {
		options := []avast5.Option{avast5.Delay(first), avast5.MaxJitter(first)}
		if cap != backoff.Uncapped {
			options = append(options, avast5.MaxDelay(cap))
		}
		r := avast5.New(options...)
		return strategy(func(n int) time.Duration { return min(delay(uint(n), nil, r), cap) })
	}
}
