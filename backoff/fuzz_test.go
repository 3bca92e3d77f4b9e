package backoff_test

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/reprise-go/reprise/backoff"
)

// FuzzParse reads any text: it never panics, an error stands at an offset within the
// text, and what parses is valid and prints as a text that reads back as itself.
// More seeds are in testdata/fuzz/FuzzParse.
func FuzzParse(f *testing.F) {
	for _, tt := range texts {
		f.Add(tt.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := backoff.Parse(text)
		if err != nil {
			var at *backoff.ParseError
			if !errors.As(err, &at) || at.Text != text || at.Offset < 0 || at.Offset > len(text) {
				t.Fatalf("Parse(%q) fails with %#v", text, err)
			}
			return
		}
		if err := backoff.Validate(s); err != nil {
			t.Fatalf("Parse(%q) = %v, which is not valid: %v", text, s, err)
		}
		again, err := backoff.Parse(fmt.Sprint(s))
		if again != s {
			t.Fatalf("Parse(%q) = %v, which reads back as %v, %v", text, s, again, err)
		}
		for _, u := range []float64{0, 0.5, 1} {
			if d := s.Delay(math.MaxInt, 1, u); d < 0 {
				t.Fatalf("%v.Delay(MaxInt, 1, %v) = %d", s, u, d)
			}
		}
	})
}
