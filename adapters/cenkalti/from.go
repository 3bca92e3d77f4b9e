package cenkalti

import (
	"errors"
	"fmt"
	"time"

	v4 "github.com/cenkalti/backoff/v4"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/policy"
)

// From returns the policy that waits and stops as b does after Reset. It reads b and does
// not change it; what b has used up so far does not matter. The policy shares nothing with
// b. Retries is Unlimited, or 0 for a StopBackOff; Classify is [Classify].
//
// It reads *ExponentialBackOff, *ConstantBackOff, *ZeroBackOff and *StopBackOff. The error
// says what cannot become a value:
//
//   - what WithMaxRetries and WithContext return: their fields are unexported. Convert the
//     BackOff within, set Retries, and pass the context to Do;
//   - a BackOff of the caller's own, since its NextBackOff may be anything;
//   - a Clock other than v4's, or a Stop other than v4's, where MaxElapsedTime needs
//     them. A literal that leaves Stop at 0 does not stop in v4, but retries at once for
//     ever: a mistake that is better not carried over;
//   - fields with which v4 gives negative delays, or -1 ns, which means Stop to it.
func From(b v4.BackOff) (policy.Retry, error) {
	r := policy.Retry{Retries: policy.Unlimited, Classify: Classify}
	var err error
	switch b := b.(type) {
	case *v4.ExponentialBackOff:
		if b == nil {
			return policy.Retry{}, errors.New("cenkalti: the *ExponentialBackOff is nil; allowed: one from NewExponentialBackOff")
		}
		r.Backoff, err = exponential(b)
		r.MaxElapsed = b.MaxElapsedTime
	case *v4.ConstantBackOff:
		if b == nil {
			return policy.Retry{}, errors.New("cenkalti: the *ConstantBackOff is nil; allowed: one from NewConstantBackOff")
		}
		r.Backoff = backoff.Constant(b.Interval)
		err = notNegative("ConstantBackOff.Interval", b.Interval)
	case *v4.ZeroBackOff:
		r.Backoff = backoff.NoBackoff{}
	case *v4.StopBackOff:
		r.Backoff, r.Retries = backoff.NoBackoff{}, 0
	case v4.BackOffContext:
		err = fmt.Errorf("cenkalti: a %T holds the context of one call; allowed: the BackOff within it, and the context for Do", b)
	default:
		err = fmt.Errorf("cenkalti: cannot look into a %T; allowed: *ExponentialBackOff, *ConstantBackOff, *ZeroBackOff, *StopBackOff; "+
			"of WithMaxRetries(b, n) the b, with Retries set to n", b)
	}
	if err != nil {
		return policy.Retry{}, err
	}
	return r, nil
}

func notNegative(field string, d time.Duration) error {
	if d < 0 {
		return invalid(field, d, "0 or more")
	}
	return nil
}

// invalid describes one bad field.
func invalid(field string, value any, allowed string) error {
	return fmt.Errorf("cenkalti: %s is %v; allowed: %s", field, value, allowed)
}
