package classify_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/proptest"
)

// FuzzRedis holds the laws of the one place that reads error texts:
//   - any text has an answer, with the protocol's dash or without;
//   - only the first word counts, except after ERR, after UNBLOCKED and where a script raised the error;
//   - what a script raised is never retried as if it had been refused, whatever stands before it;
//   - lower case, and text around an error, say nothing.
func FuzzRedis(f *testing.F) {
	for _, r := range replies {
		f.Add("", r.text)
		f.Add("LOADING ", r.text)
	}
	for text := range strings.SplitSeq(string(serverTexts), "\n") {
		f.Add("ERR ", text)
	}
	f.Fuzz(func(t *testing.T, lead, text string) {
		v := classify.Redis(errors.New(text))
		if got := classify.Redis(errors.New("-" + text)); got != v && !strings.HasPrefix(text, "-") {
			t.Errorf("%q is %+v, with a dash %+v", text, v, got)
		}
		if got := classify.Default(errors.New(text)); got != v {
			t.Errorf("%q is %+v to Redis and %+v to Default", text, v, got)
		}
		word, rest, _ := strings.Cut(strings.TrimPrefix(text, "-"), " ")
		if alone := classify.Redis(errors.New(word)); word != "ERR" && word != "UNBLOCKED" && !strings.Contains(rest, "script: ") && v != alone {
			t.Errorf("%q is %+v, %q alone %+v", text, v, word, alone)
		}
		if word != strings.ToUpper(word) && v != noOpinion {
			t.Errorf("%q is %+v", text, v)
		}
		switch got := classify.Redis(errors.New(lead + text + mark)); {
		case got.Class == classify.Transient, got.Class == classify.Overloaded, got.Class == classify.Redirect:
			t.Errorf("%q, out of a script, is %+v", lead+text+mark, got)
		case got.Only(got.Kind).Class == classify.Transient:
			t.Errorf("%q, out of a script, is %+v when listed", lead+text+mark, got.Only(got.Kind))
		}
		if got := classify.Redis(outspoken{errors.New(text)}); got != v {
			t.Errorf("%q is %+v, in a wrapper %+v", text, v, got)
		}
	})
}

// FuzzTrees holds Redis, and with it what reads trees, to the laws of a classifier: for as long as one likes.
func FuzzTrees(f *testing.F) {
	f.Fuzz(rapid.MakeFuzz(func(t *rapid.T) { proptest.TestClassifier(t, classify.Redis, rare...) }))
}
