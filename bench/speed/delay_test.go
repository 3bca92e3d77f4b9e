package speed

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	avast "github.com/avast/retry-go/v5"
	v4 "github.com/cenkalti/backoff/v4"
	v5 "github.com/cenkalti/backoff/v5"
	sethvargo "github.com/sethvargo/go-retry"

	"github.com/reprise-go/reprise/backoff"
)

// avastConfig is what avast's function asks of its Retrier.
type avastConfig struct{ base, limit time.Duration }

func (c avastConfig) Delay() time.Duration    { return c.base }
func (c avastConfig) MaxDelay() time.Duration { return c.limit }
func (avastConfig) MaxJitter() time.Duration  { return 0 }
func (avastConfig) MaxBackOffN() uint         { return 0 }

// BenchmarkDelay is the next delay alone, exponential with full jitter, of failures 1 to 8. That of failsafe and eapache
// cannot be had alone.
func BenchmarkDelay(b *testing.B) {
	const base, limit = 100 * time.Millisecond, 10 * time.Second
	for _, c := range []struct {
		lib   string
		delay func() func(n int) time.Duration
	}{
		{"loop", func() func(int) time.Duration {
			return func(n int) time.Duration {
				return time.Duration(rand.Float64() * math.Min(float64(limit), float64(base)*math.Exp2(float64(n))))
			}
		}},
		{"reprise", func() func(int) time.Duration {
			s := backoff.Full(backoff.Exponential{Base: base, Cap: limit})
			return func(n int) time.Duration { return s.Delay(n, 0, rand.Float64()) }
		}},
		{"reprise-draw-given", func() func(int) time.Duration { // the others cannot be given it
			s := backoff.Full(backoff.Exponential{Base: base, Cap: limit})
			return func(n int) time.Duration { return s.Delay(n, 0, 0.37) }
		}},
		{"cenkalti-v4", func() func(int) time.Duration {
			s := v4.NewExponentialBackOff(v4.WithInitialInterval(base), v4.WithMaxInterval(limit), v4.WithMultiplier(2), v4.WithRandomizationFactor(1), v4.WithMaxElapsedTime(0))
			return func(n int) time.Duration {
				if n == 1 {
					s.Reset()
				}
				return s.NextBackOff()
			}
		}},
		{"cenkalti-v5", func() func(int) time.Duration {
			s := &v5.ExponentialBackOff{InitialInterval: base, MaxInterval: limit, Multiplier: 2, RandomizationFactor: 1}
			return func(n int) time.Duration {
				if n == 1 {
					s.Reset()
				}
				return s.NextBackOff()
			}
		}},
		{"avast-v5", func() func(int) time.Duration {
			c := avastConfig{base, limit}
			return func(n int) time.Duration { return avast.FullJitterBackoffDelay(uint(n), nil, c) } //nolint:gosec // 1 to 8
		}},
		{"sethvargo", func() func(int) time.Duration {
			var s sethvargo.Backoff
			return func(n int) time.Duration {
				if n == 1 {
					s = sethvargo.WithCappedDuration(limit, sethvargo.WithJitterPercent(100, sethvargo.NewExponential(base)))
				}
				d, _ := s.Next()
				return d
			}
		}},
	} {
		b.Run("lib="+c.lib, func(b *testing.B) {
			b.ReportAllocs()
			delay, n := c.delay(), 0
			for b.Loop() {
				if delay(n+1) < 0 {
					b.Fatal("negative")
				}
				n = (n + 1) & 7
			}
		})
	}
}
