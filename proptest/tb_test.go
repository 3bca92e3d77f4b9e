package proptest_test

import (
	"flag"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/proptest"
)

// The liars are meant to fail: what rapid would keep of that is of no use. It is set before anything runs, since rapid reads its
// flags from every test.
func init() { _ = flag.Set("rapid.nofailfile", "true") }

// recorder is a TB that keeps what is said to it.
type recorder struct {
	rapid.TB // that says the name, and has the *testing.T behind it

	lines  []string
	failed bool
}

// Unwrap lets the kit find the *testing.T, which virtual time needs.
func (r *recorder) Unwrap() rapid.TB { return r.TB }

func (r *recorder) Helper()                         {}
func (r *recorder) Logf(format string, args ...any) { r.Log(fmt.Sprintf(format, args...)) }
func (r *recorder) Log(args ...any)                 { r.lines = append(r.lines, fmt.Sprint(args...)) }
func (r *recorder) Errorf(format string, args ...any) {
	r.Logf(format, args...)
	r.Fail()
}

func (r *recorder) Error(args ...any) {
	r.Log(args...)
	r.Fail()
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.Logf(format, args...)
	r.FailNow()
}

func (r *recorder) Fatal(args ...any) {
	r.Log(args...)
	r.FailNow()
}

func (r *recorder) Fail()        { r.failed = true }
func (r *recorder) Failed() bool { return r.failed }

func (r *recorder) FailNow() {
	r.failed = true
	runtime.Goexit()
}

// findings runs a test of the kit as go test would, and returns what it found: the law and the counterexample, without
// what rapid says of its own work. It is empty if the test passed.
func findings(tb rapid.TB, test func(rapid.TB)) string {
	r := &recorder{TB: tb}
	done := make(chan struct{})
	go func() { // which FailNow ends
		defer close(done)
		test(r)
	}()
	<-done
	if !r.failed {
		return ""
	}
	var own []string
	for _, line := range r.lines {
		if !strings.HasPrefix(line, "[rapid]") {
			own = append(own, line)
		}
	}
	if len(own) == 0 {
		return strings.Join(r.lines, "\n")
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
