package policy_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

// Every decision is reported once, in order, with the state it was made from.
func TestEvents(t *testing.T) {
	const s = time.Second
	var events []policy.Event
	r := record(steady(3), &events)
	r.Replay = classify.Convergent
	inBubble(t, func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		op := fails(errTransient, errRedirect, errAmbiguous, nil)
		err := r.DoOp(ctx, &policy.Op{Name: "del", Node: "a:1", Replay: classify.Convergent}, func(ctx context.Context) error {
			pass(100 * ms)
			return op.run(ctx)
		})
		if err != nil {
			t.Error(err)
		}
	})
	event := func(err error, state policy.State, d policy.Decision) policy.Event {
		state.Deadline, state.Replay = time.Minute, classify.Convergent
		return policy.Event{Op: "del", Node: "a:1", State: state, Err: err, Decision: d}
	}
	want := []policy.Event{
		event(errTransient, policy.State{Attempt: 1, Elapsed: 100 * ms}, decision(transient, policy.Retrying, s)),
		event(errRedirect, policy.State{Attempt: 2, Prev: s, Elapsed: 1200 * ms}, decision(redirect, policy.Retrying, 0)),
		event(errAmbiguous, policy.State{Attempt: 3, Elapsed: 1300 * ms}, decision(ambiguous, policy.Retrying, s)),
		event(nil, policy.State{Attempt: 4, Prev: s, Elapsed: 2400 * ms}, policy.Decision{}),
	}
	compareEvents(t, r, events, want)
}

// compareEvents compares all but the draws, and replays each event.
func compareEvents(t *testing.T, r policy.Retry, got, want []policy.Event) {
	t.Helper()
	for i, e := range got {
		if d := r.Decide(e.State, e.Err); d != e.Decision {
			t.Errorf("event %d replays as %+v, not %+v", i, d, e.Decision)
		}
		got[i].State.Draw = 0
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// A delay that the context ended is decided anew, and reported as a second decision on the
// same attempt.
func TestEventsOfACanceledDelay(t *testing.T) {
	var events []policy.Event
	r := record(steady(3), &events)
	inBubble(t, func(ctx context.Context) {
		ctx, cancel := context.WithCancel(ctx)
		defer time.AfterFunc(300*ms, cancel).Stop()
		_ = r.Do(ctx, fails(errTransient).run)
	})
	compareEvents(t, r, events, []policy.Event{
		{State: policy.State{Attempt: 1}, Err: errTransient, Decision: decision(transient, policy.Retrying, time.Second)},
		{Again: true, State: policy.State{Attempt: 1, Elapsed: 300 * ms, Canceled: true}, Err: errTransient, Decision: decision(transient, policy.Canceled, 0)},
	})
}

func TestEventsOfASpentBudget(t *testing.T) {
	var events []policy.Event
	r := record(steady(3), &events)
	r.Budget = &policy.Budget{Capacity: 10, Cost: 10, Floor: policy.NoFloor}
	inBubble(t, func(ctx context.Context) { _ = r.Do(ctx, fails(errTransient).run) })
	compareEvents(t, r, events, []policy.Event{
		{State: policy.State{Attempt: 1}, Err: errTransient, Decision: decision(transient, policy.Retrying, time.Second)},
		{
			State: policy.State{Attempt: 2, Prev: time.Second, Elapsed: time.Second, Spent: true},
			Err:   errTransient, Decision: decision(transient, policy.OutOfBudget, 0),
		},
	})
}

// The observer gets the caller's context, its values included, before the delay.
func TestObserveIsCalledBeforeTheDelay(t *testing.T) {
	type key struct{}
	r := steady(1)
	r.AttemptTimeout = time.Minute
	inBubble(t, func(ctx context.Context) {
		ctx = context.WithValue(ctx, key{}, "the caller's")
		start := time.Now()
		var at []time.Duration
		r.Observe = func(got context.Context, _ policy.Event) {
			if got != ctx {
				t.Error("the observer gets another context")
			}
			at = append(at, time.Since(start))
		}
		_ = r.Do(ctx, fails(errTransient).run)
		if !slices.Equal(at, []time.Duration{0, time.Second}) {
			t.Errorf("observed at %v, want at 0s and 1s", at)
		}
	})
}

// A panic of the observer passes through like one of the operation.
func TestObserverPanics(t *testing.T) {
	r := steady(3)
	r.Observe = func(context.Context, policy.Event) { panic("seen enough") }
	op := fails(errTransient)
	defer func() {
		if got := recover(); got != "seen enough" || op.runs != 1 {
			t.Errorf("recovered %v after %d runs", got, op.runs)
		}
	}()
	_ = r.Do(t.Context(), op.run)
}
