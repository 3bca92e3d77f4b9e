package policy_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/reprise-go/reprise/policy"
)

func TestAttemptsCountsFromOne(t *testing.T) {
	var events []policy.Event
	r := record(steady(3), &events)
	var numbers []int
	var err error
	took := inBubble(t, func(ctx context.Context) {
		for n := range r.Attempts(ctx, &err) {
			numbers = append(numbers, n)
			err = errTransient
		}
	})
	if !slices.Equal(numbers, []int{1, 2, 3, 4}) || took != 3*time.Second {
		t.Errorf("attempts %v in %v, want 1 to 4 in 3s", numbers, took)
	}
	if e := asError(t, err); *e != (policy.Error{Attempts: 4, Reason: policy.OutOfRetries, Err: errTransient}) {
		t.Errorf("got %+v", *e)
	}
	if got := len(events); got != 4 {
		t.Errorf("%d events, want 4", got)
	}
}

// What the body does, and what is to become of it.
func TestAttemptsBodies(t *testing.T) {
	errOwn := errors.New("the body's own")
	for _, tt := range []struct {
		name    string
		body    func(n int, err *error) (more bool)
		last    int // attempt
		err     error
		reasons []policy.Reason
	}{
		{
			"stores nothing",
			func(int, *error) bool { return true },
			1, nil,
			[]policy.Reason{policy.Succeeded},
		},
		{
			"breaks without an error",
			func(int, *error) bool { return false },
			1, nil,
			[]policy.Reason{policy.Succeeded},
		},
		{
			"breaks with an error of its own",
			func(_ int, err *error) bool { *err = errOwn; return false },
			1, errOwn,
			[]policy.Reason{},
		},
		{
			"breaks at the third attempt",
			func(n int, err *error) bool { *err = errTransient; return n < 3 },
			3, errTransient,
			[]policy.Reason{policy.Retrying, policy.Retrying},
		},
		{
			"stores nothing after a failure",
			func(n int, err *error) bool {
				if n == 1 {
					*err = errTransient
				}
				return true
			},
			2, nil,
			[]policy.Reason{policy.Retrying, policy.Succeeded},
		},
		{
			"stores what is not worth a retry",
			func(_ int, err *error) bool { *err = errPermanent; return true },
			1, errPermanent,
			[]policy.Reason{policy.NotRetryable},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var events []policy.Event
			r := record(atOnce(9), &events)
			err := errors.New("from before")
			last := 0
			for n := range r.Attempts(t.Context(), &err) {
				if err != nil {
					t.Errorf("attempt %d begins with %v", n, err)
				}
				last = n
				if !tt.body(n, &err) {
					break
				}
			}
			if last != tt.last || !same(err, tt.err) || !slices.Equal(reasons(events), tt.reasons) {
				t.Errorf("ended at %d with %v and %v, want %d, %v and %v", last, err, reasons(events), tt.last, tt.err, tt.reasons)
			}
		})
	}
}

func TestAttemptsContinueAndReturn(t *testing.T) {
	r := atOnce(9)
	runs := 0
	got, err := func() (v int, err error) {
		for n := range r.Attempts(t.Context(), &err) {
			runs++
			if n < 3 {
				err = errTransient
				continue
			}
			return 42, nil
		}
		return 0, err
	}()
	if got != 42 || err != nil || runs != 3 {
		t.Errorf("got %v, %v after %d runs, want 42 after 3", got, err, runs)
	}
}

// A nil err is an error that nobody sees, and so every attempt succeeds.
func TestAttemptsWithoutAnError(t *testing.T) {
	r := atOnce(9)
	var numbers []int
	for n := range r.Attempts(t.Context(), nil) {
		numbers = append(numbers, n)
	}
	if !slices.Equal(numbers, []int{1}) {
		t.Errorf("attempts %v, want one", numbers)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range r.Attempts(ctx, nil) {
		t.Error("an attempt began after the context had ended")
	}
}

// The sequence can be ranged over again, and begins anew.
func TestAttemptsTwice(t *testing.T) {
	r := atOnce(1)
	var err error
	seq := r.Attempts(t.Context(), &err)
	for range 2 {
		runs := 0
		for n := range seq {
			runs++
			if n != runs {
				t.Errorf("attempt %d is called %d", runs, n)
			}
			err = errTransient
		}
		if e := asError(t, err); runs != 2 || e.Attempts != 2 {
			t.Errorf("%d runs, then %v; want 2", runs, err)
		}
	}
}

func TestAttemptsRefusesContextsOfItsOwn(t *testing.T) {
	for want, r := range map[string]policy.Retry{
		"AttemptTimeout is 1s, MinAttempt 0s and Inform false": {Retries: 1, AttemptTimeout: time.Second},
		"AttemptTimeout is 0s, MinAttempt 1s and Inform false": {Retries: 1, MinAttempt: time.Second},
		"AttemptTimeout is 0s, MinAttempt 0s and Inform true":  {Retries: 1, Inform: true},
	} {
		var err error
		for range r.Attempts(t.Context(), &err) {
			t.Error("an attempt was made")
		}
		want = "policy: " + want + "; allowed in Attempts: 0, 0 and false, since the body has the caller's context; use Do"
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %v", err, want)
		}
	}
}

// A break gives up a retry that was paid for: it was made.
func TestAttemptsAndTheBudget(t *testing.T) {
	r := atOnce(9)
	r.Budget = &policy.Budget{}
	var err error
	for n := range r.Attempts(t.Context(), &err) {
		if err = errTransient; n == 3 {
			break
		}
	}
	if got := r.Budget.Tokens(); got != 490 {
		t.Errorf("%d tokens, want 490", got)
	}
}
