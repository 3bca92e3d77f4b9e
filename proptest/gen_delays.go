package proptest

import (
	"fmt"
	"math"
	"time"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/policy"
)

// Delays draws durations from least to most, both included: of all magnitudes, and often one of the edges, which are the
// two bounds, their neighbours, and -1, 0 and 1. Negative ones come only where least is negative. They shrink to the one
// that is nearest to 0, and to round numbers. It panics if least is more than most.
func Delays(least, most time.Duration) *rapid.Generator[time.Duration] {
	if least > most {
		panic(fmt.Sprintf("proptest: Delays from %v to %v", least, most))
	}
	start := min(max(least, 0), most)
	var edges []time.Duration
	for _, d := range []time.Duration{start, 0, 1, -1, most, least, most - 1, least + 1} {
		if least <= d && d <= most {
			edges = append(edges, d)
		}
	}
	room := uint64(most) - uint64(start)
	units := []time.Duration{time.Second, time.Millisecond, time.Microsecond, 1, time.Minute, time.Hour}
	kinds := 2
	if least < 0 {
		kinds = 3
	}
	return rapid.Custom(func(t *rapid.T) time.Duration {
		// Each takes two choices, or rapid would prefer those that take one: it thinks that fewer are simpler.
		switch rapid.IntRange(0, kinds).Draw(t, "kind") {
		case 0: // as people write them
			n := uint64(rapid.IntRange(0, 500).Draw(t, "number"))
			return start + time.Duration(min(n*uint64(rapid.SampledFrom(units).Draw(t, "unit")), room))
		case 1: // of any magnitude, as rapid draws numbers
			n := rapid.Uint64Range(0, room).Draw(t, "nanoseconds")
			return start + time.Duration(n>>rapid.IntRange(0, 1).Draw(t, "half"))
		case 2:
			d := rapid.SampledFrom(edges).Draw(t, "edge")
			rapid.Uint64().Draw(t, "nothing")
			return d
		}
		return time.Duration(rapid.Int64Range(int64(least), int64(most)).Draw(t, "any"))
	})
}

// anyDelay draws any duration at all.
func anyDelay() *rapid.Generator[time.Duration] { return Delays(math.MinInt64, math.MaxInt64) }

// counts draws any n, the usual ones most often.
func counts() *rapid.Generator[int] {
	return rapid.OneOf(rapid.IntRange(1, 100), rapid.SampledFrom([]int{0, 63, 64, math.MaxInt, math.MaxInt - 1, -1, math.MinInt}), rapid.Int())
}

// quantiles draws any float at all, those in [0, 1] most often.
func quantiles() *rapid.Generator[float64] {
	return rapid.OneOf(rapid.Float64Range(0, 1), rapid.SampledFrom([]float64{
		0, 1, 0.5, math.SmallestNonzeroFloat64, math.Nextafter(1, 0), math.Nextafter(1, 2), -1, 2, math.Inf(1), math.Inf(-1), math.NaN(),
	}), rapid.Float64())
}

// States draws any state at all, those that no loop comes to as well: negative times, a draw that is no number.
// [policy.Retry.Decide] has an answer to each.
func States() *rapid.Generator[policy.State] {
	return rapid.Custom(func(t *rapid.T) policy.State {
		flags := rapid.Byte().Draw(t, "flags")
		return policy.State{
			Attempt:  rapid.OneOf(rapid.IntRange(1, 12), counts()).Draw(t, "attempt"),
			Prev:     anyDelay().Draw(t, "prev"),
			Elapsed:  anyDelay().Draw(t, "elapsed"),
			Deadline: anyDelay().Draw(t, "deadline"),
			Draw:     quantiles().Draw(t, "draw"),
			Replay:   rungs(0, 7).Draw(t, "replay"),
			Canceled: flags&3 == 3, TimedOut: flags&4 != 0, Spent: flags&24 == 24,
		}
	})
}
