package proptest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"reflect"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/proptest"
)

// TestClassifierLiars runs classifiers that break one law each.
func TestClassifierLiars(t *testing.T) {
	var calls, note atomic.Int64
	ambiguous := classify.Verdict{Class: classify.Ambiguous, Kind: classify.Connection}
	transient := classify.Verdict{Class: classify.Transient, Kind: classify.BusyLoading}
	mine := errors.New("my client: loading")
	for name, liar := range map[string]struct {
		law proptest.Law
		f   classify.Func
	}{
		"looks errors up in a map": {proptest.ClassifierTotal, func(err error) classify.Verdict {
			_ = map[error]bool{}[err]
			return classify.Default(err)
		}},
		"takes a pointer for a value": {proptest.ClassifierTotal, func(err error) classify.Verdict {
			if op := (*net.OpError)(nil); errors.As(err, &op) && op.Op == "dial" {
				return transient
			}
			return classify.Verdict{}
		}},
		"asks a nil pointer what it wraps": {proptest.ClassifierTotal, func(err error) classify.Verdict {
			if errors.Is(err, io.EOF) {
				return ambiguous
			}
			return classify.Verdict{}
		}},
		"changes its mind": {proptest.ClassifierFunction, func(err error) classify.Verdict {
			v := classify.Default(err)
			if v.Class == classify.Transient && calls.Add(1)%2 == 0 {
				v.Class = classify.Permanent
			}
			return v
		}},
		"calls nil a failure": {proptest.ClassifierNil, func(err error) classify.Verdict {
			if v := classify.Default(err); v.Class != classify.Unknown {
				return v
			}
			return classify.Verdict{Class: classify.Permanent, Kind: classify.Response}
		}},
		"looks at the outermost error": {proptest.ClassifierWrap, func(err error) classify.Verdict {
			if op, ok := err.(*net.OpError); ok && op != nil { //nolint:errorlint // that is its lie
				return ambiguous
			}
			return classify.Verdict{}
		}},
		"knows its own error by ==": {proptest.ClassifierWrap, func(err error) classify.Verdict {
			if reflect.TypeOf(err) == reflect.TypeOf(mine) && err == mine { //nolint:errorlint // that is its lie
				return transient
			}
			return classify.Redis(err)
		}},
		"looks for words in the text": {proptest.ClassifierWrap, func(err error) classify.Verdict {
			if err != nil && strings.Contains(fmt.Sprint(err), "LOADING") {
				return transient
			}
			return classify.Verdict{}
		}},
		"retries what the caller has given up": {proptest.ClassifierContext, classify.First(
			classify.Is(context.DeadlineExceeded, classify.Verdict{Class: classify.Ambiguous, Kind: classify.Timeout}), classify.Default)},
		"has hints in the past": {proptest.ClassifierHint, func(err error) classify.Verdict {
			v := classify.Redis(err)
			if v.Kind == classify.BusyLoading {
				v.After = -time.Second
			}
			return v
		}},
		"works on a note that all share": {proptest.ClassifierShared, func(err error) classify.Verdict {
			v := classify.Default(err)
			note.Store(int64(v.Class))
			runtime.Gosched()
			v.Class = classify.Class(note.Load())
			return v
		}},
	} {
		t.Run(name, func(t *testing.T) {
			caught(t, liar.law, func(t rapid.TB) { proptest.TestClassifier(t, liar.f, mine) })
		})
	}
}
