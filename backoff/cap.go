package backoff

import "time"

// Cap limits the delay of s to max. Around a jittered strategy it clamps after the
// draw, as redis-py's ExponentialWithJitterBackoff and DecorrelatedJitterBackoff do:
// the further the curve lies above max, the more clients wait exactly max. Prefer the
// Cap field of the curve, which clamps first. A nil s waits nothing; it and a max of 0
// or less are refused by [Validate].
func Cap(s Strategy, max time.Duration) Strategy { return capped{s, max} }

type capped struct {
	of    Strategy
	limit time.Duration
}

func (c capped) Delay(n int, prev time.Duration, u float64) time.Duration {
	return max(min(delay(c.of, n, prev, u), c.limit), 0)
}

func (c capped) Validate() error {
	if c.limit <= 0 {
		return invalid("Cap max", c.limit, "more than 0")
	}
	return Validate(c.of)
}

func (c capped) String() string {
	limit := c.limit.String()
	if c.limit == Uncapped {
		limit = uncapped
	}
	return call("cap", text(c.of), limit)
}
