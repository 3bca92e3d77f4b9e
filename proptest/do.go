package proptest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/internal/rapidtest"
)

// TestDo holds a loop to the laws of loops, [DoLaws], each in a subtest of its own, in virtual time. A law that the library has
// no way to keep, because it does not offer what the law is about, is skipped; so are those in except.
//
// It survives libraries that panic, never return, or retry for ever. Those that spin without an attempt or a sleep
// are given up after ten seconds of real time.
//
// Under the race detector, make no timer for a delay of 0: Go's runtime may crash where a timer in a bubble is due at once
// while another one fires (golang.org/issue/78156, open in Go 1.26).
func TestDo[P any](t *testing.T, l Library[P], except ...Law) {
	t.Helper()
	loop := erase(l)
	for _, law := range doLaws {
		t.Run(string(law.law), func(t *testing.T) {
			t.Helper()
			if slices.Contains(except, law.law) {
				t.Skip("excepted")
			}
			if f := law.check(t, t, loop); !f.Offered {
				t.Skip("the library does not offer this")
			}
		})
	}
}

// DoLaws returns the laws of loops, in the order in which they are tested.
func DoLaws() []Law {
	var laws []Law
	for _, l := range doLaws {
		laws = append(laws, l.law)
	}
	return laws
}

// Finding is what came of testing one law.
type Finding struct {
	Law Law
	// Offered is false if the library has no way to say what the law is about.
	Offered bool
	// Broken is the smallest counterexample that was found; "" if the law is kept.
	Broken string
}

// Survey tests each law as [TestDo] does, and returns what it found rather than failing: for tables. It draws the same inputs
// each time. Do not call it in parallel with other tests that use rapid: it sets rapid's flags, for as long as it takes.
func Survey[P any](t *testing.T, l Library[P]) []Finding {
	t.Helper()
	defer repeatably()()
	loop := erase(l)
	var all []Finding
	for _, law := range doLaws {
		all = append(all, law.check(t, &silentTB{name: t.Name()}, loop))
	}
	return all
}

// repeatably has rapid draw the same each time and keep nothing, until the function that it returns is called.
func repeatably() (restore func()) {
	files, seed := rapidtest.SetFlag("rapid.nofailfile", "true"), rapidtest.SetFlag("rapid.seed", "1")
	return func() {
		seed()
		files()
	}
}

// patience is how long to wait, in real time, for what needs less than a millisecond.
const patience = 10 * time.Second

// check tests one law. t lends its bubbles, tb hears of the result.
func (l doLaw) check(t *testing.T, tb rapid.TB, loop loopUnderTest) Finding {
	tb.Helper()
	f := Finding{Law: l.law}
	rapid.Check(tb, func(rt *rapid.T) {
		c := l.cases.Draw(rt, "case")
		all, offered := c.play(t, loop, l.uses, patience)
		f.Offered = f.Offered || offered
		if !offered {
			return
		}
		if broken := l.broken(c, all); broken != "" {
			f.Broken = broken // the last that rapid tries is the smallest
			rt.Log("\n" + broken)
			rt.Fatalf("%v", l.law) // always the same, or rapid does not take it for the same failure
		}
	})
	return f
}

// broken returns the counterexample in words, or "".
func (l doLaw) broken(c doCase, all []History) string {
	for i, h := range all {
		if !l.judge(c, h, all[0]) {
			continue
		}
		var b strings.Builder
		line := func(what, text string) { b.WriteString("  " + what + strings.Repeat(" ", 11-len(what)) + text + "\n") }
		line("asked for", c.Spec.String())
		line("happens", c.Scenario.String())
		line("got", h.String())
		if l.note != "" {
			line("and", l.note)
		}
		switch {
		case c.Spec.Jitter: // the reference has no dice
		case i > 0 && l.uses.again:
			line("alone", all[0].String())
		default:
			line("want", c.want())
		}
		return b.String()
	}
	return ""
}

// want is what the reference says.
func (c doCase) want() string {
	f := Reference(c.Spec.Retry(), c.Scenario, nil, 0)
	h := History{Began: f.Began, Took: f.Took}
	if f.Panics {
		h.Panic = Failure{Attempt: len(f.Began), Verdict: c.Scenario.Outcome(len(f.Began)).Verdict}
	}
	if len(f.Says) > 0 {
		h.Err = saying(f.Says)
	}
	return h.String()
}

// saying is an error that names others.
type saying []error

func (s saying) Error() string {
	var texts []string
	for _, err := range s {
		if text := err.Error(); !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return strings.Join(texts, "; ")
}

// silentTB is a rapid.TB that keeps failures to itself.
type silentTB struct {
	name   string
	failed bool
}

func (s *silentTB) Name() string          { return s.name }
func (s *silentTB) Failed() bool          { return s.failed }
func (s *silentTB) Fail()                 { s.failed = true }
func (s *silentTB) FailNow()              { s.failed = true }
func (s *silentTB) Error(...any)          { s.failed = true }
func (s *silentTB) Errorf(string, ...any) { s.failed = true }
func (s *silentTB) Fatal(...any)          { s.failed = true }
func (s *silentTB) Fatalf(string, ...any) { s.failed = true }
func (s *silentTB) Helper()               {}
func (s *silentTB) Log(...any)            {}
func (s *silentTB) Logf(string, ...any)   {}
func (s *silentTB) Skip(...any)           {}
func (s *silentTB) Skipf(string, ...any)  {}
func (s *silentTB) SkipNow()              {}
