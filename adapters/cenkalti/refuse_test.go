package cenkalti_test

import (
	"context"
	"math"
	"slices"
	"testing"
	"time"

	v4 "github.com/cenkalti/backoff/v4"

	"github.com/reprise-go/reprise/adapters/cenkalti"
	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/policy"
)

func TestFromRefuses(t *testing.T) {
	with := func(change func(*v4.ExponentialBackOff)) v4.BackOff {
		b := v4.NewExponentialBackOff()
		change(b)
		return b
	}
	const look = "; allowed: *ExponentialBackOff, *ConstantBackOff, *ZeroBackOff, *StopBackOff; of WithMaxRetries(b, n) the b, with Retries set to n"
	for _, tt := range []struct {
		b    v4.BackOff
		want string
	}{
		{nil, "cenkalti: cannot look into a <nil>" + look},
		{own{}, "cenkalti: cannot look into a cenkalti_test.own" + look},
		{v4.WithMaxRetries(&v4.ZeroBackOff{}, 3), "cenkalti: cannot look into a *backoff.backOffTries" + look},
		{v4.WithContext(&v4.ZeroBackOff{}, context.Background()),
			"cenkalti: a *backoff.backOffContext holds the context of one call; allowed: the BackOff within it, and the context for Do"},
		{(*v4.ExponentialBackOff)(nil), "cenkalti: the *ExponentialBackOff is nil; allowed: one from NewExponentialBackOff"},
		{(*v4.ConstantBackOff)(nil), "cenkalti: the *ConstantBackOff is nil; allowed: one from NewConstantBackOff"},
		{v4.NewConstantBackOff(v4.Stop), "cenkalti: ConstantBackOff.Interval is -1ns; allowed: 0 or more"},
		{with(func(b *v4.ExponentialBackOff) { b.InitialInterval, b.MaxInterval = -ms, -1 }),
			"cenkalti: ExponentialBackOff.InitialInterval is -1ms; allowed: 0 or more\ncenkalti: ExponentialBackOff.MaxInterval is -1ns; allowed: 0 or more"},
		{with(func(b *v4.ExponentialBackOff) { b.MaxElapsedTime = -1 }), "cenkalti: ExponentialBackOff.MaxElapsedTime is -1ns; allowed: 0 or more"},
		{with(func(b *v4.ExponentialBackOff) { b.RandomizationFactor = 1.5 }), "cenkalti: ExponentialBackOff.RandomizationFactor is 1.5; allowed: 0 to 1"},
		{with(func(b *v4.ExponentialBackOff) { b.RandomizationFactor = math.NaN() }), "cenkalti: ExponentialBackOff.RandomizationFactor is NaN; allowed: 0 to 1"},
		{with(func(b *v4.ExponentialBackOff) { b.Multiplier = -2 }), "cenkalti: ExponentialBackOff.Multiplier is -2; allowed: a finite number from 0 up"},
		{with(func(b *v4.ExponentialBackOff) { b.Multiplier = math.Inf(1) }), "cenkalti: ExponentialBackOff.Multiplier is +Inf; allowed: a finite number from 0 up"},
		{with(func(b *v4.ExponentialBackOff) { b.Multiplier = 1.000001 }),
			"cenkalti: ExponentialBackOff.Multiplier is 1.000001; allowed: one that reaches MaxInterval within 10000 steps"},
		{with(func(b *v4.ExponentialBackOff) { b.Stop = 0 }),
			"cenkalti: ExponentialBackOff.Stop is 0s; allowed: backoff.Stop, without which MaxElapsedTime does not stop v4"},
		{with(func(b *v4.ExponentialBackOff) { b.Clock = stopped{} }),
			"cenkalti: ExponentialBackOff.Clock is a cenkalti_test.stopped; allowed: backoff.SystemClock: policies read the time themselves"},
	} {
		if r, err := cenkalti.From(tt.b); err == nil || err.Error() != tt.want || r.Backoff != nil || r.Retries != 0 {
			t.Errorf("From(%#v) = %v,\n\t%v, want\n\t%s", tt.b, r, err, tt.want)
		}
	}
	// Without MaxElapsedTime neither field matters to v4.
	if _, err := cenkalti.From(with(func(b *v4.ExponentialBackOff) { b.MaxElapsedTime, b.Stop, b.Clock = 0, 0, stopped{} })); err != nil {
		t.Errorf("without MaxElapsedTime: %v, want nil", err)
	}
}

