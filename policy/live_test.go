package policy_test

import (
	"context"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

// newLive returns a Live of a policy that is valid.
func newLive(t *testing.T, r policy.Retry) *policy.Live {
	t.Helper()
	live, err := policy.NewLive(r)
	if err != nil {
		t.Fatal(err)
	}
	return live
}

// TestLiveIsFollowed by each operation that begins, through every door; one that is under way keeps what it began with.
func TestLiveIsFollowed(t *testing.T) {
	live := newLive(t, atOnce(2))
	r := &policy.Retry{Live: live}
	doors := map[string]func(func(context.Context) error) error{
		"Do": func(fn func(context.Context) error) error { return r.Do(t.Context(), fn) },
		"Value": func(fn func(context.Context) error) error {
			_, err := policy.Value(t.Context(), r, func(ctx context.Context) (int, error) { return 0, fn(ctx) })
			return err
		},
		"Attempts": func(fn func(context.Context) error) (err error) {
			for range r.Attempts(t.Context(), &err) {
				err = fn(t.Context())
			}
			return err
		},
	}
	for name, do := range doors {
		for _, text := range []string{"retries=2 backoff=none", "retries=5 backoff=none", "retries=0"} {
			if err := live.Set(text); err != nil {
				t.Fatal(err)
			}
			want := live.Load().Retries + 1
			op := fails(errTransient)
			_ = do(func(ctx context.Context) error {
				_ = live.Set("retries=9 backoff=none") // too late
				return op.run(ctx)
			})
			if op.runs != want {
				t.Errorf("%s under %q: %d attempts, want %d", name, text, op.runs, want)
			}
		}
	}
}

// TestASwapNeverYieldsAMixture: while two policies take turns, what is decided for an operation is what one of them
// decides.
func TestASwapNeverYieldsAMixture(t *testing.T) {
	texts := []string{
		"retries=1 backoff=constant(1ns) replay=read_only on=cluster_down",
		"retries=3 backoff=constant(2ns) replay=accumulating on=cluster_down,connection",
	}
	byDigest := map[string]policy.Retry{}
	var base policy.Retry
	for _, text := range texts {
		r, err := policy.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		r.Classify = judge
		byDigest[r.Digest()], base = r, r
	}
	type key struct{}
	base.Observe = func(ctx context.Context, e policy.Event) { // one goroutine for each operation
		events := ctx.Value(key{}).(*[]policy.Event)
		*events = append(*events, e)
	}
	live := newLive(t, base)
	r := policy.Retry{Live: live}
	var swaps sync.WaitGroup
	var done atomic.Bool
	swaps.Go(func() {
		for i := 0; !done.Load(); i++ {
			if err := live.Set(texts[i%2]); err != nil {
				t.Error(err)
			}
		}
	})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 500 {
				var events []policy.Event
				_ = r.Do(context.WithValue(t.Context(), key{}, &events), fails(errTransient, errAmbiguous).run)
				p, ok := byDigest[events[0].Policy]
				if !ok {
					t.Errorf("nobody has the policy %q", events[0].Policy)
					return
				}
				for _, e := range events {
					if e.Policy != events[0].Policy || p.Decide(e.State, e.Err) != e.Decision {
						t.Errorf("%+v is not decided by %v", e, p)
					}
				}
			}
		})
	}
	all.Wait()
	done.Store(true)
	swaps.Wait()
}

// TestLiveRefuses what is wrong, says what, and goes on as before.
func TestLiveRefuses(t *testing.T) {
	live := newLive(t, atOnce(2))
	before := live.Load()
	for want, wrong := range map[string]error{
		"retries \"many\"":     live.Set("retries=many"),
		"retries is missing":   live.Set(""),
		"MaxElapsed is -1ns":   live.Store(policy.Retry{MaxElapsed: -1}),
		"allowed: nil":         live.Store(policy.Retry{Live: live}),
		"MinAttempt is 1s":     live.Set("retries=unlimited min_attempt=1s"),
		"no such file":         live.File(filepath.Join(t.TempDir(), "none")),
		"Live is a zero one":   (&policy.Retry{Live: new(policy.Live)}).Validate(),
		"so are other fields;": (&policy.Retry{Live: live, Retries: 1}).Validate(),
	} {
		if wrong == nil || !strings.Contains(wrong.Error(), want) {
			t.Errorf("got %v, want an error with %q", wrong, want)
		}
	}
	mixed := policy.Retry{Live: live, Retries: 9}
	op := fails(errTransient)
	if err := mixed.Do(t.Context(), op.run); op.runs != 1 || !strings.Contains(err.Error(), "so are other fields") {
		t.Errorf("%d runs, %v; want one of a policy that is no policy, and why", op.runs, err)
	}
	if live.Load() != before {
		t.Error("the policy has changed")
	}
	if _, err := policy.NewLive(policy.Retry{Retries: -2}); err == nil {
		t.Error("NewLive took what Validate refuses")
	}
}

