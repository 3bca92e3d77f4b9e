package backoff_test

import (
	"fmt"
	"math"
	"math/big"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/proptest"
)

// The laws of a strategy, as they are for everybody's.
func TestLawsOfAStrategy(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := proptest.Strategies().Draw(t, "strategy")
		if err := backoff.Validate(s.Strategy); err != nil {
			t.Fatalf("Validate(%v) = %v, want nil", s, err)
		}
		proptest.TestStrategy(t, s.Strategy, s.Cap)
	})
}

func TestDelayIsNeverNegativeAndNeverPanics(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anything(3).Draw(t, "strategy")
		n, prev, u := counts().Draw(t, "n"), wild().Draw(t, "prev"), draws().Draw(t, "u")
		if d := s.Delay(n, prev, u); d < 0 {
			t.Fatalf("%v.Delay(%d, %v, %v) = %v, want 0 or more", s, n, prev, u, d)
		}
		_ = backoff.Validate(s)
		_ = fmt.Sprint(s)
	})
}

// Every combination of the worst fields and arguments.
func TestDelayIsNeverNegativeAtTheEdges(t *testing.T) {
	durations := []time.Duration{math.MinInt64, -1, 0, 1, time.Second, backoff.Uncapped}
	floats := []float64{math.NaN(), math.Inf(-1), -math.MaxFloat64, -2, -0.5, 0, 0.5, 1, 1.5, math.MaxFloat64, math.Inf(1)}
	for _, base := range durations {
		for _, limit := range durations {
			all := []backoff.Strategy{
				backoff.Constant(base), backoff.NewSequence(base, limit), backoff.Linear{Base: base, Cap: limit},
				backoff.Fibonacci{Base: base, Cap: limit}, backoff.Decorrelated{Base: base, Cap: limit},
			}
			for _, x := range floats {
				e := backoff.Exponential{Base: base, Cap: limit, Factor: x}
				all = append(all, e, backoff.Full(e), backoff.Equal(e), backoff.Spread(backoff.Constant(base), x),
					backoff.Spread(e, x), backoff.Cap(backoff.Constant(base), limit))
			}
			for _, s := range all {
				for _, n := range []int{math.MinInt, -1, 0, 1, 2, 3, 62, 63, 64, 65, math.MaxInt - 1, math.MaxInt} {
					for i, u := range floats {
						prev := durations[i%len(durations)]
						if d := s.Delay(n, prev, u); d < 0 {
							t.Fatalf("%v.Delay(%d, %v, %v) = %v, want 0 or more", s, n, prev, u, d)
						}
					}
				}
			}
		}
	}
}

// Around another random strategy both ends of a wrapper move with u. Products in
// floating point go back by nanoseconds there once durations have more than 53 bits.
func TestNestedJitterIsNondecreasingInU(t *testing.T) {
	const steps = 2000
	for shift := range 62 {
		s := backoff.Spread(backoff.Full(backoff.Constant(math.MaxInt64>>1>>shift)), 0.434)
		for i := range steps {
			u := (float64(i) + 0.3) / steps
			v := math.Nextafter(u, 1)
			if a, b := s.Delay(1, 0, u), s.Delay(1, 0, v); a > b {
				t.Fatalf("%v.Delay(1, 0, …) is %d at u=%v, but %d at u=%v", s, a, u, b, v)
			}
		}
	}
}

// What the bounds of a whole plan rest on: the longest delays add up to the longest wait.
func TestDelayIsNondecreasingInPrev(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := strategies().Draw(t, "strategy")
		n, u := counts().Draw(t, "n"), rapid.Float64Range(0, 1).Draw(t, "u")
		lo := durations().Draw(t, "prev")
		hi := rapid.OneOf(rapid.Just(max(lo, lo+1)), proptest.Delays(lo, backoff.Uncapped)).Draw(t, "a longer prev")
		if a, b := s.Delay(n, lo, u), s.Delay(n, hi, u); a > b {
			t.Fatalf("%v.Delay(%d, …, %v) is %d after %d, but %d after %d", s, n, u, a, lo, b, hi)
		}
	})
}

