package classify_test

import (
	"testing"

	"github.com/reprise-go/reprise/classify"
)

// TestClassString holds the names of the classes.
func TestClassString(t *testing.T) {
	t.Parallel()
	for c, want := range map[classify.Class]string{
		classify.Unknown: "unknown", classify.Permanent: "permanent", classify.Transient: "transient",
		classify.Overloaded: "overloaded", classify.Redirect: "redirect", classify.Ambiguous: "ambiguous",
		6: "class(6)", 255: "class(255)",
	} {
		if got := c.String(); got != want {
			t.Errorf("Class(%d).String() = %q, want %q", uint8(c), got, want)
		}
	}
}

// TestReplayString holds the names of the rungs, and that ParseReplay reads them.
func TestReplayString(t *testing.T) {
	t.Parallel()
	for r, want := range map[classify.Replay]string{
		classify.ReadOnly: "read_only", classify.Idempotent: "idempotent", classify.Convergent: "convergent",
		classify.Accumulating: "accumulating", classify.Never: "never",
		0: "", 6: "replay(6)", 255: "replay(255)",
	} {
		if got := r.String(); got != want {
			t.Errorf("Replay(%d).String() = %q, want %q", uint8(r), got, want)
		}
		got, err := classify.ParseReplay(want)
		switch known := r >= classify.ReadOnly && r <= classify.Never; {
		case known && (err != nil || got != r):
			t.Errorf("ParseReplay(%q) = %v, %v, want %v", want, got, err, r)
		case !known && (err == nil || got != 0):
			t.Errorf("ParseReplay(%q) = %v, want an error", want, got)
		}
	}
}

// TestReplayOrder holds that the rungs rise from harmless to never.
func TestReplayOrder(t *testing.T) {
	t.Parallel()
	var below classify.Replay
	for _, r := range []classify.Replay{classify.ReadOnly, classify.Idempotent, classify.Convergent, classify.Accumulating, classify.Never} {
		if r <= below {
			t.Errorf("%v is not above %v", r, below)
		}
		below = r
	}
}

// TestParseReplayError holds that bad input is named, and what is allowed.
func TestParseReplayError(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":         `classify: replay "" is unknown; allowed: read_only, idempotent, convergent, accumulating, never`,
		"ReadOnly": `classify: replay "ReadOnly" is unknown; allowed: read_only, idempotent, convergent, accumulating, never`,
		"never!":   `classify: replay "never!" is unknown; allowed: read_only, idempotent, convergent, accumulating, never`,
	} {
		if _, err := classify.ParseReplay(text); err == nil || err.Error() != want {
			t.Errorf("ParseReplay(%q): %v, want %s", text, err, want)
		}
	}
}
