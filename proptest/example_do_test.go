package proptest_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/policy"
	"github.com/reprise-go/reprise/proptest"
)

// byHand is a loop of one's own. Its policy is the Spec itself.
type byHand struct{}

// New says what it can do, which is to wait: whatever else is asked for it does not offer.
func (byHand) New(s proptest.Spec) (proptest.Spec, bool) {
	return s, s == proptest.Spec{Retries: s.Retries, Delay: s.Delay}
}

func (byHand) Do(ctx context.Context, s proptest.Spec, fn func(context.Context) error) (err error) {
	for n := 0; n <= s.Retries && ctx.Err() == nil; n++ {
		if err = fn(ctx); err == nil || proptest.IsFinal(err) || n == s.Retries {
			return err
		}
		if s.Delay > 0 {
			select {
			case <-time.After(s.Delay):
			case <-ctx.Done():
			}
		}
	}
	return errors.Join(err, context.Cause(ctx))
}

// TestByHand is all that it takes. The loop sleeps until the deadline rather than give up, and is excused.
func TestByHand(t *testing.T) { proptest.TestDo(t, byHand{}, proptest.DoDeadline) }

func ExampleTestDo() {
	_ = func(t *testing.T) { // func TestByHand, in a test of yours
		proptest.TestDo(t, byHand{}, proptest.DoDeadline)
	}
	// Output:
}

func ExampleSurvey() {
	_ = func(t *testing.T) { // func TestTable, in a test of yours
		for _, f := range proptest.Survey(t, byHand{}) {
			fmt.Println(f.Law, f.Offered, f.Broken)
		}
	}
	// Output:
}

func ExampleSurveyStrategy() {
	_ = func(t *testing.T) { // func TestTable, in a test of yours
		for _, f := range proptest.SurveyStrategy(t, backoff.Default, 512*time.Millisecond) {
			fmt.Println(f.Law, f.Broken)
		}
	}
	// Output:
}

// What a survey finds, and how a counterexample reads.
func TestSurvey(t *testing.T) {
	var got strings.Builder
	for _, f := range proptest.Survey(t, byHand{}) {
		switch {
		case f.Broken != "":
			fmt.Fprintf(&got, "%v\n%s", f.Law, f.Broken)
		case !f.Offered:
			fmt.Fprintf(&got, "not offered: %v\n", f.Law)
		}
	}
	want := `not offered: delays double up to the cap, however many they are
not offered: a delay that is drawn at random is no longer than the cap
not offered: delays that are drawn at random differ, at the cap too
not offered: two operations do not draw the same delays
no delay is begun that the deadline cuts short
  asked for  1 retry, delay 1s
  happens    fail after 1s for ever; deadline after 1.5s
  got        1 attempt, at 0s; back after 1.5s with "failure 1\ncontext deadline exceeded"
  want       1 attempt, at 0s; back after 1s with "failure 1"
not offered: no attempt begins after the total time
not offered: no delay is begun, or shortened, that the total time cuts short
not offered: each attempt is told when its own time is over, and not before
not offered: an attempt whose time is over is retried
not offered: an attempt that succeeds has succeeded, even if its time is over
not offered: an attempt that ends with the caller's context is not taken for one whose time is over
`
	if got.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", got.String(), want)
	}
}

func ExampleDoLaws() {
	for _, law := range proptest.DoLaws() {
		fmt.Println(law)
	}
	// Output:
	// whatever can be asked for can be used: nothing panics, and it comes back
	// N retries are N+1 attempts
	// the delays are those that were asked for
	// delays double up to the cap, however many they are
	// a delay that is drawn at random is no longer than the cap
	// delays that are drawn at random differ, at the cap too
	// two operations do not draw the same delays
	// there is no delay after the last attempt
	// a success ends the loop and comes back as one, even if the context has ended meanwhile
	// an error that is final is not retried
	// the error of the last attempt is in the error that comes back
	// a panic of the operation passes through
	// each attempt is told of the caller's context
	// nothing is run under a context that has ended before
	// no attempt begins after the context has ended
	// a delay ends when the context does
	// no delay is begun that the deadline cuts short
	// when the context ends, the last error is still in the error that comes back
	// when the context ends, its cause is in the error that comes back
	// no attempt begins after the total time
	// no delay is begun, or shortened, that the total time cuts short
	// each attempt is told when its own time is over, and not before
	// an attempt whose time is over is retried
	// an attempt that succeeds has succeeded, even if its time is over
	// an attempt that ends with the caller's context is not taken for one whose time is over
	// a policy is used again as if it were new
	// a policy is used by several goroutines at once as if each had its own
}

func ExampleSpec() {
	s := proptest.Spec{Retries: 5, Delay: time.Second, Cap: 5 * time.Second, MaxElapsed: time.Minute}
	r := s.Retry()
	r.Classify = nil // it judges the errors of scenarios, which has no text

	fmt.Println(s)
	fmt.Println(&r)
	// Output:
	// 5 retries, delay 1s, doubling up to 5s, at most 1m0s in total
	// retries=5 backoff=exponential(500ms,5s) max_elapsed=1m0s
}

func ExampleReference() {
	r := policy.Retry{Retries: 3, Backoff: backoff.Constant(time.Second), Classify: proptest.Judge}
	s := proptest.Scenario{
		Outcomes: []proptest.Outcome{{Ending: proptest.Fails, Verdict: transient, Takes: 200 * time.Millisecond}},
		Cancel:   3 * time.Second,
		Cause:    errors.New("the user has left"),
	}
	f := proptest.Reference(r, s, nil, 0)

	fmt.Println(s)
	fmt.Println("attempts at", f.Began)
	fmt.Println("back after", f.Took, "since", f.Reason)
	fmt.Println("saying", f.Says)
	// Output:
	// fail after 200ms for ever; canceled after 3s, with the cause "the user has left"
	// attempts at [0s 1.2s 2.4s]
	// back after 3s since canceled
	// saying [failure 3 the user has left context canceled]
}