// TestLiveKeeps what a text cannot say, and a budget with what is in it.
func TestLiveKeeps(t *testing.T) {
	observed := 0
	base := atOnce(1)
	base.Budget = &policy.Budget{Capacity: 50, Floor: policy.NoFloor}
	base.Observe = func(context.Context, policy.Event) { observed++ }
	live := newLive(t, base)
	r := policy.Retry{Live: live}
	_ = r.Do(t.Context(), fails(errAmbiguous).run) // judged by base.Classify
	for _, text := range []string{"retries=2", "retries=2 budget=50,0,0,0,none"} {
		if err := live.Set(text); err != nil {
			t.Fatal(err)
		}
		if b := live.Load().Budget; b != base.Budget || b.Tokens() != 45 {
			t.Errorf("%q: another budget, or %d tokens, want 45", text, b.Tokens())
		}
	}
	if err := live.Set("retries=1 budget=100"); err != nil || live.Load().Budget.Tokens() != 100 {
		t.Errorf("%v, %d tokens, want 100 of another budget", err, live.Load().Budget.Tokens())
	}
	before := observed
	if _ = r.Do(t.Context(), fails(errAmbiguous, nil).run); observed != before+2 {
		t.Errorf("%d events, want 2", observed-before)
	}
}

// TestOff ends what is under way, after its delay, and On does not bring it back.
func TestOff(t *testing.T) {
	var events []policy.Event
	live := newLive(t, record(steady(policy.Unlimited), &events))
	op := fails(errTransient)
	took := inBubble(t, func(ctx context.Context) {
		time.AfterFunc(2500*ms, live.Off)
		_ = (&policy.Retry{Live: live}).Do(ctx, op.run)
	})
	last := events[len(events)-1]
	if took != 3*time.Second || op.runs != 3 || last.Decision.Reason != policy.OutOfRetries || !last.State.Off || !live.IsOff() {
		t.Errorf("%v, %d runs, at last %+v; want 3s, 3, out of retries", took, op.runs, last)
	}
	op = fails(errTransient)
	_ = (&policy.Retry{Live: live}).Do(t.Context(), op.run)
	if op.runs != 1 {
		t.Errorf("%d runs while retries are off, want 1", op.runs)
	}
	if err := live.Set("retries=1 backoff=none"); err != nil || live.IsOff() {
		t.Errorf("%v; off: %v, want a text to switch retries on", err, live.IsOff())
	}
	if err := live.Set(" off\n"); err != nil || !live.IsOff() {
		t.Errorf("%v; off: %v, want off", err, live.IsOff())
	}
}

// TestFollow: what is made of a policy is made once for each.
func TestFollow(t *testing.T) {
	live := newLive(t, atOnce(2))
	made := 0
	get := policy.Follow(policy.Retry{Live: live}, func(r policy.Retry) policy.Retry {
		made++
		r.Classify = always(classify.Verdict{Class: classify.Transient})
		return r
	})
	first := get()
	if get() != first || made != 1 {
		t.Errorf("made %d times for one policy, want once", made)
	}
	if err := live.Set("retries=4 backoff=none"); err != nil {
		t.Fatal(err)
	}
	op := fails(errUnknown)
	_ = get().Do(t.Context(), op.run)
	if get() == first || made != 2 || op.runs != 5 {
		t.Errorf("made %d times, %d runs; want 2, and 5 by the new policy", made, op.runs)
	}
	alone := policy.Follow(atOnce(3), func(r policy.Retry) int { return r.Retries })
	if once := alone(); *once != 3 || alone() != once {
		t.Error("a policy that stands is made of once")
	}
}

func TestLiveAllocatesNothing(t *testing.T) {
	if racing {
		t.Skip("the race detector allocates")
	}
	r := policy.Retry{Live: newLive(t, atOnce(2))}
	ctx, fn := t.Context(), func(context.Context) error { return nil }
	if n := testing.AllocsPerRun(100, func() { _ = r.Do(ctx, fn) }); n != 0 {
		t.Errorf("%v allocations for a success, want none", n)
	}
}
