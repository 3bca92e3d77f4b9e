package proptest

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/policy"
)

func TestRepriseKeepsTheLawsOfLoops(t *testing.T) { TestDo(t, Reprise{}) }

// stuck is a loop that waits for what no virtual time brings.
type stuck struct{ *sync.Mutex }

func (stuck) New(s Spec) (Spec, bool) { return s, true }

func (l stuck) Do(context.Context, Spec, func(context.Context) error) error {
	l.Lock()
	defer l.Unlock()
	return nil
}

func TestALoopThatIsStuckIsGivenUp(t *testing.T) {
	mu := new(sync.Mutex)
	mu.Lock() // for good
	all, offered := doCase{}.play(t, erase(stuck{mu}), doUses{}, time.Millisecond)
	if len(all) != 1 || !all[0].Hung || !offered {
		t.Errorf("%v", all)
	}
}

// A law that is not offered is skipped, an excepted one too, and each of the others tested.
func TestDoSkips(t *testing.T) {
	var f Finding
	for _, l := range doLaws {
		if l.law == DoLimit {
			f = l.check(t, &silentTB{name: t.Name()}, erase(unlimited{}))
		}
	}
	if want := (Finding{Law: DoLimit}); f != want {
		t.Errorf("got %+v, want %+v", f, want)
	}
}

// unlimited has no total time.
type unlimited struct{ Reprise }

func (u unlimited) New(s Spec) (p *policy.Retry, offered bool) {
	p, _ = u.Reprise.New(s)
	return p, s.MaxElapsed == 0
}

// Every law is a sentence of its own, with a liar that breaks it.
func TestEachLawOfLoopsHasALiar(t *testing.T) {
	told := map[Law]bool{}
	for _, law := range liars {
		told[law] = true
	}
	seen := map[Law]bool{}
	for _, law := range DoLaws() {
		if !told[law] || seen[law] || strings.HasSuffix(law.String(), ".") {
			t.Errorf("%v: a liar: %t; twice: %t", law, told[law], seen[law])
		}
		seen[law] = true
	}
}

// What a scenario says is what happens: Reference and Play agree where there is no loop to speak of.
func TestPlayDoesAsTheScriptSays(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := Scenarios().Draw(rt, "scenario")
		all, _ := doCase{Scenario: s}.play(t, func(Spec) (doFunc, bool) {
			return func(ctx context.Context, attempt func(context.Context) error) error { return attempt(ctx) }, true
		}, doUses{}, patience)
		h, o := all[0], s.Outcome(1)
		heard := s.ends() != 0 && (o.Hears && s.ends() <= o.Takes || o.Takes == Forever)
		switch {
		case len(h.Began) != 1 || h.Deaf != 0 || h.Hung:
			rt.Fatalf("%+v", h)
		case h.Took != o.Takes && !heard, (h.Panic != nil) != (o.Ending == Panics) && !heard, (h.Err != nil) != (o.Ending == Fails) && !heard:
			rt.Fatalf("%v", h)
		}
	})
}
