package proptest

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/reprise-go/reprise/internal/rapidtest"
)

// liar is a loop that keeps all laws but one. Its value says how it breaks that. "" is the loop that breaks none.
type liar string

// liars are the lies, and the law that each breaks.
var liars = map[liar]Law{
	"panics without a delay":                        DoUsable,
	"returns nothing after many retries":            DoUsable,
	"makes an attempt too many":                     DoAttempts,
	"makes an attempt too few":                      DoAttempts,
	"stops after 15 minutes":                        DoAttempts,
	"never stops":                                   DoAttempts,
	"waits a little longer":                         DoDelays,
	"waits before the first retry only":             DoDelays,
	"sleeps after the last attempt":                 DoLast,
	"throws a late success away":                    DoSuccess,
	"runs once more after a success":                DoSuccess,
	"retries whatever the error is":                 DoFinal,
	"returns the first error":                       DoError,
	"returns the text of the error":                 DoError,
	"swallows a panic":                              DoPanic,
	"retries after a panic":                         DoPanic,
	"keeps the context to itself":                   DoTold,
	"hands on a context that does not end":          DoTold,
	"runs once under any context":                   DoEnded,
	"does not look at the context between":          DoCanceled,
	"sleeps on when the context ends":               DoWait,
	"does not look at the deadline":                 DoDeadline,
	"returns the cause alone":                       DoKept,
	"forgets the cause":                             DoCause,
	"has no limit":                                  DoLimit,
	"shortens the last delay":                       DoFits,
	"waits for the limit":                           DoFits,
	"counts from when the policy was made":          DoReuse,
	"keeps the number of the attempt with the rest": DoShare,
}

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
		err = l.run(ctx, fn)
		if n == 1 {
			first = err
		}
		switch {
		case err == nil && l == "throws a late success away" && ctx.Err() != nil:
			return ctx.Err()
		case err == nil:
			if l == "runs once more after a success" {
				_ = fn(ctx)
			}
			return nil
		case ctx.Err() != nil && !(l == "does not look at the context between" && p.Delay == 0):
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
		if ctx.Err() != nil && !(l == "does not look at the context between" && p.Delay == 0) {
			return l.ended(ctx, err)
		}
	}
}

// run makes one attempt.
func (l liar) run(ctx context.Context, fn func(context.Context) error) (err error) {
	switch l {
	case "keeps the context to itself":
		ctx = context.Background()
	case "hands on a context that does not end":
		ctx = context.WithoutCancel(ctx)
	case "swallows a panic", "retries after a panic":
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
	case l == "waits a little longer":
		return p.Delay + time.Millisecond
	case l == "waits before the first retry only" && n > 1 && p.MaxElapsed == 0:
		return 0
	}
	return p.Delay
}

func (l liar) sleep(ctx context.Context, d time.Duration) {
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

func TestLiarsOfLoopsAreCaughtAndNamed(t *testing.T) {
	defer rapidtest.SetFlag("rapid.nofailfile", "true")()
	for lie, law := range liars {
		t.Run(string(lie), func(t *testing.T) {
			for _, l := range doLaws {
				restore := func() {}
				if l.law != law { // there are many of them, and one of the liars would do
					restore = rapidtest.SetFlag("rapid.checks", "10")
				}
				f := l.check(t, &silentTB{name: t.Name()}, erase(lie))
				restore()
				if (f.Broken != "") != (l.law == law) {
					t.Errorf("%v: broken: %q", f.Law, f.Broken)
				}
			}
		})
	}
}

func TestAnHonestLoopKeepsTheLaws(t *testing.T) { TestDo(t, liar("")) }
