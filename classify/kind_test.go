package classify_test

import (
	"regexp"
	"testing"

	"github.com/reprise-go/reprise/classify"
)

// parents is redis-py's tree of exceptions, as far as there are kinds for them: from a
// special case to what it is a case of.
var parents = map[classify.Kind]classify.Kind{
	classify.BusyLoading:     classify.Connection,
	classify.MaxClients:      classify.Connection,
	classify.Pool:            classify.Connection,
	classify.MasterDown:      classify.ClusterDown,
	classify.ClusterDown:     classify.Response,
	classify.Moved:           classify.Ask,
	classify.Ask:             classify.Response,
	classify.TryAgain:        classify.Response,
	classify.ReadOnlyReplica: classify.Response,
	classify.NoPermission:    classify.Response,
	classify.Busy:            classify.Response,
	classify.OutOfMemory:     classify.Response,
	classify.NoReplicas:      classify.Response,
	classify.Misconf:         classify.Response,
	classify.NoScript:        classify.Response,
	classify.ExecAbort:       classify.Response,
	classify.CrossSlot:       classify.Response,
	classify.Script:          classify.Response,
}

// TestKindIs asks about every pair of kinds.
func TestKindIs(t *testing.T) {
	t.Parallel()
	for _, k := range classify.Kinds() {
		for _, other := range classify.Kinds() {
			want := false
			for up := k; up != ""; up = parents[up] {
				want = want || up == other
			}
			if got := k.Is(other); got != want {
				t.Errorf("%s.Is(%s) = %t, want %t", k, other, got, want)
			}
		}
	}
}

// TestKindIsForeign asks about kinds of a user's own.
func TestKindIsForeign(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		k, other classify.Kind
		want     bool
	}{
		{"quota", "quota", true},
		{"quota", "", false},
		{"quota", classify.Response, false},
		{classify.Moved, "quota", false},
		{classify.Moved, "", false},
		{"", "", true},
		{"", classify.Connection, false},
	} {
		if got := tt.k.Is(tt.other); got != tt.want {
			t.Errorf("%q.Is(%q) = %t, want %t", tt.k, tt.other, got, tt.want)
		}
	}
}

// TestKinds holds that the list is complete, without doubles, in snake_case, and the
// caller's own.
func TestKinds(t *testing.T) {
	t.Parallel()
	snake := regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`)
	seen := map[classify.Kind]bool{}
	for _, k := range classify.Kinds() {
		if seen[k] || !snake.MatchString(string(k)) {
			t.Errorf("%q is listed twice or not in snake_case", k)
		}
		seen[k] = true
	}
	for special, general := range parents {
		if !seen[special] || !seen[general] {
			t.Errorf("%s or %s is missing", special, general)
		}
	}
	for _, r := range replies {
		if k := r.want.Kind; k != "" && !seen[k] {
			t.Errorf("%s, which Redis gives, is missing", k)
		}
	}
	for _, k := range []classify.Kind{classify.Timeout, classify.TLS, classify.Canceled, classify.Closed, classify.Auth} {
		if !seen[k] {
			t.Errorf("%s is missing", k)
		}
	}
	classify.Kinds()[0] = "mine"
	if got := classify.Kinds()[0]; got != classify.Connection {
		t.Errorf("a caller changed the list: %q", got)
	}
}
