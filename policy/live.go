package policy

import (
	"errors"
	"fmt"
	"hash/fnv"
	"strings"
	"sync"
	"sync/atomic"
)

// Live is a policy that can be changed while it is in use:
//
//	live, err := policy.NewLive(policy.Retry{Retries: 3, Budget: new(policy.Budget)})
//	calls := policy.Retry{Live: live}
//	…
//	err = live.Set("retries=1 backoff=constant(1s)")
//
// An operation keeps the policy that it began with, so that no operation runs under a mixture of two. Off is the
// exception: it is the switch for when retries do harm, and ends those that are under way too. Live is made by [NewLive];
// it may be shared by any number of goroutines, clients and policies, and must not be copied.
type Live struct {
	base    Retry // whose functions every text's policy has
	off     atomic.Bool
	current atomic.Pointer[Retry]
	setting sync.Mutex // one text at a time: it looks at the budget in use
}

// NewLive returns a Live whose policy is r, or what [Retry.Validate] has against it. What a text cannot say, Classify and
// Observe, stays that of r for good, and so does the Budget, unless a text says another.
func NewLive(r Retry) (*Live, error) {
	if r.Live != nil {
		return nil, errors.New("policy: Live is set in a policy for NewLive; allowed: nil")
	}
	l := &Live{base: r}
	if err := l.Store(r); err != nil {
		return nil, err
	}
	return l, nil
}

// Load returns the policy in use. It must not be changed. A nil Live has the zero policy.
func (l *Live) Load() *Retry {
	if l != nil {
		if r := l.current.Load(); r != nil {
			return r
		}
	}
	return &once
}

// Set changes the policy to what the text says, as [Parse] reads it. "off" switches retries off, and any other text on. If
// there is something wrong with the text the policy stays as it is, and the error says what is wrong. A budget of the
// same numbers as the present one is that one, with the tokens that it has.
func (l *Live) Set(text string) error {
	if strings.TrimSpace(text) == "off" {
		l.Off()
		return nil
	}
	r, err := Parse(text)
	if err != nil {
		return err
	}
	l.setting.Lock()
	defer l.setting.Unlock()
	if now := l.Load().Budget; r.Budget == nil {
		r.Budget = l.base.Budget
	} else if now != nil && now.String() == r.Budget.String() {
		r.Budget = now
	}
	r.Classify, r.Observe = l.base.Classify, l.base.Observe
	if err := l.Store(r); err != nil {
		return err
	}
	l.On()
	return nil
}

// Store changes the policy to r. If [Retry.Validate] has something against it, it returns that, and the policy stays as it
// is. It does not switch retries on.
func (l *Live) Store(r Retry) error {
	if r.Live != nil {
		return errors.New("policy: Live is set in a policy for Live.Store; allowed: nil")
	}
	if err := r.Validate(); err != nil {
		return err
	}
	r.off, r.digest = &l.off, r.Digest()
	l.current.Store(&r)
	return nil
}

// Off switches retries off, whatever the policy says: an attempt that fails is the last one, of operations that are under
// way too. One that is waiting for its next attempt ends when it has waited.
func (l *Live) Off() { l.off.Store(true) }

// On ends Off.
func (l *Live) On() { l.off.Store(false) }

// IsOff reports whether retries are switched off.
func (l *Live) IsOff() bool { return l.off.Load() }

// Digest returns a short name of what the policy says, the same for the same [Retry.String]: 8 hexadecimal digits of its
// FNV-1a hash. Two policies that differ only in their functions have one digest.
func (r *Retry) Digest() string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(r.Current().String()))
	return fmt.Sprintf("%08x", h.Sum32())
}

// Follow returns a function that returns what f makes of the policy in use: of r itself, or if r has a Live of the
// policy there, made anew when that has changed. It is for adapters, which wrap parts of a policy: f is given a copy
// to change and return, or to make something else of. Both functions may be called from any goroutine, f several times for
// one policy.
func Follow[T any](r Retry, f func(Retry) T) func() *T {
	type made struct {
		of   *Retry
		what T
	}
	if r.Live == nil {
		what := f(r)
		return func() *T { return &what }
	}
	var last atomic.Pointer[made]
	return func() *T {
		now := r.Live.Load()
		m := last.Load()
		if m == nil || m.of != now {
			m = &made{now, f(*now)}
			last.Store(m)
		}
		return &m.what
	}
}
