package redistest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
)

// TB is what this package needs of a [testing.TB]. Where there is none, [Run] gives one.
type TB interface {
	Helper()
	Cleanup(func())
	Context() context.Context
	TempDir() string
	Skip(args ...any)
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// Run calls f with a TB that is no test's, for programs that want servers for a while. What would skip or fail a
// test ends f, and is the error that Run returns: the very one that Fatal or Skip was given, if it was one. When f
// has ended, however it has, its servers are killed and its directories removed before Run returns. If ctx ends
// before f succeeds, the error is the cause.
func Run(ctx context.Context, f func(TB) error) error {
	own, cancel := context.WithCancel(ctx)
	h := &host{ctx: own}
	done := make(chan struct{})
	// Fatal has to end f, as it ends a test: by the end of its goroutine.
	go func() {
		defer close(done)
		defer h.clean()
		defer cancel()
		h.err = f(h)
	}()
	<-done
	if h.err != nil && ctx.Err() != nil {
		h.err = context.Cause(ctx)
	}
	if h.left == nil {
		return h.err
	}
	return errors.Join(h.err, h.left)
}

// host is the TB of Run. Its methods are called on the goroutine of f.
type host struct {
	ctx      context.Context
	cleanups []func()
	err      error // of f
	left     error // what could not be removed
}

func (h *host) Helper() {}

func (h *host) Cleanup(f func()) { h.cleanups = append(h.cleanups, f) }

func (h *host) Context() context.Context { return h.ctx }

func (h *host) TempDir() string {
	dir, err := os.MkdirTemp("", "reprise-")
	if err != nil {
		h.Fatal(err)
	}
	h.Cleanup(func() { h.left = errors.Join(h.left, os.RemoveAll(dir)) })
	return dir
}

func (h *host) Skip(args ...any) { h.Fatal(args...) }

func (h *host) Fatal(args ...any) {
	h.err = errors.New(strings.TrimSpace(fmt.Sprintln(args...)))
	if len(args) == 1 {
		if err, ok := args[0].(error); ok {
			h.err = err
		}
	}
	runtime.Goexit()
}

func (h *host) Fatalf(format string, args ...any) { h.Fatal(fmt.Errorf(format, args...)) }

// clean undoes what f has done, the last first.
func (h *host) clean() {
	for _, f := range slices.Backward(h.cleanups) {
		f()
	}
}
