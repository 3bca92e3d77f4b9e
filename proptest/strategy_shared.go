package proptest

import (
	"fmt"
	"sync"

	"pgregory.net/rapid"
)

// attempted calls code under test, and returns what it panicked with, or nil.
func attempted[T any](f func() T) (answer T, panicked any) {
	defer func() { panicked = recover() }()
	return f(), nil
}

const (
	// sharers is how many goroutines ask at the same time.
	sharers = 4
	// questions is how many each of them asks.
	questions = 32
	// meetings is how often they do: on a busy machine it happens that one after the other runs to its end.
	meetings = 10
)

// shared holds the answers to be the same when asked alone and by several goroutines at once. With -race it finds what the
// answers do not show.
func shared(t rapid.TB, law Law, ask func(i int) string) {
	t.Helper()
	if differs := unshared(ask); differs != "" {
		t.Fatalf("%v\n%s", law, differs)
	}
}

// unshared asks the same questions first alone, then from several goroutines at once, and returns which answer differs, or "".
func unshared(ask func(i int) string) string {
	var alone [questions]string
	for i := range alone {
		alone[i] = ask(i)
	}
	for range meetings {
		for _, answers := range meet(ask) {
			for i, got := range answers {
				if got != alone[i] {
					return fmt.Sprintf("%s\nbut %s while other goroutines ask", alone[i], got)
				}
			}
		}
	}
	return ""
}

// meet asks the questions from several goroutines at once.
func meet(ask func(i int) string) (together [sharers][questions]string) {
	var start, done sync.WaitGroup
	start.Add(1)
	for g := range together {
		done.Go(func() {
			start.Wait()
			for step := range questions {
				i := (step + g*questions/sharers) % questions // each asks something else
				answer, panicked := attempted(func() string { return ask(i) })
				if panicked != nil {
					answer = fmt.Sprintf("panics: %v", panicked)
				}
				together[g][i] = answer
			}
		})
	}
	start.Done()
	done.Wait()
	return together
}
