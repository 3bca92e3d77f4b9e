package backoff

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Sequence waits the delays that it was made of, one after the other; the last one
// repeats. Make one with [NewSequence]. The zero value has no delays: it waits
// nothing and is refused by [Validate].
type Sequence struct {
	// The delays, eight bytes each, most significant first. A string, since a slice
	// would make the strategy incomparable and let its owner change it.
	packed string
}

// NewSequence returns the strategy that waits the first of the given delays after
// the first failure, and so on.
func NewSequence(delays ...time.Duration) Sequence {
	var b strings.Builder
	b.Grow(8 * len(delays))
	for _, d := range delays {
		for shift := 56; shift >= 0; shift -= 8 {
			b.WriteByte(byte(d >> shift))
		}
	}
	return Sequence{b.String()}
}

func (s Sequence) len() int { return len(s.packed) / 8 }

func (s Sequence) at(i int) time.Duration {
	var d time.Duration
	for _, b := range []byte(s.packed[8*i : 8*i+8]) {
		d = d<<8 | time.Duration(b)
	}
	return d
}

// Delay returns the nth delay, or the last one if there are fewer.
func (s Sequence) Delay(n int, _ time.Duration, _ float64) time.Duration {
	if s.len() == 0 {
		return 0
	}
	return max(s.at(min(max(n, 1), s.len())-1), 0)
}

// Validate refuses a sequence without delays or with a negative one.
func (s Sequence) Validate() error {
	if s.len() == 0 {
		return errors.New("backoff: Sequence has no delays; allowed: one or more")
	}
	for i := range s.len() {
		if d := s.at(i); d < 0 {
			return invalid(fmt.Sprintf("Sequence delay %d", i+1), d, "0 or more")
		}
	}
	return nil
}

// String returns the text form, "sequence(10ms,50ms,1s)" for example.
func (s Sequence) String() string {
	args := make([]string, s.len())
	for i := range args {
		args[i] = s.at(i).String()
	}
	return call("sequence", args...)
}
