package redissyntax_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/internal/redissyntax"
)

func TestSyntax(t *testing.T) {
	v := redissyntax.Vocabulary{"n": redissyntax.Pick("7")}
	s := redissyntax.MustParse("A <n>+ [ B | C D ] ( E | F <n> )+")
	seen := map[string]bool{}
	for seed := range 500 {
		args := rapid.Custom(func(t *rapid.T) []string { return s.Draw(t, v) }).Example(seed)
		seen[strings.Join(args, " ")] = true
	}
	for _, want := range []string{"A 7 E", "A 7 7 E", "A 7 B E", "A 7 C D F 7", "A 7 E F 7"} {
		if !seen[want] {
			t.Errorf("the template never gave %q", want)
		}
	}
}
