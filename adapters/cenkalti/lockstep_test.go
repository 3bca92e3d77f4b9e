package cenkalti_test

import (
	"math"
	"math/rand"
	"testing"
	"time"

	v4 "github.com/cenkalti/backoff/v4"
	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/adapters/cenkalti"
	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/policy"
)

// exponentials draws an ExponentialBackOff that From reads, without MaxElapsedTime.
func exponentials() *rapid.Generator[*v4.ExponentialBackOff] {
	durations := rapid.Custom(func(t *rapid.T) time.Duration {
		return time.Duration(rapid.Int64Range(0, math.MaxInt64).Draw(t, "duration") >> rapid.IntRange(0, 62).Draw(t, "magnitude"))
	})
	multipliers := rapid.OneOf(rapid.SampledFrom([]float64{0, 0.5, 1, 1.5, 2, math.MaxFloat64}), rapid.Float64Range(1.01, 10))
	factors := rapid.OneOf(rapid.SampledFrom([]float64{0, 0.5, 1}), rapid.Float64Range(0, 1))
	return rapid.Custom(func(t *rapid.T) *v4.ExponentialBackOff {
		return &v4.ExponentialBackOff{
			InitialInterval:     durations.Draw(t, "InitialInterval"),
			MaxInterval:         durations.Draw(t, "MaxInterval"),
			Multiplier:          multipliers.Draw(t, "Multiplier"),
			RandomizationFactor: factors.Draw(t, "RandomizationFactor"),
			Stop:                v4.Stop,
			Clock:               v4.SystemClock,
		}
	})
}

func from(t rapid.TB, b v4.BackOff) policy.Retry {
	t.Helper()
	r, err := cenkalti.From(b)
	if err != nil {
		t.Fatalf("From(%+v): %v", b, err)
	}
	return r
}

// The library draws from the one generator of math/rand. Seeded, that gives what another
// generator of the same seed gives, and for each draw both sides must give the same delay.
func TestSameDrawSameDelay(t *testing.T) {
	t.Setenv("GODEBUG", "randseednop=0") // rand.Seed does nothing without it
	rapid.Check(t, func(t *rapid.T) {
		b := exponentials().Draw(t, "b")
		s := from(t, b).Backoff
		seed := rapid.Int64().Draw(t, "seed")
		rand.Seed(seed) //nolint:staticcheck // deprecated, but the library has no other die
		dice := rand.New(rand.NewSource(seed))
		b.Reset()
		for n := 1; n <= 100; n++ {
			u := dice.Float64()
			got, want := s.Delay(n, 0, u), b.NextBackOff()
			if want < 0 {
				want = math.MaxInt64 // it has overflowed
			}
			if got != want {
				t.Fatalf("%v.Delay(%d, 0, %v) = %d, but v4 gives %d", s, n, u, got, want)
			}
			if lo, hi := s.Delay(n, 0, 0), s.Delay(n, 0, 1); want < lo || want > hi {
				t.Fatalf("v4 gives %d after failure %d, outside of [%d, %d]", want, n, lo, hi)
			}
		}
	})
}

// Where a product meets MaxInterval, rounding decides which step is the last.
func TestLastStepBeforeMaxInterval(t *testing.T) {
	for k := range time.Duration(500) {
		for _, multiplier := range []float64{0.7, 1.1, 1.2, 1.3, 1.5, 1.7, 3.3, 7} {
			for off := time.Duration(-1); off <= 1; off++ {
				b := &v4.ExponentialBackOff{
					InitialInterval: k, Multiplier: multiplier, MaxInterval: max(time.Duration(float64(k)*multiplier)+off, 0), Clock: v4.SystemClock,
				}
				s := from(t, b).Backoff
				b.Reset()
				for n := 1; n <= 4; n++ {
					if got, want := s.Delay(n, 0, 0), b.NextBackOff(); got != want {
						t.Fatalf("%v·%v up to %v: delay %d is %d, want %d", k, multiplier, b.MaxInterval, n, got, want)
					}
				}
			}
		}
	}
}

// The overflow that the lockstep test makes allowance for.
func TestWhereV4Overflows(t *testing.T) {
	b := &v4.ExponentialBackOff{InitialInterval: math.MaxInt64, MaxInterval: math.MaxInt64, Multiplier: 1, RandomizationFactor: 1, Clock: v4.SystemClock}
	s := from(t, b).Backoff
	if got := s.Delay(1, 0, 0.75); got != math.MaxInt64 {
		t.Errorf("Delay(1, 0, 0.75) = %d, want MaxInt64", got)
	}
	if lo, hi := s.Delay(1, 0, 0), s.Delay(1, 0, 1); lo != 0 || hi != math.MaxInt64 {
		t.Errorf("the delay is %d to %d, want 0 to MaxInt64", lo, hi)
	}
}

func TestLawsOfTheStrategy(t *testing.T) {
	anyFloat := rapid.OneOf(rapid.Float64Range(0, 1), rapid.Float64(), rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1)}))
	rapid.Check(t, func(t *rapid.T) {
		b := exponentials().Draw(t, "b")
		s, twin := from(t, b).Backoff, from(t, b).Backoff
		n := rapid.OneOf(rapid.IntRange(1, 50), rapid.Int(), rapid.SampledFrom([]int{math.MinInt, math.MaxInt})).Draw(t, "n")
		prev, u := time.Duration(rapid.Int64().Draw(t, "prev")), anyFloat.Draw(t, "u")
		got := s.Delay(n, prev, u)
		switch {
		case s != twin || twin.Delay(n, prev, u) != got:
			t.Fatalf("two of %v differ", s)
		case got < s.Delay(n, prev, 0), got > s.Delay(n, prev, 1), got < 0:
			t.Fatalf("Delay(%d, %d, %v) = %d, outside of its bounds", n, prev, u, got)
		}
		lo := rapid.Float64Range(0, 1).Draw(t, "lo")
		hi := rapid.Float64Range(lo, 1).Draw(t, "hi")
		if s.Delay(n, prev, lo) > s.Delay(n, prev, hi) {
			t.Fatalf("%v.Delay(%d, %d, …) decreases between u=%v and %v", s, n, prev, lo, hi)
		}
	})
}

// Spread has a text form and is as good, unless somebody counts nanoseconds.
func TestSpreadIsWithinTwoNanoseconds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := exponentials().Draw(t, "b")
		b.InitialInterval, b.MaxInterval = b.InitialInterval>>11, b.MaxInterval>>11 // 52 bits: floats hold each nanosecond
		factor := b.RandomizationFactor
		exact := from(t, b).Backoff
		b.RandomizationFactor = 0
		spread := backoff.Spread(from(t, b).Backoff, factor)
		n, u := rapid.IntRange(1, 50).Draw(t, "n"), rapid.Float64Range(0, 1).Draw(t, "u")
		if got, want := spread.Delay(n, 0, u), exact.Delay(n, 0, u); (got - want).Abs() > 2 {
			t.Fatalf("%v.Delay(%d, 0, %v) = %d, want %d within 2 ns", spread, n, u, got, want)
		}
	})
}

func TestDelayDoesNotAllocate(t *testing.T) {
	s := from(t, v4.NewExponentialBackOff()).Backoff
	if got := testing.AllocsPerRun(100, func() { s.Delay(20, 0, 0.5) }); got != 0 {
		t.Errorf("Delay allocates %v times, want 0", got)
	}
}