// own is a BackOff of the caller's.
type own struct{}

func (own) NextBackOff() time.Duration { return time.Second }
func (own) Reset()                     {}

// stopped is a Clock that cannot be compared.
type stopped struct{ _ []int }

func (stopped) Now() time.Time { return time.Time{} }

func TestToRefuses(t *testing.T) {
	for _, tt := range []struct {
		ctx  context.Context
		r    policy.Retry
		want string
	}{
		{context.Background(), policy.Retry{Retries: -2}, "cenkalti: no BackOff: policy: Retries is -2; allowed: Unlimited (-1), 0 or more"},
		{nil, policy.Retry{}, "cenkalti: no BackOff: the context is nil; allowed: context.Background() for none"},
		{context.Background(), policy.Retry{AttemptTimeout: time.Second, Budget: &policy.Budget{}, Observe: func(context.Context, policy.Event) {}},
			"cenkalti: no BackOff: Retry.AttemptTimeout is 1s; allowed: 0, since a BackOff does not run the attempts; use Do\n" +
				"Retry.Budget is set; allowed: nil, since a BackOff does not see the successes that refill it; use Do\n" +
				"Retry.Observe is set; allowed: nil, since a BackOff does not see the errors; use Do, or RetryNotify"},
		{context.Background(), policy.Retry{MinAttempt: time.Second, Inform: true},
			"cenkalti: no BackOff: Retry.MinAttempt is 1s; allowed: 0, since a BackOff does not run the attempts; use Do\n" +
				"Retry.Inform is true; allowed: false, since a BackOff does not run the attempts; use Do"},
		{context.Background(), policy.Retry{Live: live(policy.Retry{MinAttempt: time.Second})},
			"cenkalti: no BackOff: Retry.MinAttempt is 1s; allowed: 0, since a BackOff does not run the attempts; use Do"},
		{context.Background(), policy.Retry{Live: live(policy.Retry{}), Retries: 3},
			"cenkalti: no BackOff: policy: Live is set, and so are other fields; allowed: Live alone, with the policy given to NewLive"},
	} {
		if b, err := cenkalti.To(tt.ctx, tt.r); b != nil || err == nil || err.Error() != tt.want {
			t.Errorf("To(%v, %v) = %v,\n\t%v, want\n\t%s", tt.ctx, tt.r, b, err, tt.want)
		}
	}
}

func live(r policy.Retry) *policy.Live {
	l, err := policy.NewLive(r)
	if err != nil {
		panic(err)
	}
	return l
}

// TestToFollowsALive: a BackOff is for one call, which keeps the policy that it began with.
func TestToFollowsALive(t *testing.T) {
	l := live(policy.Retry{Retries: 3, Backoff: backoff.Constant(time.Second)})
	next := func(change func()) (all []time.Duration) {
		b, err := cenkalti.To(t.Context(), policy.Retry{Live: l})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b.NextBackOff())
		change()
		return append(all, b.NextBackOff())
	}
	set := func() {
		if err := l.Set("retries=3 backoff=constant(2s)"); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		change func()
		want   []time.Duration
	}{
		{set, []time.Duration{time.Second, time.Second}},
		{l.Off, []time.Duration{2 * time.Second, v4.Stop}},
		{l.On, []time.Duration{v4.Stop, 2 * time.Second}},
	} {
		if got := next(tt.change); !slices.Equal(got, tt.want) {
			t.Errorf("%v, want %v", got, tt.want)
		}
	}
}
