package proptest

import (
	"testing"

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
	"doubles until it overflows":                    DoGrows,
	"doubles beyond the cap":                        DoGrows,
	"keeps to powers of two":                        DoGrows,
	"draws around the cap":                          DoBounded,
	"clamps what it has drawn":                      DoSpread,
	"draws what it drew for others":                 DoDraws,
	"gives an attempt all the time it takes":        DoTimeout,
	"gives an attempt half of its time":             DoTimeout,
	"takes the end of an attempt for the caller's":  DoTimedOut,
	"runs a late success again":                     DoLate,
	"takes the caller's end for that of an attempt": DoApart,
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