func TestUBeyondItsRangeIsClamped(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := strategies().Draw(t, "strategy")
		n, prev := counts().Draw(t, "n"), durations().Draw(t, "prev")
		low, high := s.Delay(n, prev, 0), s.Delay(n, prev, 1)
		for u, want := range map[float64]time.Duration{-1: low, math.Inf(-1): low, math.NaN(): low, 2: high, math.Inf(1): high} {
			if got := s.Delay(n, prev, u); got != want {
				t.Fatalf("%v.Delay(%d, %v, %v) = %v, want %v", s, n, prev, u, got, want)
			}
		}
	})
}

func TestCurvesAreNondecreasingInN(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := curves().Draw(t, "curve").Strategy
		n, m := counts().Draw(t, "n"), counts().Draw(t, "m")
		n, m = min(n, m), max(n, m)
		if a, b := s.Delay(n, 0, 0), s.Delay(m, 0, 0); a > b {
			t.Fatalf("%v.Delay is %v after failure %d, but %v after failure %d", s, a, n, b, m)
		}
	})
}

func TestCurvesIgnoreChanceAndPrev(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, n := curves().Draw(t, "curve").Strategy, counts().Draw(t, "n")
		prev, u := wild().Draw(t, "prev"), draws().Draw(t, "u")
		if got, want := s.Delay(n, prev, u), s.Delay(n, 0, 0); got != want {
			t.Fatalf("%v.Delay(%d, %v, %v) = %v, but Delay(%d, 0, 0) = %v", s, n, prev, u, got, n, want)
		}
	})
}

func TestGrowingCurvesEndAtTheirCap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base, limit, longest := span(t)
		for _, s := range []backoff.Strategy{
			backoff.Exponential{Base: base, Cap: limit},
			backoff.Exponential{Base: base, Cap: limit, Factor: 1.01},
			backoff.Linear{Base: base, Cap: limit},
			backoff.Fibonacci{Base: base, Cap: limit},
		} {
			if got := s.Delay(math.MaxInt, 0, 0); got != longest {
				t.Fatalf("%v.Delay(MaxInt, 0, 0) = %v, want %v", s, got, longest)
			}
		}
	})
}

func TestEqualStrategiesAreOneMapKeyAndGiveOneDelay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := strategies().Draw(t, "strategy")
		n, prev, u := counts().Draw(t, "n"), wild().Draw(t, "prev"), draws().Draw(t, "u")
		twin, err := backoff.Parse(fmt.Sprint(s)) // shares no memory with s
		if err != nil {
			t.Fatal(err)
		}
		seen := map[backoff.Strategy]time.Duration{s: s.Delay(n, prev, u)}
		first, same := seen[twin]
		if !same || s != twin {
			t.Fatalf("%v and its copy are not equal", s)
		}
		for range 2 {
			if got := twin.Delay(n, prev, u); got != first {
				t.Fatalf("%v.Delay(%d, %v, %v) = %v, then %v", s, n, prev, u, first, got)
			}
		}
	})
}

func TestParseIsTheInverseOfString(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := strategies().Draw(t, "strategy")
		text := fmt.Sprint(s)
		if got, err := backoff.Parse(text); got != s {
			t.Fatalf("Parse(%q) = %#v, %v, want %#v", text, got, err, s)
		}
	})
}

func TestDecorrelatedIsUniformOnItsRange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base, limit, longest := span(t)
		prev, u := wild().Draw(t, "prev"), rapid.Float64Range(0, 1).Draw(t, "u")
		got := backoff.Decorrelated{Base: base, Cap: limit}.Delay(counts().Draw(t, "n"), prev, u)

		lo := base
		if base == 0 {
			lo = 8 * time.Millisecond
		}
		hi := longest
		if prev <= longest/3 {
			hi = min(longest, max(lo, 3*max(prev, 0)))
		}
		// lo + u·(hi-lo) in exact arithmetic. It is rounded to the nearest nanosecond, where
		// the longest ranges of all lose another half to the bits that u has beyond 64.
		want := new(big.Rat).SetFloat64(u)
		want.Mul(want, new(big.Rat).SetInt64(int64(hi-lo)))
		want.Add(want, new(big.Rat).SetInt64(int64(lo)))
		off := want.Sub(want, new(big.Rat).SetInt64(int64(got)))
		if off.Abs(off).Cmp(big.NewRat(1, 1)) > 0 {
			t.Fatalf("delay %d after %d at u=%v is %v ns off [%d, %d]", got, prev, u, off.FloatString(2), lo, hi)
		}
	})
}
