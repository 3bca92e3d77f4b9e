package policy_test

import (
	"cmp"
	"context"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

func TestValidate(t *testing.T) {
	const rungsOf = "; allowed: not said (meaning idempotent), read_only, idempotent, convergent, accumulating"
	for _, tt := range []struct {
		r    policy.Retry
		want string // "" if valid
	}{
		{policy.Retry{}, ""},
		{policy.Retry{Retries: policy.Unlimited}, ""},
		{policy.Retry{Retries: math.MaxInt, MaxElapsed: math.MaxInt64, AttemptTimeout: 1, Replay: classify.Accumulating}, ""},
		{policy.RetryOn(classify.Kinds()...), ""},
		{policy.Retry{Classify: classify.Redis, On: []classify.Kind{"kind_of_my_own"}}, ""},
		{policy.Retry{Budget: &policy.Budget{Cost: 20}}, ""},
		{policy.Retry{Backoff: bare{}}, ""},

		{policy.Retry{Retries: -2}, "policy: Retries is -2; allowed: Unlimited (-1), 0 or more"},
		{policy.Retry{Backoff: backoff.Constant(-ms)}, "policy: Backoff: backoff: Constant is -1ms; allowed: 0 or more"},
		{policy.Retry{Backoff: backoff.Full(backoff.Exponential{Factor: 0.5})}, "policy: Backoff: backoff: Exponential.Factor is 0.5; allowed: 0 (meaning 2) or a finite number from 1 up"},
		{policy.Retry{Backoff: backoff.Full(nil)}, "policy: Backoff: backoff: strategy is nil; allowed: any Strategy"},
		{policy.RetryOn(), "policy: On lists no kind; allowed: nil (any kind), or one kind or more"},
		{policy.RetryOn("timeout", "time_out"), `policy: On is "time_out"; allowed: ` + kinds},
		{policy.RetryOn(""), `policy: On is ""; allowed: ` + kinds},
		{policy.Retry{Classify: classify.Redis, On: []classify.Kind{""}}, `policy: On is ""; allowed: ` + kinds},
		{policy.Retry{Replay: classify.Never}, "policy: Replay is never" + rungsOf},
		{policy.Retry{Replay: 6}, "policy: Replay is replay(6)" + rungsOf},
		{policy.Retry{MaxElapsed: -1}, "policy: MaxElapsed is -1ns; allowed: 0 (no limit) or more"},
		{policy.Retry{AttemptTimeout: -ms}, "policy: AttemptTimeout is -1ms; allowed: 0 (none) or more"},
		{policy.Retry{Budget: &policy.Budget{Capacity: -1}}, "policy: Budget.Capacity is -1; allowed: 0 (meaning 500), or the price of a retry (10) to 1000000000"},
		{policy.Retry{Budget: &policy.Budget{Capacity: 15, Cost: 20}}, "policy: Budget.Capacity is 15; allowed: 0 (meaning 500), or the price of a retry (20) to 1000000000"},
		{policy.Retry{Budget: &policy.Budget{Cost: -1}}, "policy: Budget.Cost is -1; allowed: 0 (meaning 5) or more"},
		{policy.Retry{Budget: &policy.Budget{OverloadCost: 4}}, ""},
		{policy.Retry{Budget: &policy.Budget{OverloadCost: -4}}, "policy: Budget.OverloadCost is -4; allowed: 0 (meaning 10, or Cost if that is more) or more"},
		{policy.Retry{Budget: &policy.Budget{Capacity: 1_000_000_001}}, "policy: Budget.Capacity is 1000000001; allowed: 0 (meaning 500), or the price of a retry (10) to 1000000000"},
		{policy.Retry{Budget: &policy.Budget{Floor: -2}}, "policy: Budget.Floor is -2; allowed: NoFloor (-1), or 0 (meaning 1) to 200000, with this Cost"},
		{policy.Retry{Budget: &policy.Budget{Floor: 200_001}}, "policy: Budget.Floor is 200001; allowed: NoFloor (-1), or 0 (meaning 1) to 200000, with this Cost"},
		{policy.Retry{MinAttempt: -1}, "policy: MinAttempt is -1ns; allowed: 0 (no shares) or more"},
		{policy.Retry{MinAttempt: 1, Retries: policy.Unlimited}, "policy: MinAttempt is 1ns; allowed: 0 with Retries unlimited, since there is no number of attempts to share the time"},
		{policy.Retry{MinAttempt: 2, AttemptTimeout: 1}, "policy: MinAttempt is 2ns; allowed: AttemptTimeout (1ns) at most"},
		{policy.Retry{Budget: &policy.Budget{Refund: -1}}, "policy: Budget.Refund is -1; allowed: 0 (meaning 1) to 1000000000"},
	} {
		got := ""
		if err := tt.r.Validate(); err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%v: got %q, want %q", &tt.r, got, tt.want)
		}
		if tt.want == "" {
			continue
		}
		// A loop says the same after the first failure, and makes no retry.
		for _, s := range []backoff.Strategy{tt.r.Backoff, cmp.Or(tt.r.Backoff, backoff.Strategy(backoff.NoBackoff{}))} {
			r, attempts := tt.r, 0
			r.Backoff = s
			err := r.Do(t.Context(), func(context.Context) error { attempts++; return errTransient })
			if want := errTransient.Error() + "\n" + tt.want; attempts != 1 || err.Error() != want {
				t.Errorf("%v: %d attempts, %q; want 1, %q", &r, attempts, err, want)
			}
		}
	}
}

// All that is wrong is said at once.
func TestValidateJoins(t *testing.T) {
	r := policy.Retry{
		Backoff: backoff.Constant(-1), Retries: -2, On: []classify.Kind{}, Replay: classify.Never, MaxElapsed: -1, AttemptTimeout: -1,
		Budget: &policy.Budget{Refund: -1},
	}
	want := []string{"Backoff:", "Retries is", "On lists", "Replay is", "MaxElapsed is", "AttemptTimeout is", "Budget.Refund is"}
	got := strings.Split(r.Validate().Error(), "\n")
	if len(got) != len(want) {
		t.Fatalf("got %d complaints, want %d: %q", len(got), len(want), got)
	}
	for i, line := range got {
		if !strings.HasPrefix(line, "policy: "+want[i]) {
			t.Errorf("complaint %d is %q, want policy: %s …", i+1, line, want[i])
		}
	}
}

func TestValidateAcceptsWhatIsGeneratedAsValid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := policies().Draw(t, "policy")
		if err := r.Validate(); err != nil {
			t.Fatalf("%v: %v", &r, err)
		}
	})
}
