package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"runtime"
	"sync"
	"time"

	"github.com/reprise-go/reprise/bench/speed"
)

const (
	// delay is long enough for all operations to be waiting, and to be measured, before the first one is over.
	delay = 30 * time.Second
	// tolerance is by how many bytes for each operation two measurements in a row may differ: the runtime's own
	// goroutines come and go.
	tolerance = 1
)

// cost is the memory that one waiting operation has, in bytes.
type cost struct{ Heap, Stack float64 }

// measure has n operations wait, and returns what one of them costs.
func measure(ctx context.Context, c speed.Column, n, depth int) (cost, error) {
	deep, err := caller(depth)
	if err != nil {
		return cost{}, err
	}
	w := speed.Work{Retries: 3, Delay: delay}
	shared := c.Do(w)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var failed, ended sync.WaitGroup
	fn := func(context.Context) error {
		failed.Done() // a second attempt would panic
		return io.EOF
	}
	failed.Add(n)
	before := memory()
	for range n {
		do := shared
		if !c.Shared {
			do = c.Do(w)
		}
		ended.Go(func() { deep(func() { _ = do(ctx, fn) }) })
	}
	start := time.Now()
	failed.Wait()
	// What an operation does after its failure and before it is parked takes microseconds, but there is no sign of its end.
	// When two measurements in a row agree it is over.
	now := since(before, n)
	for {
		last := now
		if now = since(before, n); math.Abs(now.Heap-last.Heap) < tolerance && math.Abs(now.Stack-last.Stack) < tolerance {
			break
		}
	}
	if took := time.Since(start); took > delay {
		return cost{}, fmt.Errorf("%d operations took %v to be parked and measured, longer than their delay of %v: take a smaller -n", n, took, delay)
	}
	cancel()
	ended.Wait()
	return now, nil
}

// memory returns what is in use after a collection: two, for the caches that outlive the first.
func memory() runtime.MemStats {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m
}

func since(before runtime.MemStats, n int) cost {
	now := memory()
	return cost{
		Heap:  (float64(now.HeapAlloc) - float64(before.HeapAlloc)) / float64(n),
		Stack: (float64(now.StackInuse) - float64(before.StackInuse)) / float64(n),
	}
}
