package policy_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

// nest is a loop whose operation is other loops, or one that fails.
type nest struct {
	retries int
	abreast bool // the loops within run side by side, rather than one after the other
	within  []nest
}

func (n nest) String() string {
	if len(n.within) == 0 {
		return fmt.Sprint(n.retries)
	}
	if n.abreast {
		return fmt.Sprintf("%d abreast %v", n.retries, n.within)
	}
	return fmt.Sprintf("%d%v", n.retries, n.within)
}

func nests(deep int) *rapid.Generator[nest] {
	return rapid.Custom(func(t *rapid.T) nest {
		n := nest{retries: rapid.SampledFrom([]int{0, 1, 2, 3, policy.Unlimited}).Draw(t, "retries")}
		if deep > 1 {
			n.abreast = rapid.Bool().Draw(t, "abreast")
			n.within = rapid.SliceOfN(nests(deep-1), 0, 3).Draw(t, "within")
		}
		return n
	})
}

// most returns how many retries the policies alone would make, or some number above limit.
func (n nest) most(limit int) int {
	within := 0
	for _, w := range n.within {
		within = min(within+w.most(limit), limit+1)
	}
	if n.retries == policy.Unlimited {
		return limit + 1
	}
	return min(n.retries+(n.retries+1)*within, limit+1)
}

// run runs the loops. Each attempt is counted, of all of them, and each loop that begins.
func (n nest) run(ctx context.Context, attempts, loops *atomic.Int64) error {
	r := atOnce(n.retries)
	r.Classify = always(classify.Verdict{Class: classify.Transient})
	loops.Add(1)
	return r.Do(ctx, func(ctx context.Context) error {
		attempts.Add(1)
		if len(n.within) == 0 {
			return errTransient
		}
		errs := make([]error, len(n.within))
		var all sync.WaitGroup
		for i, w := range n.within {
			if n.abreast {
				all.Go(func() { errs[i] = w.run(ctx, attempts, loops) })
			} else {
				errs[i] = w.run(ctx, attempts, loops)
			}
		}
		all.Wait()
		return errors.Join(errs...)
	})
}

// TestAllowanceIsUsedUpExactly: however loops lie within and beside each other, they make as many retries as the
// allowance says, or as their policies do, if that is less.
func TestAllowanceIsUsedUpExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := nests(4).Draw(t, "loops")
		allowed := rapid.IntRange(0, 30).Draw(t, "allowance")
		var attempts, loops atomic.Int64
		err := n.run(policy.WithAllowance(context.Background(), allowed), &attempts, &loops)
		if got, want := int(attempts.Load()-loops.Load()), min(allowed, n.most(allowed)); got != want || !errors.Is(err, errTransient) {
			t.Fatalf("%d retries, then %v; want %d", got, err, want)
		}
	})
}
