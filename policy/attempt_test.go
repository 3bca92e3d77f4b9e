package policy_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/reprise-go/reprise/policy"
)

// TestAttemptFrom: each attempt knows its number, and how many more may follow.
func TestAttemptFrom(t *testing.T) {
	for _, tt := range []struct {
		name      string
		retries   int
		allowance int // -1: none
		want      string
	}{
		{"by Retries", 2, -1, "[{1 2} {2 1} {3 0}]"},
		{"by the allowance", 5, 2, "[{1 2} {2 1} {3 0}]"},
		{"by Retries, within the allowance", 1, 9, "[{1 1} {2 0}]"},
		{"by the allowance alone", policy.Unlimited, 1, "[{1 1} {2 0}]"},
		{"no retries", 0, -1, "[{1 0}]"},
	} {
		ctx := t.Context()
		if tt.allowance >= 0 {
			ctx = policy.WithAllowance(ctx, tt.allowance)
		}
		r := atOnce(tt.retries)
		r.Inform = true
		var got []policy.Attempt
		_ = r.Do(ctx, func(ctx context.Context) error {
			a, ok := policy.AttemptFrom(ctx)
			if !ok {
				t.Errorf("%s: attempt %d knows nothing", tt.name, len(got)+1)
			}
			got = append(got, a)
			return errTransient
		})
		if fmt.Sprint(got) != tt.want {
			t.Errorf("%s: %v, want %s", tt.name, got, tt.want)
		}
	}
}

func TestAttemptFromUnlimited(t *testing.T) {
	r := atOnce(policy.Unlimited)
	r.Inform = true
	_ = r.Do(t.Context(), func(ctx context.Context) error {
		if a, _ := policy.AttemptFrom(ctx); a != (policy.Attempt{Number: 1, Left: policy.Unlimited}) {
			t.Errorf("%+v, want any number left", a)
		}
		return nil
	})
}

// TestAttemptFromTheInnermost: a loop within a loop hides it, and one without Inform does not.
func TestAttemptFromTheInnermost(t *testing.T) {
	outer, inner, silent := atOnce(1), atOnce(7), atOnce(3)
	outer.Inform, inner.Inform = true, true
	_ = outer.Do(t.Context(), func(ctx context.Context) error {
		return silent.Do(ctx, func(ctx context.Context) error {
			if a, _ := policy.AttemptFrom(ctx); a.Left != 1 {
				t.Errorf("%+v in a loop that does not inform, want the outer one", a)
			}
			return inner.Do(ctx, func(ctx context.Context) error {
				if a, _ := policy.AttemptFrom(ctx); a.Left != 7 {
					t.Errorf("%+v in the inner loop, want its own", a)
				}
				return nil
			})
		})
	})
	if _, ok := policy.AttemptFrom(t.Context()); ok {
		t.Error("an attempt where there is none")
	}
}

func TestInformAllocatesOnce(t *testing.T) {
	if racing {
		t.Skip("the race detector allocates")
	}
	r := atOnce(0)
	r.Inform = true
	ctx, fn := t.Context(), func(context.Context) error { return nil }
	if n := testing.AllocsPerRun(100, func() { _ = r.Do(ctx, fn) }); n > 1 {
		t.Errorf("%v allocations for an attempt that is informed, want 1", n)
	}
}

// TestATimeoutCostsItsContextAlone: what the standard library takes for one, and nothing besides.
func TestATimeoutCostsItsContextAlone(t *testing.T) {
	if racing {
		t.Skip("the race detector allocates")
	}
	ctx, fn := t.Context(), func(context.Context) error { return nil }
	most := testing.AllocsPerRun(100, func() {
		own, cancel := context.WithTimeout(ctx, time.Hour)
		_ = fn(own)
		cancel()
	})
	for name, r := range map[string]policy.Retry{
		"AttemptTimeout": {Retries: 1, AttemptTimeout: time.Hour},
		"MinAttempt":     {Retries: 1, MinAttempt: time.Second, MaxElapsed: time.Hour},
	} {
		if n := testing.AllocsPerRun(100, func() { _ = r.Do(ctx, fn) }); n > most {
			t.Errorf("%s: %v allocations for an attempt, want no more than the %v of a context with a timeout", name, n, most)
		}
	}
}
