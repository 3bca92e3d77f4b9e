package proptest

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"

	"pgregory.net/rapid"
)

// Tree is an error and all that it wraps. It prints as the Go expression that makes it, since the text of an error says
// little of what it is.
type Tree struct {
	// Err is the error, never nil when drawn.
	Err error
}

// Errors draws trees of errors as they come from package net and what lies beneath it, from contexts, from a Redis server, and
// from clients that have types of their own, with methods Is, As or Timeout, or that cannot be compared; wrapped
// and joined at random. Of the errors in them every other one is of more, if any are given: what your own client returns.
// They shrink to a single error, without a wrapper.
func Errors(more ...error) *rapid.Generator[Tree] {
	leaf := rapid.OneOf(rapid.SampledFrom(connectionErrors), rapid.SampledFrom(replyErrors), rapid.SampledFrom(clientErrors))
	if len(more) > 0 {
		leaf = rapid.OneOf(rapid.SampledFrom(more), leaf)
	}
	return rapid.Custom(func(t *rapid.T) Tree { return Tree{grow(t, leaf, 4)} })
}

// grow draws a tree of some depth.
func grow(t *rapid.T, leaf *rapid.Generator[error], depth int) error {
	how := 0
	if depth > 0 {
		how = rapid.IntRange(0, 4).Draw(t, "grow")
	}
	switch how {
	case 0, 1:
		return leaf.Draw(t, "error")
	case 2, 3:
		return wrap(t, grow(t, leaf, depth-1))
	}
	branches := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) error {
		if rapid.IntRange(0, 7).Draw(t, "nothing") == 7 {
			return nil
		}
		return grow(t, leaf, depth-1)
	}), 1, 3).Draw(t, "branches")
	if err := errors.Join(branches...); err != nil {
		return err
	}
	return errors.Join(leaf.Draw(t, "error")) // they were all nil
}

// wrap draws a wrapper around err. Its text may read like an error reply.
func wrap(t *rapid.T, err error) error {
	switch rapid.IntRange(0, 9).Draw(t, "wrapper") {
	default:
		return fmt.Errorf("OOM: %w", err)
	case 4:
		return &net.OpError{Op: "dial", Net: "tcp", Err: err}
	case 5:
		return &net.OpError{Op: "read", Net: "tcp", Err: err}
	case 6:
		call := rapid.SampledFrom([]string{"read", "connect"}).Draw(t, "system call")
		return os.NewSyscallError(call, err)
	case 7:
		return &fs.PathError{Op: "read", Path: "|0", Err: err}
	case 8:
		return &url.Error{Op: "Get", URL: "redis://localhost", Err: err}
	case 9:
		return lateError{err}
	}
}

// The types of errors that clients make up. Each breaks a habit of those who read errors.
type (
	// lateError says that it is a timeout, and wraps what timed out.
	lateError struct{ cause error }
	// broken is a net.Error that is no *net.OpError.
	broken struct{ timeout bool }
	// hidingIsError has an Is that speaks for what it hides, and no Unwrap.
	hidingIsError struct{ cause error }
	// hidingAsError is the same with As.
	hidingAsError struct{ cause error }
	// list cannot be compared: == panics on two of them, and so does a map.
	list []string
)

func (e lateError) Error() string { return "client: too late" }
func (e lateError) Timeout() bool { return true }
func (e lateError) Unwrap() error { return e.cause }

func (e broken) Error() string   { return "client: broken" }
func (e broken) Timeout() bool   { return e.timeout }
func (e broken) Temporary() bool { return false }

func (e hidingIsError) Error() string        { return "client: failed" }
func (e hidingIsError) Is(target error) bool { return errors.Is(e.cause, target) }

func (e hidingAsError) Error() string      { return "client: failed" }
func (e hidingAsError) As(target any) bool { return errors.As(e.cause, target) }

func (e list) Error() string { return fmt.Sprint([]string(e)) }
