package histories

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/internal/rapidtest"
)

// Check runs at least n histories against a driver and fails the test by the smallest one that breaks a
// law. rapid prints its seed. With -rapid.checks above n, or with -short, as many as that are run.
func Check(t *testing.T, n int, open func(Options) Driver) {
	t.Helper()
	h := New(t, open)
	rapidtest.AtLeast(t, n)
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

// Report returns violations, a line each.
func Report(violations []Violation) string {
	lines := make([]string, len(violations))
	for i, v := range violations {
		lines[i] = v.String()
	}
	return strings.Join(lines, "\n")
}
