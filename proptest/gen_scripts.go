package proptest

import (
	"context"
	"fmt"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/backoff"
)

// Step is what one attempt of an operation does. The zero value succeeds at once.
type Step struct {
	// Err is how the attempt ends; nil is a success.
	Err error
	// Takes is how long it takes until then; [backoff.Uncapped] is for ever.
	Takes time.Duration
	// Hears means that the attempt ends with its context, with the context's error, if that comes first. One that takes
	// for ever hears, whatever is said here.
	Hears bool
	// Panics means that it panics instead, with the Step itself.
	Panics bool
}

// Run makes the attempt: it waits as long as the step takes, and returns or panics as it says. It sleeps by package time, so
// that it costs nothing in a bubble of [testing/synctest]. An attempt that takes for ever needs a context that ends.
func (s Step) Run(ctx context.Context) error {
	if s.Takes == backoff.Uncapped {
		<-ctx.Done()
		return ctx.Err()
	}
	if s.Takes > 0 {
		timer := time.NewTimer(s.Takes)
		defer timer.Stop()
		ended := ctx.Done()
		if !s.Hears {
			ended = nil
		}
		select {
		case <-timer.C:
		case <-ended:
			return ctx.Err()
		}
	}
	if s.Panics {
		panic(s)
	}
	return s.Err
}

// String says what the step does: "EOF after 3s" for example.
func (s Step) String() string {
	if s.Takes == backoff.Uncapped {
		return "blocks until its context ends"
	}
	what := "succeeds"
	switch {
	case s.Panics:
		what = "panics"
	case s.Err != nil:
		what = Tree{s.Err}.String()
	}
	if s.Takes > 0 {
		what += fmt.Sprintf(" after %v", s.Takes)
		if s.Hears {
			what += ", or when its context ends"
		}
	}
	return what
}

// GoString is String, for the log of rapid.
func (s Step) GoString() string { return s.String() }

// Script is what an operation does, attempt by attempt. The last step is that of all attempts that follow; an empty
// script always succeeds.
type Script []Step

// Step returns what attempt n does, from 1.
func (s Script) Step(n int) Step {
	if len(s) == 0 {
		return Step{}
	}
	return s[min(max(n, 1), len(s))-1]
}

// Func returns an operation that does what the script says, from its first step on. Each one counts its own
// attempts, and is for one goroutine.
func (s Script) Func() func(context.Context) error {
	n := 0
	return func(ctx context.Context) error {
		n++
		return s.Step(n).Run(ctx)
	}
}

// String lists the steps: "1: io.EOF after 3s; 2…: succeeds".
func (s Script) String() string {
	var b strings.Builder
	for n := 1; n < len(s); n++ {
		fmt.Fprintf(&b, "%d: %v; ", n, s.Step(n))
	}
	fmt.Fprintf(&b, "%d…: %v", max(len(s), 1), s.Step(len(s)))
	return b.String()
}

// GoString is String, for the log of rapid.
func (s Script) GoString() string { return s.String() }

// Scripts draws what an operation does: up to ten steps that succeed, fail with one of the errors, at once or after up to a
// minute, block until their context ends, or panic. Without errors given they are those of [Errors]. Run it
// with a context that ends. They shrink to the one that succeeds at once.
func Scripts(errs ...error) *rapid.Generator[Script] {
	failures := rapid.Map(Errors(), func(e Tree) error { return e.Err })
	if len(errs) > 0 {
		failures = rapid.SampledFrom(errs)
	}
	return rapid.Custom(func(t *rapid.T) Script {
		return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Step { return step(t, failures) }), 1, 10).Draw(t, "steps")
	})
}

// step draws one step of a script.
func step(t *rapid.T, failures *rapid.Generator[error]) Step {
	switch what := rapid.IntRange(0, 11).Draw(t, "what"); what {
	case 0, 1:
		return timed(t, Step{})
	case 10:
		return Step{Takes: backoff.Uncapped}
	case 11:
		return timed(t, Step{Panics: true})
	}
	return timed(t, Step{Err: failures.Draw(t, "error")})
}

// timed draws how long a step takes.
func timed(t *rapid.T, s Step) Step {
	if rapid.Bool().Draw(t, "takes time") {
		s.Takes = Delays(1, time.Minute).Draw(t, "takes")
		s.Hears = rapid.Bool().Draw(t, "hears")
	}
	return s
}
