package policy_test

import (
	"context"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/policy"
)

// times returns n equal bounds.
func times(n int, b policy.Bounds) []policy.Bounds {
	all := make([]policy.Bounds, n)
	for i := range all {
		all[i] = b
	}
	return all
}

func TestPlan(t *testing.T) {
	const s, never = time.Second, backoff.Uncapped
	type bounds = policy.Bounds
	exactly := func(d time.Duration) bounds { return bounds{Min: d, Max: d} }
	upTo := func(d time.Duration) bounds { return bounds{Max: d} }
	jittered := backoff.Full(backoff.Constant(s))
	for _, tt := range []struct {
		name string
		r    policy.Retry
		want policy.Plan
	}{
		{"zero", policy.Retry{}, policy.Plan{Attempts: 1}},
		{"3 retries", policy.Retry{Retries: 3}, policy.Plan{
			Attempts: 4, Delays: []bounds{upTo(16 * ms), upTo(32 * ms), upTo(64 * ms)}, Wait: upTo(112 * ms),
		}},
		{"3 retries, half jitter", policy.Retry{Retries: 3, Backoff: backoff.Equal(backoff.Exponential{})}, policy.Plan{
			Attempts: 4, Delays: []bounds{{8 * ms, 16 * ms}, {16 * ms, 32 * ms}, {32 * ms, 64 * ms}}, Wait: bounds{Min: 56 * ms, Max: 112 * ms},
		}},
		{"at once", policy.RetryOn("timeout"), policy.Plan{Attempts: 2, Delays: []bounds{{}}}},
		{"decorrelated", policy.Retry{Retries: 3, Backoff: backoff.Decorrelated{Base: s, Cap: 10 * s}}, policy.Plan{
			Attempts: 4, Delays: []bounds{exactly(s), {s, 3 * s}, {s, 9 * s}}, Wait: bounds{Min: 3 * s, Max: 13 * s},
		}},
		{"unlimited", policy.Retry{Retries: policy.Unlimited, Backoff: backoff.Constant(s)}, policy.Plan{
			Attempts: policy.Unlimited, Delays: times(64, exactly(s)), Wait: upTo(never),
		}},
		{"unlimited, at once", policy.Retry{Retries: policy.Unlimited, Backoff: backoff.NoBackoff{}}, policy.Plan{
			Attempts: policy.Unlimited, Delays: times(64, bounds{}),
		}},
		{"unlimited, at once, for a second", policy.Retry{Retries: policy.Unlimited, Backoff: backoff.NoBackoff{}, MaxElapsed: s}, policy.Plan{
			Attempts: policy.Unlimited, Delays: times(64, bounds{}),
		}},
		{"unlimited, for a second, jittered", policy.Retry{Retries: policy.Unlimited, Backoff: backoff.Full(backoff.Constant(ms)), MaxElapsed: s}, policy.Plan{
			Attempts: policy.Unlimited, Delays: times(64, upTo(ms)), Wait: upTo(s),
		}},
		{"unlimited, for less than one delay", policy.Retry{Retries: policy.Unlimited, Backoff: backoff.Constant(s), MaxElapsed: s - 1}, policy.Plan{Attempts: 1}},
		{"unlimited, for two delays", policy.Retry{Retries: policy.Unlimited, Backoff: backoff.Constant(s), MaxElapsed: 2 * s}, policy.Plan{
			Attempts: 3, Delays: times(2, exactly(s)), Wait: exactly(2 * s),
		}},
		{"cut", policy.Retry{Retries: 9, Backoff: backoff.Constant(s), MaxElapsed: 2500 * ms}, policy.Plan{
			Attempts: 3, Delays: times(2, exactly(s)), Wait: exactly(2 * s),
		}},
		{"cut, growing", policy.Retry{Retries: 9, Backoff: backoff.Linear{Base: s, Cap: never}, MaxElapsed: 6 * s}, policy.Plan{
			Attempts: 4, Delays: []bounds{exactly(s), exactly(2 * s), exactly(3 * s)}, Wait: exactly(6 * s),
		}},
		{"cut within the first delay, jittered", policy.Retry{Retries: 1, Backoff: backoff.Full(backoff.Constant(10 * s)), MaxElapsed: 4 * s}, policy.Plan{
			Attempts: 2, Delays: []bounds{upTo(4 * s)}, Wait: upTo(4 * s),
		}},
		{"cut within the last delay, jittered", policy.Retry{Retries: 3, Backoff: jittered, MaxElapsed: 2500 * ms}, policy.Plan{
			Attempts: 4, Delays: times(3, upTo(s)), Wait: upTo(2500 * ms),
		}},
		{"cut, half jitter", policy.Retry{Retries: 9, Backoff: backoff.Equal(backoff.Constant(2 * s)), MaxElapsed: 3500 * ms}, policy.Plan{
			Attempts: 4, Delays: []bounds{{s, 2 * s}, {s, 2 * s}, {s, 1500 * ms}}, Wait: bounds{Min: 1500*ms + 1, Max: 3500 * ms},
		}},
		{"not cut", policy.Retry{Retries: 2, Backoff: backoff.Constant(s), MaxElapsed: 2 * s}, policy.Plan{
			Attempts: 3, Delays: times(2, exactly(s)), Wait: exactly(2 * s),
		}},
		{"longest delays", policy.Retry{Retries: 2, Backoff: backoff.Constant(never)}, policy.Plan{
			Attempts: 3, Delays: times(2, exactly(never)), Wait: exactly(never),
		}},
		{"100 retries", policy.Retry{Retries: 100, Backoff: backoff.Constant(s)}, policy.Plan{
			Attempts: 101, Delays: times(64, exactly(s)), Wait: exactly(100 * s),
		}},
		{"65536 retries", policy.Retry{Retries: 65536, Backoff: backoff.Constant(1)}, policy.Plan{
			Attempts: 65537, Delays: times(64, exactly(1)), Wait: exactly(65536),
		}},
		{"too many to count", policy.Retry{Retries: 65537, Backoff: backoff.Constant(1)}, policy.Plan{
			Attempts: policy.Unlimited, Delays: times(64, exactly(1)), Wait: upTo(never),
		}},
		{"MaxInt retries", policy.Retry{Retries: math.MaxInt}, policy.Plan{
			Attempts: policy.Unlimited,
			Delays:   append([]bounds{upTo(16 * ms), upTo(32 * ms), upTo(64 * ms), upTo(128 * ms), upTo(256 * ms)}, times(59, upTo(512*ms))...),
			Wait:     upTo(never),
		}},
	} {
		if got := tt.r.Plan(); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: Plan of %v is %+v, want %+v", tt.name, &tt.r, got, tt.want)
		}
	}
}

