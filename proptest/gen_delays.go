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
// that is nearest to 0. It panics if least is more than most.
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
	of := []*rapid.Generator[time.Duration]{magnitudes(start, most), rapid.SampledFrom(edges)}
	if least < 0 {
		of = append(of, rapid.Map(rapid.Int64Range(int64(least), int64(most)), func(d int64) time.Duration { return time.Duration(d) }))
	}
	return rapid.OneOf(of...)
}

// magnitudes draws durations of which a tenth is as likely as the whole: where all were alike, next to none would be
// less than a second.
func magnitudes(least, most time.Duration) *rapid.Generator[time.Duration] {
	room := uint64(most) - uint64(least)
	return rapid.Custom(func(t *rapid.T) time.Duration {
		d := rapid.Uint64Range(0, room).Draw(t, "duration") >> rapid.IntRange(0, 62).Draw(t, "magnitude")
		return least + time.Duration(d)
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
