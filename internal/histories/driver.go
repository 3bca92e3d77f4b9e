package histories

import (
	"context"
	"errors"
	"time"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

// Driver is a Redis client that retries by itself: what is tested. Its methods are called by one goroutine, one after
// the other, but for operations that run at the same time.
type Driver interface {
	// Do runs a single command.
	Do(ctx context.Context, cmd []string) Result
	// Pipeline sends commands together and returns their results in order.
	Pipeline(ctx context.Context, cmds [][]string) []Result
	// Transaction does so within MULTI and EXEC.
	Transaction(ctx context.Context, cmds [][]string) []Result
	// Watch sends WATCH key, calls between, and then does as Transaction on the same connection. If
	// WATCH fails, between is not called and every result is that error.
	Watch(ctx context.Context, key string, between func(), cmds [][]string) []Result
	// Classify judges an error that a Result holds.
	Classify(err error) classify.Verdict
	// Close closes every connection.
	Close() error
}

// Result is what the caller of a command gets.
type Result struct {
	// Value is the reply: a string, an int64, nil, or a []any of these. No reply is nil here, not an
	// error, where the server said null.
	Value any
	// Err is the driver's own error. An error reply has the server's text. It is [ErrAborted], and
	// nothing around it, if EXEC has found a watched key changed.
	Err error
}

// ErrAborted says that a transaction was not executed, since a watched key had changed.
var ErrAborted = errors.New("histories: a watched key changed")

// Options is what a driver is made of.
type Options struct {
	// Addr is the server to dial.
	Addr string
	// Retry is the policy. It has no delays, and its Observe belongs to the harness.
	Retry policy.Retry
	// Timeout is how long to wait for a reply. Dials need no shorter one.
	Timeout time.Duration
}
