package proptest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

// Library is a loop to be tested, in the two methods that every library of retries has in some form. P is its kind of
// policy: what a user makes once. Where the library has none, P can be the [Spec].
type Library[P any] interface {
	// New makes the policy that does what the spec says, as the documentation of the library recommends. It returns
	// false if the library has no way to say it, or the adapter does not know the field: that is not an offence.
	New(Spec) (P, bool)
	// Do runs fn under the policy. An error of fn for which [IsFinal] is true must be made final, in the library's way.
	Do(ctx context.Context, policy P, fn func(context.Context) error) error
}

// Spec is what a user asks of a loop. The zero Spec asks for one attempt. It can be compared with ==.
type Spec struct {
	Retries int           // retries after the first attempt; 0 means none
	Delay   time.Duration // before each retry, exactly, but for Cap and Jitter; 0 means none
	// Cap lets the delays double, from Delay to this; 0 means that they do not. It is Delay or more.
	Cap time.Duration
	// Jitter has each delay drawn at random, as the library does it: around what it would be, or below. With a Cap it
	// is no longer than that, whatever the draw.
	Jitter         bool
	MaxElapsed     time.Duration // no attempt begins later than this after the start; 0 means no limit
	AttemptTimeout time.Duration // each attempt's context ends after this, and what it fails with is retried; 0 means never
}

// Retry returns the spec as a policy of this project. It jitters in full, from 0.
func (s Spec) Retry() policy.Retry {
	r := policy.Retry{Retries: s.Retries, MaxElapsed: s.MaxElapsed, AttemptTimeout: s.AttemptTimeout, Classify: Judge}
	switch {
	case s.Delay == 0:
		r.Backoff = backoff.NoBackoff{}
		return r
	case s.Cap == 0:
		r.Backoff = backoff.Constant(s.Delay)
	default:
		// Its first delay is twice the Base, 0 of which would mean something else.
		r.Backoff = backoff.Exponential{Base: max(s.Delay/2, 1), Cap: s.Cap}
	}
	if s.Jitter {
		r.Backoff = backoff.Full(r.Backoff)
	}
	return r
}

// String says it in a few words: "1 retry, delay 1s".
func (s Spec) String() string {
	parts := []string{"1 retry"}
	if s.Retries != 1 {
		parts[0] = fmt.Sprintf("%d retries", s.Retries)
	}
	parts = append(parts, fmt.Sprintf("delay %v", s.Delay))
	if s.Cap > 0 {
		parts = append(parts, fmt.Sprintf("doubling up to %v", s.Cap))
	}
	if s.Jitter {
		parts = append(parts, "jitter")
	}
	if s.AttemptTimeout > 0 {
		parts = append(parts, fmt.Sprintf("at most %v per attempt", s.AttemptTimeout))
	}
	if s.MaxElapsed > 0 {
		parts = append(parts, fmt.Sprintf("at most %v in total", s.MaxElapsed))
	}
	return strings.Join(parts, ", ")
}

// IsFinal reports whether an error of a [Scenario] must not be retried: it is, or wraps, a [Failure] that is Permanent.
func IsFinal(err error) bool {
	var f Failure
	return errors.As(err, &f) && f.Verdict.Class == classify.Permanent
}

// Reprise is the [Library] of this project.
type Reprise struct{}

// New returns spec.Retry.
func (Reprise) New(spec Spec) (*policy.Retry, bool) {
	r := spec.Retry()
	return &r, true
}

// Do calls r.Do.
func (Reprise) Do(ctx context.Context, r *policy.Retry, fn func(context.Context) error) error {
	return r.Do(ctx, fn)
}
