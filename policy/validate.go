package policy

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
)

// Validate reports all that is wrong with the policy: errors that name the field, its value
// and what is allowed, joined. Loops call it after a first failure and do not retry if it
// objects; call it where a policy is made, to hear of it earlier.
func (r *Retry) Validate() error {
	if r.plain() {
		return nil
	}
	if r.Live != nil {
		return r.validateLive()
	}
	var errs []error
	if r.Backoff != nil {
		if err := backoff.Validate(r.Backoff); err != nil {
			errs = append(errs, fmt.Errorf("policy: Backoff: %w", err))
		}
	}
	if r.Retries < Unlimited {
		errs = append(errs, invalid("Retries", r.Retries, "Unlimited (-1), 0 or more"))
	}
	if r.On != nil {
		if err := r.validateOn(); err != nil {
			errs = append(errs, err)
		}
	}
	if r.Replay >= classify.Never {
		errs = append(errs, invalid("Replay", r.Replay, "not said (meaning idempotent), read_only, idempotent, convergent, accumulating"))
	}
	if r.MaxElapsed < 0 {
		errs = append(errs, invalid("MaxElapsed", r.MaxElapsed, "0 (no limit) or more"))
	}
	if r.AttemptTimeout < 0 {
		errs = append(errs, invalid("AttemptTimeout", r.AttemptTimeout, "0 (none) or more"))
	}
	switch {
	case r.MinAttempt < 0:
		errs = append(errs, invalid("MinAttempt", r.MinAttempt, "0 (no shares) or more"))
	case r.MinAttempt > 0 && r.Retries == Unlimited:
		errs = append(errs, invalid("MinAttempt", r.MinAttempt, "0 with Retries unlimited, since there is no number of attempts to share the time"))
	case r.AttemptTimeout > 0 && r.MinAttempt > r.AttemptTimeout:
		errs = append(errs, invalid("MinAttempt", r.MinAttempt, fmt.Sprintf("AttemptTimeout (%v) at most", r.AttemptTimeout)))
	}
	if r.Budget != nil {
		if err := r.Budget.Validate(); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// plain reports whether the policy is seen to be valid at a glance. Most are, and to look closer takes 10 ns of an operation
// that fails once.
func (r *Retry) plain() bool {
	return (r.delayless() || r.Backoff == nil) && r.Retries >= Unlimited && r.On == nil && r.Replay < classify.Never &&
		r.MaxElapsed >= 0 && r.AttemptTimeout >= 0 && r.MinAttempt == 0 && r.Budget == nil && r.Live == nil
}

// validateLive checks a policy that is to be found elsewhere, where it was validated.
func (r *Retry) validateLive() error {
	if r.Backoff != nil || r.Retries != 0 || r.Classify != nil || r.On != nil || r.Replay != 0 || r.MaxElapsed != 0 || r.AttemptTimeout != 0 ||
		r.MinAttempt != 0 || r.Inform || r.Budget != nil || r.Observe != nil {
		return errors.New("policy: Live is set, and so are other fields; allowed: Live alone, with the policy given to NewLive")
	}
	if r.Live.current.Load() == nil {
		return errors.New("policy: Live is a zero one; allowed: what NewLive has made")
	}
	return nil
}

// validateOn checks the kinds. A classifier of the user's own may have kinds of its own.
func (r *Retry) validateOn() error {
	if len(r.On) == 0 {
		return errors.New("policy: On lists no kind; allowed: nil (any kind), or one kind or more")
	}
	for _, k := range r.On {
		if k == "" || r.Classify == nil && !slices.Contains(knownKinds, k) {
			return invalid("On", fmt.Sprintf("%q", k), kindNames())
		}
	}
	return nil
}

var knownKinds = classify.Kinds()

// kindNames lists the known kinds for messages.
func kindNames() string {
	names := make([]string, len(knownKinds))
	for i, k := range knownKinds {
		names[i] = string(k)
	}
	return strings.Join(names, ", ")
}

// invalid describes one bad field.
func invalid(field string, value any, allowed string) error {
	return fmt.Errorf("policy: %s is %v; allowed: %s", field, value, allowed)
}
