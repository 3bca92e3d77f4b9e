// Command mutants breaks the library in many small ways, one at a time, and says which of them the tests do not notice.
//
//	go run ./internal/mutants              all of them: make mutants
//	go run ./internal/mutants -file gate   those in files whose path contains the word
//
// An edit is a snippet of the source that stands there once, and what takes its place: a bound that is dropped, a
// comparison that is swapped, a reset that is skipped. It is laid over the tree for one run of go test (see -overlay),
// so that no file is changed. The list is in the files list_*.go; a test holds that it still fits the source.
//
// The exit status is 1 if an edit survives that has no explanation, or if one that has is noticed after all.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"
)

func main() {
	file := flag.String("file", "", "only edits of files whose path contains this")
	parallel := flag.Int("p", max(runtime.NumCPU(), 1), "how many are tried at the same time")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Stdout, *file, *parallel)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

// run tries the edits of some files and reports on each.
func run(ctx context.Context, w io.Writer, file string, parallel int) error {
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "mutants-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	l := lab{root: root, dir: dir, took: map[string]time.Duration{}}
	var chosen []mutant
	for _, m := range mutants() {
		if strings.Contains(m.file, file) {
			chosen = append(chosen, m)
		}
	}
	if err := l.baselines(ctx, w, chosen); err != nil {
		return err
	}
	outcomes := make([]outcome, len(chosen))
	each(len(chosen), parallel, func(i int) {
		if ctx.Err() != nil {
			return
		}
		outcomes[i] = l.try(ctx, i, chosen[i])
		fmt.Fprintf(w, "%-10s %s: %s (%s)\n", outcomes[i].fate, chosen[i].place(root), chosen[i].breaks, outcomes[i].detail)
	})
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return summary(w, root, chosen, outcomes)
}

// summary counts the fates, and returns an error if there is one that should not be.
func summary(w io.Writer, root string, all []mutant, outcomes []outcome) error {
	count := map[fate]int{}
	var errs []error
	for i, o := range outcomes {
		count[o.fate]++
		switch m := all[i]; {
		case o.fate == broken:
			errs = append(errs, fmt.Errorf("%s: %s", m.place(root), o.detail))
		case o.fate == survived && m.why == "":
			errs = append(errs, fmt.Errorf("%s survives: %s\n%s", m.place(root), m.breaks, m.diff()))
		case o.fate == survived:
			fmt.Fprintf(w, "explained: %s: %s\n", m.place(root), m.why)
		case m.why != "":
			errs = append(errs, fmt.Errorf("%s is noticed by %s, though it is explained why it cannot be", m.place(root), o.detail))
		}
	}
	fmt.Fprintf(w, "%d edits: %d killed, %d timed out, %d survived\n", len(all), count[killed], count[timedOut], count[survived])
	return errors.Join(errs...)
}

// each calls f for 0 to n-1, of which so many are under way at the same time.
func each(n, parallel int, f func(int)) {
	var wg sync.WaitGroup
	slots := make(chan struct{}, max(parallel, 1))
	for i := range n {
		slots <- struct{}{}
		wg.Go(func() {
			f(i)
			<-slots
		})
	}
	wg.Wait()
}

// moduleRoot returns the directory of go.mod, from the working directory upwards.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if filepath.Dir(dir) == dir {
			return "", errors.New("there is no go.mod here or above")
		}
		dir = filepath.Dir(dir)
	}
}