// Runs stay within the plan at both ends, and reach both where chance is at its ends.
func TestPlanIsExact(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := policies().Draw(rt, "policy")
		r.On, r.Budget, r.AttemptTimeout, r.Classify = nil, nil, 0, always(transient)
		plan := r.Plan()
		if plan.Wait.Min > plan.Wait.Max {
			rt.Fatalf("%v: the plan waits %v", &r, plan.Wait)
		}
		var events []policy.Event
		var attempts int
		inBubble(t, func(ctx context.Context) {
			r := record(r, &events)
			_ = r.Do(ctx, func(context.Context) error { attempts++; return errUnknown })
		})
		var sum time.Duration
		for _, d := range delays(events) {
			sum += d
		}
		if attempts > plan.Attempts && plan.Attempts != policy.Unlimited || sum < plan.Wait.Min || sum > plan.Wait.Max {
			rt.Fatalf("%v: %d attempts and %v of waiting, planned %v", &r, attempts, sum, plan)
		}
		// With the same chance at every failure.
		for _, u := range []float64{0, 1} {
			attempts, sum := follow(&r, u)
			if sum < plan.Wait.Min || sum > plan.Wait.Max || u == 0 && plan.Attempts > 0 && attempts != plan.Attempts {
				rt.Fatalf("%v: %d attempts and %v of waiting at %v, planned %v", &r, attempts, sum, u, plan)
			}
			if r.MaxElapsed == 0 && (u == 0 && sum != plan.Wait.Min || u == 1 && sum != plan.Wait.Max) {
				rt.Fatalf("%v: %v of waiting at %v, planned %v", &r, sum, u, plan)
			}
		}
	})
}

// follow asks for decisions alone: attempts that take no time, and always the same chance.
func follow(r *policy.Retry, u float64) (attempts int, sum time.Duration) {
	s := policy.State{Attempt: 1, Draw: u}
	for {
		d := r.Decide(s, errUnknown)
		if d.Reason != policy.Retrying {
			return s.Attempt, s.Elapsed
		}
		s.Attempt++
		s.Prev = d.Delay
		s.Elapsed += d.Delay
	}
}

func TestPlanText(t *testing.T) {
	for _, tt := range []struct {
		r    policy.Retry
		want string
	}{
		{policy.Retry{}, "1 attempt, 0s of waiting"},
		{policy.Retry{Retries: 2}, "after failure 1 wait 0s to 16ms\nafter failure 2 wait 0s to 32ms\n3 attempts at most, 0s to 48ms of waiting"},
		{steady(1), "after failure 1 wait 1s\n2 attempts at most, 1s of waiting"},
		{steady(65), strings.Repeat("after failure N wait 1s\n", 64) + "and so on\n66 attempts at most, 1m5s of waiting"},
		{steady(policy.Unlimited), strings.Repeat("after failure N wait 1s\n", 64) + "and so on\nany number of attempts, 0s or more of waiting"},
	} {
		want := strings.Split(tt.want, "\n")
		got := strings.Split(tt.r.Plan().String(), "\n")
		for i := range got {
			if strings.Contains(tt.want, "failure N") && strings.HasPrefix(got[i], "after") {
				got[i] = "after failure N " + strings.SplitN(got[i], " ", 4)[3]
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%v: got %q, want %q", &tt.r, got, want)
		}
	}
}
