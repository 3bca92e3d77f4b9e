package proptest

import (
	"context"
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/classify"
)

// The laws of a classifier.
const (
	// ClassifierTotal is broken by nil pointers that are errors, by errors that cannot be compared, by an Unwrap that is taken for
	// granted.
	ClassifierTotal Law = "a classifier answers any tree of errors, and does not panic"
	// ClassifierFunction is broken by one that counts, or asks the time.
	ClassifierFunction Law = "a verdict is a function of the error, and of nothing else"
	// ClassifierNil is broken by a last case that takes whatever is left.
	ClassifierNil Law = "nil has no verdict"
	// ClassifierWrap is broken by one that looks at the outermost error only, or at the text of all of it.
	ClassifierWrap Law = "to wrap an error does not change its verdict"
	// ClassifierContext is broken by one that takes the end of the caller's context for a timeout.
	ClassifierContext Law = "the end of the caller's context is Permanent, unless nobody knows it"
	// ClassifierHint is broken by a hint that is the difference of two clocks.
	ClassifierHint Law = "a hint is not negative"
	// ClassifierShared is broken by notes that a classifier makes for itself.
	ClassifierShared Law = "a classifier may be shared by goroutines"
)

// TestClassifier tests that f keeps the laws of a classifier: that it has an answer to nil, which is none, and to any tree
// of errors, which is a function of it, the same when it is wrapped, and without a negative hint; that it gives up when the
// caller's context ends; and that goroutines may share it. The errors are those of [Errors]; add those that are yours,
// of which every other tree is made.
//
// Nil pointers that became errors are among them, as in a function that returns its *MyError as an error. [errors.Is]
// and [errors.As] panic on many of these; [classify.Is] and [classify.As] pass them over.
//
// Run it with -race, so that the last law is tested in full. Where t is a *rapid.T it draws once, and leaves the rest to the
// property around it.
func TestClassifier(t rapid.TB, f classify.Func, errs ...error) {
	t.Helper()
	law := func(t *rapid.T) { judge(t, f, errs) }
	if within, ok := t.(*rapid.T); ok {
		law(within)
		return
	}
	if v := verdict(t, f, nil); v != (classify.Verdict{}) {
		t.Fatalf("%v\nf(nil) = %v", ClassifierNil, verdictText(v))
	}
	for _, err := range leaves(errs) {
		weigh(t, f, Tree{err}, Tree{fmt.Errorf("call: %w", err)})
	}
	for _, ended := range []error{context.Canceled, context.DeadlineExceeded} {
		if v := verdict(t, f, ended); v.Class != classify.Permanent && v.Class != classify.Unknown {
			t.Fatalf("%v\nf(%v) = %v", ClassifierContext, Tree{ended}, verdictText(v))
		}
	}
	rapid.Check(t, law)
	all := leaves(errs)
	shared(t, ClassifierShared, func(i int) string {
		err := all[i%len(all)]
		return fmt.Sprintf("f(%v) = %v", Tree{err}, verdictText(f(err)))
	})
}

// leaves are the errors that trees are made of, those given first.
func leaves(errs []error) []error {
	return slices.Concat(errs, replyErrors, connectionErrors, clientErrors, hollow)
}

// judge draws one tree, and holds the verdict to the laws.
func judge(t *rapid.T, f classify.Func, errs []error) {
	tree := Errors(errs...).Draw(t, "error")
	if rapid.IntRange(0, 3).Draw(t, "nil pointers") == 3 {
		tree = Errors(hollow...).Draw(t, "error with nil pointers")
	}
	weigh(t, f, tree, Tree{disguise(t, f, tree.Err)})
}

// weigh holds the verdict on one tree to the laws, and compares it with that on the same tree in a wrapper.
func weigh(t rapid.TB, f classify.Func, tree, wrapped Tree) {
	t.Helper()
	v := verdict(t, f, tree.Err)
	if again := verdict(t, f, tree.Err); again != v {
		t.Fatalf("%v\nf(%v) = %v, and asked again %v", ClassifierFunction, tree, verdictText(v), verdictText(again))
	}
	if v.After < 0 {
		t.Fatalf("%v\nf(%v) = %v", ClassifierHint, tree, verdictText(v))
	}
	if got := verdict(t, f, wrapped.Err); got != v {
		t.Fatalf("%v\nf(%v) = %v\nf(%v) = %v", ClassifierWrap, tree, verdictText(v), wrapped, verdictText(got))
	}
}

// verdict asks f.
func verdict(t rapid.TB, f classify.Func, err error) classify.Verdict {
	t.Helper()
	v, panicked := attempted(func() classify.Verdict { return f(err) })
	if panicked != nil {
		t.Fatalf("%v\nf(%v) panics: %v", ClassifierTotal, Tree{err}, panicked)
	}
	return v
}
