package policy_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

func TestReplayFrom(t *testing.T) {
	ctx := t.Context()
	if got := policy.ReplayFrom(ctx); got != 0 {
		t.Errorf("ReplayFrom of a plain context = %v, want none", got)
	}
	outer := policy.WithReplay(ctx, classify.Accumulating)
	inner := policy.WithReplay(outer, classify.Never)
	if a, b := policy.ReplayFrom(outer), policy.ReplayFrom(inner); a != classify.Accumulating || b != classify.Never {
		t.Errorf("ReplayFrom = %v, %v; want accumulating, never", a, b)
	}
}

// The caller knows that this one counter may run ahead.
func ExampleWithReplay() {
	ctx := policy.WithReplay(context.Background(), classify.ReadOnly)
	fmt.Println(policy.ReplayFrom(ctx))
	// Output: read_only
}

func ExampleReplayFrom() {
	fmt.Println(policy.ReplayFrom(context.Background()) == 0)
	// Output: true
}
