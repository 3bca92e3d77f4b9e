package proptest

import (
	"fmt"
	"time"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/backoff"
)

// Bounded is a strategy and the longest delay that it can give.
type Bounded struct {
	Strategy backoff.Strategy
	Cap      time.Duration
}

// String returns the text of the strategy, and the bound: "full(constant(1s)), 1s at most".
func (b Bounded) String() string { return fmt.Sprintf("%v, %v at most", b.Strategy, b.Cap) }

// GoString is String, for the log of rapid.
func (b Bounded) GoString() string { return b.String() }

// Strategies draws strategies of package backoff that [backoff.Validate] accepts: every curve, wrapped up to three times
// in jitter and caps, with delays from nothing to 292 years. Each has a text that [backoff.Parse] reads. They shrink
// to none.
func Strategies() *rapid.Generator[Bounded] { return strategies(3, backoff.Uncapped) }

// strategies draws strategies whose fields are no longer than most, wrapped up to depth times.
func strategies(depth int, most time.Duration) *rapid.Generator[Bounded] {
	return rapid.Custom(func(t *rapid.T) Bounded {
		if depth == 0 || rapid.IntRange(0, 2).Draw(t, "wrappers") == 0 {
			return curve(t, most)
		}
		s := strategies(depth-1, most).Draw(t, "wrapped")
		switch rapid.IntRange(0, 3).Draw(t, "wrapper") {
		case 0:
			return Bounded{backoff.Full(s.Strategy), s.Cap}
		case 1:
			return Bounded{backoff.Equal(s.Strategy), s.Cap}
		case 2:
			limit := Delays(1, most).Draw(t, "max")
			return Bounded{backoff.Cap(s.Strategy, limit), min(limit, s.Cap)}
		}
		f := rapid.OneOf(rapid.SampledFrom([]float64{0, 0.5, 1}), rapid.Float64Range(0, 1)).Draw(t, "fraction")
		return Bounded{backoff.Spread(s.Strategy, f), stretch(s.Cap, 1+f)}
	})
}

// curve draws a strategy that wraps no other.
func curve(t *rapid.T, most time.Duration) Bounded {
	kind := rapid.IntRange(0, 6).Draw(t, "curve")
	switch kind {
	case 0:
		return Bounded{backoff.NoBackoff{}, 0}
	case 1:
		d := Delays(0, most).Draw(t, "delay")
		return Bounded{backoff.Constant(d), d}
	case 2:
		delays := rapid.SliceOfN(Delays(0, most), 1, 5).Draw(t, "delays")
		for i := 1; i < len(delays); i++ {
			delays[i] = max(delays[i], delays[i-1]) // so that it grows, as curves do
		}
		return Bounded{backoff.NewSequence(delays...), delays[len(delays)-1]}
	}
	base, limit, longest := span(t, most)
	switch kind {
	case 3:
		return Bounded{backoff.Linear{Base: base, Cap: limit}, longest}
	case 4:
		return Bounded{backoff.Fibonacci{Base: base, Cap: limit}, longest}
	case 5:
		return Bounded{backoff.Decorrelated{Base: base, Cap: limit}, longest}
	}
	factors := rapid.OneOf(rapid.SampledFrom([]float64{0, 1, 2, 3, 1.5, 1e300}), rapid.Float64Range(1, 10))
	return Bounded{backoff.Exponential{Base: base, Cap: limit, Factor: factors.Draw(t, "factor")}, longest}
}

// span draws the Base and Cap fields of a curve, and the longest delay that they allow.
func span(t *rapid.T, most time.Duration) (base, limit, longest time.Duration) {
	const defaultBase, defaultCap = 8 * time.Millisecond, 512 * time.Millisecond
	base = Delays(0, most).Draw(t, "base")
	effective := base
	if base == 0 {
		effective = defaultBase
	}
	if effective <= defaultCap && rapid.Bool().Draw(t, "default cap") {
		return base, 0, defaultCap
	}
	limit = Delays(effective, max(effective, most)).Draw(t, "cap")
	return base, limit, limit
}

// stretch returns d·x rounded up, at most Uncapped.
func stretch(d time.Duration, x float64) time.Duration {
	if p := float64(d) * x * (1 + 1e-15); p < float64(backoff.Uncapped)-1024 {
		return time.Duration(p) + 1
	}
	return backoff.Uncapped
}
