package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/reprise-go/reprise/cluster"
)

// outcome is what a client tells of itself: since the kill, all times in ms. Refreshes and Looks are an orchestrator's: those
// that a failure has caused, and those that were planned.
type outcome struct{ Dials, Refused, Refreshes, Looks, CPU, Took, Failed int64 }

// play is the client: it opens, has all operations under way when it is told to go, and says what became of them.
func play(ctx context.Context, name string, addrs []string, n int, in io.Reader, out io.Writer) error {
	w := new(wire)
	get, err := open(name, addrs, w)
	if err != nil {
		return fmt.Errorf("open the client: %w", err)
	}
	keys := keysOf(n)
	for _, key := range keys[:min(n, 100)] { // so that there are connections
		if err := get(ctx, key); err != nil {
			return fmt.Errorf("GET %s while all is well: %w", key, err)
		}
	}
	told := bufio.NewScanner(in)
	fmt.Fprintln(out, "open")
	told.Scan()
	var (
		all    sync.WaitGroup
		failed atomic.Int64
		why    atomic.Pointer[error]
	)
	for _, key := range keys {
		all.Go(func() {
			if err := get(ctx, key); err != nil {
				failed.Add(1)
				why.Store(&err)
			}
		})
	}
	idle()
	fmt.Fprintln(out, "waiting")
	told.Scan()
	if f := failed.Load(); f > 0 {
		fmt.Fprintf(os.Stderr, "%s: %d operations failed before the master was killed, the last with: %v\n", name, f, *why.Load())
	}
	start, cpu := time.Now(), used()
	dials, refused, refreshes, looks := w.dials.Load(), w.refused.Load(), w.refreshes.Load(), w.looks.Load()
	all.Wait()
	o := outcome{
		Took: time.Since(start).Milliseconds(), CPU: (used() - cpu).Milliseconds(),
		Dials: w.dials.Load() - dials, Refused: w.refused.Load() - refused, Failed: failed.Load(),
		Refreshes: w.refreshes.Load() - refreshes, Looks: w.looks.Load() - looks,
	}
	if o.Failed > 0 {
		fmt.Fprintf(os.Stderr, "%s: %d operations failed, the last with: %v\n", name, o.Failed, *why.Load())
	}
	if err := json.NewEncoder(out).Encode(o); err != nil {
		return err
	}
	time.Sleep(2 * time.Second) // a second look comes after one, and the interval of refreshes
	fmt.Fprintln(out, "later")
	told.Scan() // until the end
	return nil
}

// keysOf returns keys of the first master: the first third of the slots.
func keysOf(n int) []string {
	keys := make([]string, 0, n)
	for i := 0; len(keys) < n; i++ {
		if key := strconv.Itoa(i); cluster.Slot(key) < cluster.Slots/masters {
			keys = append(keys, key)
		}
	}
	return keys
}

// idle returns when the process has nothing left to do but wait: it has used next to no processor for a while.
func idle() {
	const while, nothing = 50 * time.Millisecond, time.Millisecond
	for last := used(); ; {
		time.Sleep(while)
		now := used()
		if now-last < nothing {
			return
		}
		last = now
	}
}

// used returns the processor time of the process.
func used() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // only a wrong argument fails
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
