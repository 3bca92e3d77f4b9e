package policy_test

import (
	"context"
	"fmt"
	"math"
	"time"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

// fault is an error that carries its verdict, so that a test can make any.
type fault struct {
	id int // so that no two are equal
	v  classify.Verdict
}

func (f fault) Error() string {
	return fmt.Sprintf("fault %d: %v %s %v", f.id, f.v.Class, f.v.Kind, f.v.After)
}

// byFault reads the verdict of a fault, and asks the default about other errors.
var byFault = classify.First(classify.As(func(f fault) classify.Verdict { return f.v }), classify.Default)

// hardlyPointer is an error whose methods panic on the nil pointer that it usually is.
type hardlyPointer struct{ err error }

func (h *hardlyPointer) Error() string { return h.err.Error() }
func (h *hardlyPointer) Unwrap() error { return h.err }

// span draws durations of all magnitudes up to most.
func span(most time.Duration) *rapid.Generator[time.Duration] {
	return rapid.Custom(func(t *rapid.T) time.Duration {
		d := rapid.Int64Range(0, int64(most)).Draw(t, "duration")
		return time.Duration(d >> rapid.IntRange(0, 40).Draw(t, "magnitude"))
	})
}

// anyDuration draws any at all.
func anyDuration() *rapid.Generator[time.Duration] {
	return rapid.OneOf(span(math.MaxInt64), rapid.SampledFrom([]time.Duration{0, 1, -1, math.MinInt64, math.MaxInt64}),
		rapid.Map(rapid.Int64(), func(d int64) time.Duration { return time.Duration(d) }))
}

// strategies draws valid strategies whose delays are of use: not for centuries.
func strategies() *rapid.Generator[backoff.Strategy] {
	return rapid.Custom(func(t *rapid.T) backoff.Strategy {
		base := span(time.Minute).Draw(t, "base") + 1
		limit := base + span(time.Hour).Draw(t, "cap")
		s := rapid.SampledFrom([]backoff.Strategy{
			backoff.NoBackoff{}, backoff.Constant(base), backoff.Linear{Base: base, Cap: limit}, backoff.Fibonacci{Base: base, Cap: limit},
			backoff.Exponential{Base: base, Cap: limit}, backoff.Exponential{Base: base, Cap: limit, Factor: 1.5},
			backoff.Decorrelated{Base: base, Cap: limit}, backoff.NewSequence(base, 0, limit), backoff.Exponential{},
		}).Draw(t, "curve")
		return rapid.SampledFrom([]backoff.Strategy{
			s, backoff.Full(s), backoff.Equal(s), backoff.Spread(s, rapid.Float64Range(0, 1).Draw(t, "fraction")), backoff.Cap(s, limit),
		}).Draw(t, "wrapped")
	})
}

// anyStrategy draws those that make no sense as well.
func anyStrategy() *rapid.Generator[backoff.Strategy] {
	return rapid.Custom(func(t *rapid.T) backoff.Strategy {
		d := anyDuration().Draw(t, "field")
		return rapid.SampledFrom([]backoff.Strategy{
			nil, strategies().Draw(t, "valid"), backoff.Constant(d), backoff.Exponential{Base: d, Cap: -d, Factor: math.NaN()},
			backoff.Full(nil), backoff.Func(nil), backoff.Sequence{}, backoff.Spread(backoff.Constant(d), -3),
			backoff.Func(func(n int, prev time.Duration, u float64) time.Duration {
				if n < 1 || prev < 0 || !(u >= 0 && u <= 1) {
					panic("called outside its contract")
				}
				return d * time.Duration(n)
			}),
		}).Draw(t, "strategy")
	})
}

// kindLists draws what is fit for On, nil included.
func kindLists() *rapid.Generator[[]classify.Kind] {
	return rapid.Custom(func(t *rapid.T) []classify.Kind {
		if rapid.Bool().Draw(t, "any kind") {
			return nil
		}
		return rapid.SliceOfN(rapid.SampledFrom(classify.Kinds()), 1, 4).Draw(t, "kinds")
	})
}

// budgets draws valid budgets, nil included.
func budgets() *rapid.Generator[*policy.Budget] {
	return rapid.Custom(func(t *rapid.T) *policy.Budget {
		if rapid.Bool().Draw(t, "no budget") {
			return nil
		}
		b := &policy.Budget{
			Cost:   rapid.IntRange(0, 9).Draw(t, "cost"),
			Refund: rapid.IntRange(0, 9).Draw(t, "refund"),
		}
		b.OverloadCost = rapid.SampledFrom([]int{0, max(b.Cost, 5), 2*b.Cost + 5}).Draw(t, "overload cost")
		b.Capacity = rapid.SampledFrom([]int{0, 23, 40}).Draw(t, "capacity")
		return b
	})
}

// policies draws valid policies, which judge by fault. They end by themselves: Unlimited has
// a MaxElapsed and a delay.
func policies() *rapid.Generator[policy.Retry] {
	return rapid.Custom(func(t *rapid.T) policy.Retry {
		r := policy.Retry{
			Backoff:    rapid.OneOf(rapid.Just[backoff.Strategy](nil), strategies()).Draw(t, "backoff"),
			Retries:    rapid.SampledFrom([]int{0, 1, 2, 3, 5, 8, 12}).Draw(t, "retries"),
			Classify:   byFault,
			On:         kindLists().Draw(t, "on"),
			Replay:     classify.Replay(rapid.IntRange(0, int(classify.Accumulating)).Draw(t, "replay")),
			MaxElapsed: rapid.OneOf(rapid.Just(time.Duration(0)), rapid.Just(time.Hour), span(time.Hour)).Draw(t, "max elapsed"),
			Budget:     budgets().Draw(t, "budget"),
		}
		if rapid.Bool().Draw(t, "attempts have a timeout") {
			r.AttemptTimeout = span(time.Minute).Draw(t, "attempt timeout") + 1
		}
		if r.MaxElapsed > 0 && rapid.Bool().Draw(t, "unlimited") {
			r.Retries, r.Backoff = policy.Unlimited, backoff.Constant(r.MaxElapsed/10+1)
		}
		return r
	})
}

// anyPolicy draws any fields at all.
func anyPolicy() *rapid.Generator[policy.Retry] {
	return rapid.Custom(func(t *rapid.T) policy.Retry {
		return policy.Retry{
			Backoff: anyStrategy().Draw(t, "backoff"),
			Retries: rapid.OneOf(rapid.IntRange(-3, 9), rapid.Int()).Draw(t, "retries"),
			Classify: rapid.SampledFrom([]classify.Func{
				nil, byFault, always(verdicts().Draw(t, "verdict")), classify.Redis,
			}).Draw(t, "classifier"),
			On:             rapid.OneOf(kindLists(), rapid.Just([]classify.Kind{}), rapid.Just([]classify.Kind{"", "odd"})).Draw(t, "on"),
			Replay:         classify.Replay(rapid.Byte().Draw(t, "replay")),
			MaxElapsed:     anyDuration().Draw(t, "max elapsed"),
			AttemptTimeout: anyDuration().Draw(t, "attempt timeout"),
		}
	})
}

// verdicts draws any verdict, of a class that there is not too. No opinion is the zero Verdict.
func verdicts() *rapid.Generator[classify.Verdict] {
	return rapid.Custom(func(t *rapid.T) classify.Verdict {
		v := classify.Verdict{
			Class: classify.Class(rapid.IntRange(0, int(classify.Ambiguous)+1).Draw(t, "class")),
			Kind:  rapid.SampledFrom(classify.Kinds()).Draw(t, "kind"),
			After: rapid.OneOf(rapid.Just(time.Duration(0)), anyDuration()).Draw(t, "after"),
		}
		if v.Class == classify.Unknown {
			return classify.Verdict{}
		}
		return v
	})
}

// anyError draws errors that classifiers know, that they do not, and that are hardly errors.
func anyError() *rapid.Generator[error] {
	return rapid.Custom(func(t *rapid.T) error {
		f := fault{rapid.Int().Draw(t, "id"), verdicts().Draw(t, "verdict")}
		return rapid.SampledFrom([]error{
			nil, f, errUnknown, errPermanent, errTransient, errOverloaded, errRedirect, errTimeout, fmt.Errorf("call: %w", f),
			(*hardlyPointer)(nil), &hardlyPointer{(*hardlyPointer)(nil)}, oddError{"not comparable"}, context.Canceled, &policy.Error{Err: f},
		}).Draw(t, "error")
	})
}

// states draws any state at all.
func states() *rapid.Generator[policy.State] {
	return rapid.Custom(func(t *rapid.T) policy.State {
		flags := rapid.Byte().Draw(t, "flags")
		return policy.State{
			Attempt:  rapid.OneOf(rapid.IntRange(0, 12), rapid.Int()).Draw(t, "attempt"),
			Prev:     anyDuration().Draw(t, "prev"),
			Elapsed:  anyDuration().Draw(t, "elapsed"),
			Deadline: anyDuration().Draw(t, "deadline"),
			Draw:     rapid.OneOf(rapid.Float64Range(0, 1), rapid.Float64(), rapid.Just(math.NaN()), rapid.Just(math.Inf(1))).Draw(t, "draw"),
			Replay:   classify.Replay(rapid.IntRange(0, 7).Draw(t, "replay")),
			Canceled: flags&3 == 3, TimedOut: flags&4 != 0, Spent: flags&24 == 24,
		}
	})
}
