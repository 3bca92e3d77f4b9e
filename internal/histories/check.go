package histories

import (
	"flag"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Check runs at least n histories against a driver and fails the test by the smallest one that breaks a
// law. rapid prints its seed. With -rapid.checks above n, or with -short, as many as that are run.
func Check(t *testing.T, n int, open func(Options) Driver) {
	t.Helper()
	h := New(t, open)
	atLeast(t, n)
	rapid.Check(t, func(t *rapid.T) {
		history := Histories().Draw(t, "history")
		violations, err := h.Run(history)
		if err != nil {
			t.Fatalf("%v\n%v", err, history)
		}
		if len(violations) > 0 {
			t.Fatalf("%s\nin the history\n%v", Report(violations), history)
		}
	})
}

// atLeast raises rapid's number of checks for the time of a test.
func atLeast(t *testing.T, n int) {
	t.Helper()
	const name = "rapid.checks"
	now := flag.Lookup(name).Value.String()
	if set, err := strconv.Atoi(now); testing.Short() || err == nil && set >= n {
		return
	}
	set := func(to string) {
		if err := flag.Set(name, to); err != nil {
			t.Fatal(err)
		}
	}
	set(strconv.Itoa(n))
	t.Cleanup(func() { set(now) })
}

// Report returns violations, a line each.
func Report(violations []Violation) string {
	lines := make([]string, len(violations))
	for i, v := range violations {
		lines[i] = v.String()
	}
	return strings.Join(lines, "\n")
}
