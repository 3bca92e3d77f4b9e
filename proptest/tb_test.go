package proptest_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/internal/rapidtest"
	"github.com/reprise-go/reprise/proptest"
)

// The liars are meant to fail: what rapid would keep of that is of no use. It is set before anything runs, since rapid reads its
// flags from every test.
func init() { rapidtest.SetFlag("rapid.nofailfile", "true") }

// findings runs a test of the kit as go test would, and returns what it found: the law and the counterexample, without
// what rapid says of its own work. It is empty if the test passed.
func findings(tb rapid.TB, test func(rapid.TB)) string {
	r := rapidtest.Record(tb, test)
	if !r.Failed() {
		return ""
	}
	var own []string
	for _, line := range r.Lines {
		if !strings.HasPrefix(line, "[rapid]") {
			own = append(own, line)
		}
	}
	if len(own) == 0 {
		return r.Text()
	}
	return strings.Join(own, "\n")
}

// caught holds that the kit names the law that a liar breaks, and that law alone, and shows how.
func caught(t *testing.T, law proptest.Law, test func(rapid.TB)) {
	t.Helper()
	got := findings(t, test)
	named, shown, _ := strings.Cut(got, "\n")
	if named != law.String() {
		t.Errorf("found %q, want %q", got, law)
	} else if shown == "" {
		t.Errorf("%q is broken, but the kit does not show how", law)
	}
	t.Logf("%s", got)
}
