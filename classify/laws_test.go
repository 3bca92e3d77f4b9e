package classify_test

import (
	"errors"
	"net"
	"testing"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/proptest"
)

// shipped are the classifiers that the laws are about.
var shipped = map[string]classify.Func{
	"Default": classify.Default,
	"Net":     classify.Net,
	"Redis":   classify.Redis,
	"Only":    classify.Only(nil, classify.Connection, classify.Response),
	"First":   classify.First(nil, classify.Redis, classify.Net),
	"Is":      classify.Is(net.ErrClosed, refused(classify.Closed)),
	"As":      classify.As(func(e *net.DNSError) classify.Verdict { return refused(classify.Kind(e.Name)) }),
}

// TestLaws: the laws of a classifier, as they are for everybody's.
func TestLaws(t *testing.T) {
	t.Parallel()
	for name, f := range shipped {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			proptest.TestClassifier(t, f, rare...)
		})
	}
}

// TestLawWhole: the class of a verdict is one of the six, and only Unknown comes without a kind.
func TestLawWhole(t *testing.T) {
	t.Parallel()
	for name, f := range shipped {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				v := f(anyError().Draw(t, "err"))
				if v.Class > classify.Ambiguous || (v.Class == classify.Unknown) != (v == noOpinion) || v.Class != classify.Unknown && v.Kind == "" {
					t.Fatalf("%+v", v)
				}
			})
		})
	}
}

// TestLawJoin: the order of joined errors does not matter for the class, and the most
// cautious class wins: Permanent, Ambiguous, Overloaded, Transient, Redirect, Unknown.
func TestLawJoin(t *testing.T) {
	t.Parallel()
	caution := map[classify.Class]int{
		classify.Redirect: 1, classify.Transient: 2, classify.Overloaded: 3, classify.Ambiguous: 4, classify.Permanent: 5,
	}
	for _, name := range []string{"Default", "Net", "Redis"} {
		f := shipped[name]
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				a, b := anyError().Draw(t, "a"), anyError().Draw(t, "b")
				want := f(a)
				if v := f(b); caution[v.Class] > caution[want.Class] {
					want = v
				}
				if got := f(errors.Join(a, b)); got != want {
					t.Fatalf("Join(a, b) is %+v, want %+v", got, want)
				}
				if got := f(errors.Join(b, a)); got.Class != want.Class {
					t.Fatalf("Join(b, a) is %+v, want %v", got, want.Class)
				}
			})
		})
	}
}

// TestLawDefault: on an error that joins nothing, Default is First(Net, Redis).
func TestLawDefault(t *testing.T) {
	t.Parallel()
	both := classify.First(classify.Net, classify.Redis)
	rapid.Check(t, func(t *rapid.T) {
		err := chain().Draw(t, "err")
		if got, want := classify.Default(err), both(err); got != want {
			t.Fatalf("Default is %+v, First(Net, Redis) %+v", got, want)
		}
	})
}

// TestLawOnly: narrowing gives no new opinion, retries nothing that is not listed, and takes
// nothing that may have run for refused.
func TestLawOnly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		err := anyError().Draw(t, "err")
		kinds := rapid.SliceOf(rapid.SampledFrom(classify.Kinds())).Draw(t, "kinds")
		v, only := classify.Default(err), classify.Only(nil, kinds...)(err)
		listed := false
		for _, k := range kinds {
			listed = listed || v.Kind.Is(k)
		}
		switch {
		case only != v.Only(kinds...):
			t.Fatalf("%+v became %+v", v, only)
		case only.Kind != v.Kind || only.After != v.After:
			t.Fatalf("%+v became %+v", v, only)
		case v.Class == classify.Unknown && only != v:
			t.Fatalf("no opinion became %+v", only)
		case v.Class != classify.Unknown && !listed && only.Class != classify.Permanent:
			t.Fatalf("%v is not listed and %v", v.Kind, only.Class)
		case v.Class == classify.Ambiguous && listed && only != v:
			t.Fatalf("%+v became %+v", v, only)
		case listed && v.Class != classify.Unknown && only.Class == classify.Permanent:
			t.Fatalf("%v is listed and Permanent", v.Kind)
		}
	})
}
