package backoff_test

import (
	"math"
	"time"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/backoff"
)

// bounded is a generated strategy and the longest delay that its fields allow.
type bounded struct {
	backoff.Strategy
	longest time.Duration
}

// curves draws a valid strategy that ignores chance and prev.
func curves() *rapid.Generator[bounded] {
	return rapid.Custom(func(t *rapid.T) bounded {
		base, limit, longest := span(t)
		switch rapid.IntRange(0, 5).Draw(t, "curve") {
		case 0:
			return bounded{backoff.NoBackoff{}, 0}
		case 1:
			return bounded{backoff.Constant(base), base}
		case 2:
			return bounded{backoff.Linear{Base: base, Cap: limit}, longest}
		case 3:
			return bounded{backoff.Fibonacci{Base: base, Cap: limit}, longest}
		case 4:
			return bounded{backoff.Exponential{Base: base, Cap: limit, Factor: factors().Draw(t, "factor")}, longest}
		}
		delays := rapid.SliceOfN(durations(0), 1, 5).Draw(t, "delays")
		for i := 1; i < len(delays); i++ {
			delays[i] = max(delays[i], delays[i-1]) // so that it grows, as curves do
		}
		return bounded{backoff.NewSequence(delays...), delays[len(delays)-1]}
	})
}

// valid draws any strategy that Validate accepts, wrapped up to depth times.
func valid(depth int) *rapid.Generator[bounded] {
	return rapid.Custom(func(t *rapid.T) bounded {
		kind := rapid.IntRange(-2, 3).Draw(t, "kind")
		if depth == 0 {
			kind = min(kind, 0)
		}
		switch {
		case kind == -1:
			base, limit, longest := span(t)
			return bounded{backoff.Decorrelated{Base: base, Cap: limit}, longest}
		case kind <= 0:
			return curves().Draw(t, "curve")
		}
		s := valid(depth-1).Draw(t, "wrapped")
		switch kind {
		case 1:
			if rapid.Bool().Draw(t, "full") {
				return bounded{backoff.Full(s.Strategy), s.longest}
			}
			return bounded{backoff.Equal(s.Strategy), s.longest}
		case 2:
			f := rapid.Float64Range(0, 1).Draw(t, "fraction")
			return bounded{backoff.Spread(s.Strategy, f), stretch(s.longest, 1+f)}
		}
		limit := durations(1).Draw(t, "max")
		return bounded{backoff.Cap(s.Strategy, limit), min(limit, s.longest)}
	})
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
	base = durations(0).Draw(t, "base")
	effective := base
	if base == 0 {
		effective = 8 * time.Millisecond
	}
	if effective <= 512*time.Millisecond && rapid.Bool().Draw(t, "default cap") {
		return base, 0, 512 * time.Millisecond
	}
	limit = durations(effective).Draw(t, "cap")
	return base, limit, limit
}

// durations draws a Duration from least up, of all magnitudes.
func durations(least time.Duration) *rapid.Generator[time.Duration] {
	return rapid.Custom(func(t *rapid.T) time.Duration {
		d := time.Duration(rapid.Int64Range(0, math.MaxInt64).Draw(t, "duration"))
		return max(d>>rapid.IntRange(0, 62).Draw(t, "magnitude"), least)
	})
}

func wild() *rapid.Generator[time.Duration] {
	return rapid.OneOf(durations(0), rapid.SampledFrom([]time.Duration{0, 1, -1, math.MinInt64, backoff.Uncapped}),
		rapid.Map(rapid.Int64(), func(d int64) time.Duration { return time.Duration(d) }))
}

// counts draws any n, the usual ones most often.
func counts() *rapid.Generator[int] {
	return rapid.OneOf(rapid.IntRange(1, 100), rapid.SampledFrom([]int{0, -1, math.MinInt, math.MaxInt, math.MaxInt - 1}), rapid.Int())
}

func factors() *rapid.Generator[float64] {
	return rapid.OneOf(rapid.SampledFrom([]float64{0, 1, 2, 3, 1.5, math.MaxFloat64}), rapid.Float64Range(1, 10))
}

// draws draws any float at all, those in [0, 1] most often.
func draws() *rapid.Generator[float64] {
	return rapid.OneOf(rapid.Float64Range(0, 1), rapid.Float64(),
		rapid.SampledFrom([]float64{0, 1, -1, math.NaN(), math.Inf(1), math.Inf(-1), math.SmallestNonzeroFloat64, math.Nextafter(1, 0)}))
}

// stretch returns d·x rounded up, at most Uncapped.
func stretch(d time.Duration, x float64) time.Duration {
	if p := float64(d) * x * (1 + 1e-15); p < float64(backoff.Uncapped)-1024 {
		return time.Duration(p) + 1
	}
	return backoff.Uncapped
}
