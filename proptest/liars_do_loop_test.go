package proptest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"
)

// liarPolicy is the policy of a liar.
type liarPolicy struct {
	Spec

	made    time.Time
	attempt atomic.Int64
}

// New implements Library.
func (l liar) New(s Spec) (*liarPolicy, bool) {
	if l == "panics without a delay" && s.Delay == 0 {
		panic("the delay must be positive")
	}
	return &liarPolicy{Spec: s, made: time.Now()}, true
}

// Do implements Library.
func (l liar) Do(ctx context.Context, p *liarPolicy, fn func(context.Context) error) (err error) {
	if ctx.Err() != nil && l != "runs once under any context" {
		return l.cause(ctx)
	}
	start, retries, first := time.Now(), p.Retries, error(nil)
	switch l {
	case "makes an attempt too many":
		retries++
	case "makes an attempt too few":
		retries = max(retries-1, 0)
	case "counts from when the policy was made":
		start = p.made
	}
	p.attempt.Store(0)
	for n := 1; ; n++ {
		if l == "keeps the number of the attempt with the rest" {
			n = int(p.attempt.Add(1))
		}
		timedOut := false
		timedOut, err = l.timed(ctx, p, fn)
		if n == 1 {
			first = err
		}
		switch {
		case err == nil && l == "throws a late success away" && ctx.Err() != nil:
			return ctx.Err()
		case err == nil && l == "runs a late success again" && timedOut:
			err = context.DeadlineExceeded
		case err == nil:
			if l == "runs once more after a success" && p.AttemptTimeout == 0 {
				_ = fn(ctx)
			}
			return nil
		case ctx.Err() != nil && !l.goesOn(p), timedOut && l == "takes the end of an attempt for the caller's":
			return l.ended(ctx, err)
		case IsFinal(err) && l != "retries whatever the error is":
			return err
		case n > retries && l != "never stops":
			return l.exhausted(p, first, err)
		}
		delay, left := l.delay(p, n), p.MaxElapsed-time.Since(start)
		if p.MaxElapsed > 0 && l != "has no limit" && delay > left {
			switch {
			case l == "waits for the limit":
				l.sleep(ctx, left)
				return err
			case l != "shortens the last delay" || left <= 0:
				return err
			}
			delay = left
		}
		deadline, ok := ctx.Deadline()
		if ok && !time.Now().Add(delay).Before(deadline) && l != "does not look at the deadline" {
			return err
		}
		if l == "stops after 15 minutes" && time.Since(start)+delay > 15*time.Minute {
			return err
		}
		l.sleep(ctx, delay)
		if ctx.Err() != nil && !l.goesOn(p) {
			return l.ended(ctx, err)
		}
	}
}

// goesOn reports whether it does not look at the caller's context.
func (l liar) goesOn(p *liarPolicy) bool {
	return l == "does not look at the context between" && p.Delay == 0 || l == "takes the caller's end for that of an attempt" && p.AttemptTimeout > 0
}

// timed makes one attempt, and reports whether its time was over.
func (l liar) timed(ctx context.Context, p *liarPolicy, fn func(context.Context) error) (timedOut bool, err error) {
	own, limit := ctx, p.AttemptTimeout
	switch l {
	case "keeps the context to itself":
		own = context.Background()
	case "hands on a context that does not end":
		own = context.WithoutCancel(ctx)
	case "gives an attempt half of its time":
		limit /= 2
	}
	if limit == 0 || l == "gives an attempt all the time it takes" {
		return false, l.run(own, fn)
	}
	own, cancel := context.WithTimeout(own, limit)
	defer cancel()
	err = l.run(own, fn)
	return own.Err() != nil && ctx.Err() == nil, err
}

// run makes one attempt.
func (l liar) run(ctx context.Context, fn func(context.Context) error) (err error) {
	if l == "swallows a panic" || l == "retries after a panic" {
		defer func() {
			if p := recover(); p != nil && l == "retries after a panic" {
				err = fmt.Errorf("panic: %v", p)
			}
		}()
	}
	return fn(ctx)
}

func (l liar) delay(p *liarPolicy, n int) time.Duration {
	switch {
	case p.Cap > 0:
		return l.doubled(p, n)
	case l == "waits a little longer":
		return p.Delay + time.Millisecond
	case l == "waits before the first retry only" && n > 1 && p.MaxElapsed == 0:
		return 0
	}
	return p.Delay
}

// doubled is a delay below a cap.
func (l liar) doubled(p *liarPolicy, n int) time.Duration {
	uncapped := p.Delay << min(n-1, 20)
	capped := min(uncapped, p.Cap)
	switch {
	case p.Jitter:
		return l.drawn(n, uncapped, capped)
	case l == "doubles until it overflows":
		return min(p.Delay<<(n-1), p.Cap)
	case l == "doubles beyond the cap" && n < 9:
		return uncapped
	case l == "keeps to powers of two":
		for capped = p.Delay; 2*capped <= p.Cap && n > 1; n-- {
			capped *= 2
		}
	}
	return capped
}

// drawn is a delay with jitter.
func (l liar) drawn(n int, uncapped, capped time.Duration) time.Duration {
	switch l {
	case "draws around the cap":
		return capped/2 + rand.N(capped+1)
	case "clamps what it has drawn":
		return min(rand.N(uncapped+1), capped)
	case "draws what it drew for others":
		return time.Duration(rand.New(rand.NewPCG(1, uint64(n))).Int64N(int64(capped) + 1))
	}
	return rand.N(capped + 1)
}

// sleep makes no timer for nothing: see [TestDo].
func (l liar) sleep(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	if l == "sleeps on when the context ends" {
		ctx = context.Background()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

func (l liar) cause(ctx context.Context) error {
	if l == "forgets the cause" {
		return ctx.Err()
	}
	return context.Cause(ctx)
}

func (l liar) ended(ctx context.Context, err error) error {
	if l == "returns the cause alone" {
		return context.Cause(ctx)
	}
	return errors.Join(err, l.cause(ctx))
}

func (l liar) exhausted(p *liarPolicy, first, err error) error {
	switch {
	case l == "sleeps after the last attempt":
		time.Sleep(p.Delay)
	case l == "returns the first error":
		return first
	case l == "returns the text of the error":
		return errors.New(err.Error())
	case l == "returns nothing after many retries" && p.Retries > 50:
		select {}
	}
	return err
}
