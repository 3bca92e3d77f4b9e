package backoff_test

import (
	"math"
	"time"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/policy"
	"github.com/reprise-go/reprise/proptest"
)

// curves draws a valid strategy that ignores chance and prev, and does not fall.
func curves() *rapid.Generator[proptest.Bounded] {
	return proptest.Strategies().Filter(func(s proptest.Bounded) bool {
		switch s.Strategy.(type) {
		case backoff.NoBackoff, backoff.Constant, backoff.Linear, backoff.Fibonacci, backoff.Exponential, backoff.Sequence:
			return true
		}
		return false
	})
}

// strategies draws any that Validate accepts.
func strategies() *rapid.Generator[backoff.Strategy] {
	return rapid.Map(proptest.Strategies(), func(s proptest.Bounded) backoff.Strategy { return s.Strategy })
}

// anything draws any strategy at all: fields that make no sense, nil wrapped, nil Func.
func anything(depth int) *rapid.Generator[backoff.Strategy] {
	return rapid.Custom(func(t *rapid.T) backoff.Strategy {
		base, limit := wild().Draw(t, "base"), wild().Draw(t, "cap")
		kind := rapid.IntRange(0, 13).Draw(t, "kind")
		if depth == 0 {
			kind = min(kind, 9)
		}
		switch kind {
		case 0:
			return backoff.NoBackoff{}
		case 1:
			return backoff.Constant(base)
		case 2:
			return backoff.Linear{Base: base, Cap: limit}
		case 3:
			return backoff.Fibonacci{Base: base, Cap: limit}
		case 4:
			return backoff.Exponential{Base: base, Cap: limit, Factor: draws().Draw(t, "factor")}
		case 5:
			return backoff.NewSequence(rapid.SliceOfN(wild(), 0, 4).Draw(t, "delays")...)
		case 6:
			return backoff.Decorrelated{Base: base, Cap: limit}
		case 7:
			return backoff.Func(nil)
		case 8:
			return backoff.Func(func(n int, _ time.Duration, _ float64) time.Duration { return base * time.Duration(n) })
		case 9:
			return backoff.Sequence{}
		}
		var s backoff.Strategy
		if rapid.Bool().Draw(t, "not nil") {
			s = anything(depth-1).Draw(t, "wrapped")
		}
		switch kind {
		case 10:
			return backoff.Full(s)
		case 11:
			return backoff.Equal(s)
		case 12:
			return backoff.Spread(s, draws().Draw(t, "fraction"))
		}
		return backoff.Cap(s, limit)
	})
}

// span draws the Base and Cap fields of a valid curve, and the longest delay they allow.
func span(t *rapid.T) (base, limit, longest time.Duration) {
	base = proptest.Delays(0, backoff.Uncapped).Draw(t, "base")
	if base <= 512*ms && rapid.Bool().Draw(t, "default cap") {
		return base, 0, 512 * ms
	}
	limit = proptest.Delays(max(base, 8*ms), backoff.Uncapped).Draw(t, "cap")
	return base, limit, limit
}

// durations draws a Duration from 0 up, of all magnitudes.
func durations() *rapid.Generator[time.Duration] { return proptest.Delays(0, backoff.Uncapped) }

// wild draws any Duration at all.
func wild() *rapid.Generator[time.Duration] { return proptest.Delays(math.MinInt64, backoff.Uncapped) }

// counts draws any n, the usual ones most often.
func counts() *rapid.Generator[int] {
	return rapid.Map(proptest.States(), func(s policy.State) int { return s.Attempt })
}

// draws draws any float at all, those in [0, 1] most often.
func draws() *rapid.Generator[float64] {
	return rapid.Map(proptest.States(), func(s policy.State) float64 { return s.Draw })
}
