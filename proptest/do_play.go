package proptest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// doCase is one input of a law of loops.
type doCase struct {
	Spec     Spec
	Scenario Scenario
}

// String is what rapid prints.
func (c doCase) String() string { return fmt.Sprintf("%v: %v", c.Spec, c.Scenario) }

// GoString is the same, since rapid prints that.
func (c doCase) GoString() string { return c.String() }

// doUses says how the histories of a law come about.
type doUses struct {
	// again: the first history is of a policy of its own, the others of one that they share.
	again bool
	// together: at the same time, else one after another, a minute between them.
	together bool
	// times is how many histories there are, if not 1.
	times int
}

// loopUnderTest is a [Library] without its type: it makes a policy and returns what runs under it.
type loopUnderTest func(Spec) (do doFunc, offered bool)

type doFunc func(ctx context.Context, attempt func(context.Context) error) error

func erase[P any](l Library[P]) loopUnderTest {
	return func(s Spec) (doFunc, bool) {
		p, offered := l.New(s)
		return func(ctx context.Context, attempt func(context.Context) error) error { return l.Do(ctx, p, attempt) }, offered
	}
}

// play runs the case in a bubble of its own. patience is how long that may take in real time: it needs less
// than a millisecond.
func (c doCase) play(t *testing.T, loop loopUnderTest, how doUses, patience time.Duration) ([]History, bool) {
	t.Helper()
	all, offered := make([]History, max(how.times, 1)), true
	done := make(chan struct{})
	go func() {
		defer close(done)
		// The bubble ends with a panic if a loop leaves goroutines that sleep for ever. Their history says so.
		defer func() { _ = recover() }()
		synctest.Test(t, func(*testing.T) { offered = c.perform(loop, how, all) })
	}()
	watch := time.NewTimer(patience)
	defer watch.Stop()
	select {
	case <-done:
		return all, offered
	case <-watch.C:
		return []History{{Hung: true}}, true // what spins on keeps the others to itself
	}
}

// perform fills in the histories.
func (c doCase) perform(loop loopUnderTest, how doUses, all []History) (offered bool) {
	var shared doFunc
	for i := range all {
		if how.again && i == 1 || shared == nil || !how.again {
			var failed any
			shared, offered, failed = c.make(loop)
			switch {
			case failed != nil:
				all[i] = History{Panic: failed}
				return true
			case !offered:
				return false
			}
		}
		if how.together && i > 0 {
			break
		}
		all[i] = c.Scenario.Play(shared)
		<-time.After(time.Minute)
	}
	if how.together {
		var group sync.WaitGroup
		for i := range all[1:] {
			group.Go(func() { all[1+i] = c.Scenario.Play(shared) })
		}
		group.Wait()
	}
	return true
}

// make makes a policy, which may panic.
func (c doCase) make(loop loopUnderTest) (do doFunc, offered bool, failed any) {
	defer func() { failed = recover() }()
	do, offered = loop(c.Spec)
	return do, offered, nil
}
