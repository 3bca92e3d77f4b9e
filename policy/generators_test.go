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
	"github.com/reprise-go/reprise/proptest"
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

// anyDuration draws any at all.
func anyDuration() *rapid.Generator[time.Duration] {
	return proptest.Delays(math.MinInt64, math.MaxInt64)
}

// anyStrategy draws those that make no sense as well.
func anyStrategy() *rapid.Generator[backoff.Strategy] {
	return rapid.Custom(func(t *rapid.T) backoff.Strategy {
		d := anyDuration().Draw(t, "field")
		return rapid.SampledFrom([]backoff.Strategy{
			nil, proptest.Strategies().Draw(t, "valid").Strategy, backoff.Constant(d), backoff.Exponential{Base: d, Cap: -d, Factor: math.NaN()},
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

// policies draws valid policies, which judge by fault.
func policies() *rapid.Generator[policy.Retry] {
	return rapid.Map(proptest.Retries(), func(r policy.Retry) policy.Retry {
		r.Classify = byFault
		return r
	})
}

// budgets draws valid budgets.
func budgets() *rapid.Generator[*policy.Budget] {
	return rapid.Map(proptest.Retries(), func(r policy.Retry) *policy.Budget { return r.Budget }).
		Filter(func(b *policy.Budget) bool { return b != nil })
}

// kindLists draws what is fit for On, nil included.
func kindLists() *rapid.Generator[[]classify.Kind] {
	return rapid.Map(proptest.Retries(), func(r policy.Retry) []classify.Kind { return r.On })
}

// common draws a fault that is worth a retry to a policy, if its kind is the first that the policy lists.
func common(t *rapid.T, id int, r *policy.Retry) fault {
	kind := classify.BusyLoading
	if r.On != nil {
		kind = r.On[0]
	}
	return fault{id, classify.Verdict{
		Class: rapid.SampledFrom([]classify.Class{classify.Transient, classify.Overloaded, classify.Redirect, classify.Ambiguous}).Draw(t, "class"),
		Kind:  kind,
	}}
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
