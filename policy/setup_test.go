package policy_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

const ms = time.Millisecond

// One error of each class, as classify.Default judges them.
var (
	errUnknown    = errors.New("something else")
	errPermanent  = error(reply("WRONGTYPE Operation against a key holding the wrong kind of value"))
	errTransient  = error(reply("CLUSTERDOWN The cluster is down"))
	errOverloaded = error(reply("BUSY Redis is busy running a script"))
	errRedirect   = error(reply("MOVED 3999 127.0.0.1:6381"))
	errAmbiguous  = errors.New("read tcp 127.0.0.1:6379: connection reset by peer") // see judge
)

// reply is an error reply of a server, as a client would return it.
type reply string

func (r reply) Error() string { return string(r) }

// errCause is why a context ended, where a test says why.
var errCause = errors.New("the user has left")

// judge is classify.Default and an opinion of errAmbiguous.
var judge = classify.First(classify.Is(errAmbiguous, classify.Verdict{Class: classify.Ambiguous, Kind: classify.Connection}), classify.Default)

var ambiguous = classify.Verdict{Class: classify.Ambiguous, Kind: classify.Connection}

// always returns the classifier that gives v for every error.
func always(v classify.Verdict) classify.Func {
	return func(error) classify.Verdict { return v }
}

// steady makes retries one second apart.
func steady(retries int) policy.Retry {
	return policy.Retry{Retries: retries, Backoff: backoff.Constant(time.Second), Classify: judge}
}

// atOnce makes retries without a delay.
func atOnce(retries int) policy.Retry {
	return policy.Retry{Retries: retries, Backoff: backoff.NoBackoff{}, Classify: judge}
}

// script is an operation that fails with its errors in turn, then with the last of them for ever.
type script struct {
	outcomes []error
	runs     int
}

func fails(outcomes ...error) *script { return &script{outcomes: outcomes} }

func (s *script) run(context.Context) error {
	s.runs++
	return s.outcomes[min(s.runs, len(s.outcomes))-1]
}

// record returns a copy of r that appends its events to the slice.
func record(r policy.Retry, events *[]policy.Event) policy.Retry {
	r.Observe = func(_ context.Context, e policy.Event) { *events = append(*events, e) }
	return r
}

// delays returns the delays that were begun.
func delays(events []policy.Event) []time.Duration {
	var all []time.Duration
	for _, e := range events {
		if e.Decision.Reason == policy.Retrying {
			all = append(all, e.Decision.Delay)
		}
	}
	return all
}

// reasons returns the reason of each event.
func reasons(events []policy.Event) []policy.Reason {
	all := make([]policy.Reason, len(events))
	for i, e := range events {
		all[i] = e.Decision.Reason
	}
	return all
}

// inBubble runs f in virtual time, with a context of the bubble, and returns how long it took
// there.
func inBubble(t *testing.T, f func(context.Context)) (took time.Duration) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		f(t.Context())
		took = time.Since(start)
	})
	return took
}

// pass lets virtual time pass: it is for use within a bubble.
func pass(d time.Duration) { time.Sleep(d) }

// same reports whether got is want itself, untouched.
func same(got, want error) bool { return any(got) == any(want) }

// asError returns err as an *Error, which it must be.
func asError(t *testing.T, err error) *policy.Error {
	t.Helper()
	e, ok := err.(*policy.Error) //nolint:errorlint // a loop returns it bare
	if !ok {
		t.Fatalf("got %#v, want a *policy.Error", err)
	}
	return e
}
