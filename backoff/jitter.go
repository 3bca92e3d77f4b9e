package backoff

import (
	"strconv"
	"time"
)

// Full spreads the delay of s over [0, d]: AWS's "full jitter", which keeps clients
// apart best. u reaches s too, so a strategy that is random by itself may be
// wrapped. A nil s waits nothing and is refused by [Validate].
func Full(s Strategy) Strategy { return full{s} }

// Equal spreads the delay of s over [d/2, d]: AWS's "equal jitter", for those who
// want a shortest delay as well. A nil s waits nothing and is refused by [Validate].
func Equal(s Strategy) Strategy { return equal{s} }

// Spread spreads the delay of s over [d·(1-f), d·(1+f)], f from 0 to 1: what
// cenkalti/backoff calls a randomization factor. f = 0 leaves the delay as it is. The
// upper half lies above any cap within s: wrap it in [Cap] where that must hold. A nil
// s waits nothing; it and an f outside [0, 1] are refused by [Validate].
func Spread(s Strategy, f float64) Strategy { return spread{s, f} }

type full struct{ of Strategy }

func (j full) Delay(n int, prev time.Duration, u float64) time.Duration {
	if e, ok := j.of.(Exponential); ok { // as nearly always: a sixth less than by way of the interface
		return between(0, e.Delay(n, prev, u), u)
	}
	return between(0, delay(j.of, n, prev, u), u)
}

func (j full) Validate() error { return Validate(j.of) }
func (j full) String() string  { return call("full", text(j.of)) }

type equal struct{ of Strategy }

func (j equal) Delay(n int, prev time.Duration, u float64) time.Duration {
	d := delay(j.of, n, prev, u)
	return between(d/2, d, u)
}

func (j equal) Validate() error { return Validate(j.of) }
func (j equal) String() string  { return call("equal", text(j.of)) }

type spread struct {
	of       Strategy
	fraction float64
}

func (j spread) Delay(n int, prev time.Duration, u float64) time.Duration {
	d := delay(j.of, n, prev, u)
	return between(times(d, 1-j.fraction, d), times(d, 1+j.fraction, Uncapped), u)
}

func (j spread) Validate() error {
	if !(j.fraction >= 0 && j.fraction <= 1) {
		return invalid("Spread fraction", j.fraction, "0 to 1")
	}
	return Validate(j.of)
}

func (j spread) String() string {
	return call("spread", text(j.of), strconv.FormatFloat(j.fraction, 'g', -1, 64))
}

// delay asks a wrapped strategy, which may be missing. A stranger's may give a negative
// delay; what the wrappers do with it makes that 0.
func delay(s Strategy, n int, prev time.Duration, u float64) time.Duration {
	if s == nil {
		return 0
	}
	return s.Delay(n, prev, u)
}
