package proptest

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"time"
)

const (
	// most is how many attempts an operation may make before it is stopped: more than a scenario needs.
	most = 256
	// month is how long an attempt blocks that nobody tells to stop.
	month = 30 * 24 * time.Hour
	// year is how long a loop may take before it counts as hung.
	year = 365 * 24 * time.Hour
)

// History is what happened in one operation. Times are since its start.
type History struct {
	Began []time.Duration // each attempt
	Ended []time.Duration // each attempt that did not panic
	Errs  []error         // of each attempt that did not panic
	Err   error           // that came back
	Panic any             // that came back; nil if none did
	Took  time.Duration   // until it came back
	Cause error           // of the caller's context then; nil if it had not ended
	// Deaf is the first attempt whose context was not the caller's or made from it, or had not ended
	// though the caller's had; 0 if there was none.
	Deaf int
	// Hung means that nothing came back within a year, or the loop made more than 256 attempts.
	Hung bool
}

// Play performs the operation in the loop under test, and returns what happened. Call it in a testing/synctest
// bubble: it takes as long as the scenario says. do is called once, on a goroutine of its own, and is given the caller's
// context and what it is to attempt. A loop that does not end is stopped after 256 attempts, by [runtime.Goexit] in
// the attempt.
func (s Scenario) Play(do func(ctx context.Context, attempt func(context.Context) error) error) History {
	p := &player{scenario: s, start: time.Now()}
	ctx, cancel := s.context(p)
	defer cancel()
	done := make(chan struct{})
	hung := true
	go func() {
		defer close(done)
		defer func() {
			p.Lock()
			defer p.Unlock()
			if p.Panic = recover(); p.Panic != nil {
				hung = false
			}
			p.Took, p.Cause = time.Since(p.start), context.Cause(ctx)
		}()
		p.Err = do(ctx, p.attempt)
		hung = false
	}()
	limit := time.NewTimer(year)
	defer limit.Stop()
	select {
	case <-done:
		p.Hung = hung
		return p.History
	case <-limit.C:
		p.Lock() // who hangs may go on
		defer p.Unlock()
		h := p.History
		h.Hung = true
		return h
	}
}

// player is a scenario under way.
type player struct {
	sync.Mutex
	History

	scenario Scenario
	start    time.Time
}

type playerKey struct{}

// context returns the caller's context.
func (s Scenario) context(p *player) (context.Context, context.CancelFunc) {
	ctx, end := context.WithCancelCause(context.WithValue(context.Background(), playerKey{}, p))
	stop := func() bool { return false }
	switch {
	case s.Cancel < 0:
		end(s.Cause)
	case s.Cancel > 0:
		stop = time.AfterFunc(s.Cancel, func() { end(s.Cause) }).Stop
	}
	release := func() {}
	if s.Deadline != 0 {
		ctx, release = context.WithDeadlineCause(ctx, p.start.Add(s.Deadline), s.Cause)
	}
	return ctx, func() {
		stop()
		release()
		end(nil)
	}
}

// attempt is what the loop under test runs.
func (p *player) attempt(ctx context.Context) error {
	p.Lock()
	p.Began = append(p.Began, time.Since(p.start))
	n := len(p.Began)
	if ctx.Value(playerKey{}) != p {
		p.deaf(n)
	}
	p.Unlock()
	if n > most {
		runtime.Goexit()
	}
	o := p.scenario.Outcome(n)
	err := o.last(ctx)
	p.Lock()
	defer p.Unlock()
	now := time.Since(p.start)
	if end := p.scenario.ends(); end > 0 && now > end && ctx.Err() == nil {
		p.deaf(n)
	}
	failure := Failure{Attempt: n, Verdict: o.Verdict, run: p}
	switch {
	case err != nil: // it heard
	case o.Ending == Panics:
		panic(failure)
	case o.Ending == Fails || o.Takes == Forever:
		err = failure
	}
	p.Ended, p.Errs = append(p.Ended, now), append(p.Errs, err)
	return err
}

func (p *player) deaf(n int) {
	if p.Deaf == 0 {
		p.Deaf = n
	}
}

// ends returns when the caller's context ends: 0 if it does not, less if it had.
func (s Scenario) ends() time.Duration {
	if s.Cancel == 0 || s.Deadline == 0 {
		return s.Cancel + s.Deadline
	}
	return min(s.Cancel, s.Deadline)
}

// ended returns the cause of the context's end and its error, given when it ended.
func (s Scenario) ended(at time.Duration) []error {
	err := context.DeadlineExceeded
	if s.Cancel < 0 || s.Deadline == 0 || s.Cancel > 0 && s.Cancel <= at && s.Cancel < s.Deadline {
		err = context.Canceled
	}
	cause := s.Cause
	if cause == nil {
		cause = err
	}
	return []error{cause, err}
}

// last lasts as long as the attempt, and returns the context's error if it was heard.
func (o Outcome) last(ctx context.Context) error {
	var done <-chan struct{}
	if o.Hears || o.Takes == Forever {
		done = ctx.Done()
	}
	if o.Takes <= 0 {
		return nil
	}
	takes := o.Takes
	if takes == Forever {
		takes = month
	}
	timer := time.NewTimer(takes)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-done:
		return ctx.Err()
	}
}

// String says in one line what happened.
func (h History) String() string {
	var b strings.Builder
	b.WriteString(attemptsText(h.Began))
	switch {
	case h.Hung:
		b.WriteString("; it did not come back")
	case h.Panic != nil:
		fmt.Fprintf(&b, "; panic after %v: %v", h.Took, h.Panic)
	case h.Err == nil:
		fmt.Fprintf(&b, "; success after %v", h.Took)
	default:
		fmt.Fprintf(&b, "; back after %v with %s", h.Took, quoted(h.Err))
	}
	return b.String()
}

// quoted is the text of an error, or the beginning of it: some libraries say every failure there was.
func quoted(err error) string {
	const most = 200
	text := err.Error()
	if len(text) > most {
		return fmt.Sprintf("%q…", strings.ToValidUTF8(text[:most], ""))
	}
	return fmt.Sprintf("%q", text)
}

// attemptsText says when attempts began: of many the first and the last.
func attemptsText(began []time.Duration) string {
	const shown, last = 12, 3
	switch len(began) {
	case 0:
		return "no attempt"
	case 1:
		return fmt.Sprintf("1 attempt, at %v", began[0])
	}
	var times []string
	for i, at := range began {
		switch {
		case len(began) <= shown, i < shown-last, i >= len(began)-last:
			times = append(times, at.String())
		case i == shown-last:
			times = append(times, "…")
		}
	}
	return fmt.Sprintf("%d attempts, at %s", len(began), strings.Join(times, ", "))
}
