package classify_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"testing"

	"github.com/reprise-go/reprise/classify"
)

// TestAllocs holds that classifying allocates nothing. It does not run next to other tests,
// whose allocations would count.
func TestAllocs(t *testing.T) {
	loading := errors.New("LOADING Redis is loading the dataset in memory")
	script := errors.New("OOM command not allowed when used memory > 'maxmemory'." + mark)
	read := &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", errors.New("connection reset by peer"))}
	dns := &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Name: "redis.invalid", IsNotFound: true}}
	ops := classify.As(func(e *net.OpError) classify.Verdict { return refused(classify.Kind(e.Op)) })
	for name, f := range map[string]classify.Func{
		"Default":         classify.Default,
		"Net":             classify.Net,
		"Redis":           classify.Redis,
		"Only":            classify.Only(nil, classify.Timeout, classify.Response, classify.Connection),
		"First":           classify.First(classify.Is(io.EOF, unanswered), ops, classify.Default),
		"Is":              classify.Is(io.EOF, unanswered),
		"As":              ops,
		"As an interface": classify.As(func(e net.Error) classify.Verdict { return unanswered }),
	} {
		for what, err := range map[string]error{
			"nil":                         nil,
			"a reply":                     loading,
			"a reply, wrapped":            fmt.Errorf("get: %w", loading),
			"a reply, wrapped twice":      fmt.Errorf("cache: %w", fmt.Errorf("get: %w", loading)),
			"a reply out of a script":     script,
			"too many clients":            errors.New("ERR max number of clients reached"),
			"EOF":                         io.EOF,
			"EOF, wrapped":                fmt.Errorf("get: %w", io.EOF),
			"a reset":                     read,
			"a reset, wrapped":            fmt.Errorf("get: %w", read),
			"a reset, joined with a text": errors.Join(loading, read),
			"a name that did not resolve": dns,
			"a text that nobody knows":    errors.New("boom"),
		} {
			if n := testing.AllocsPerRun(100, func() { f(err) }); n != 0 {
				t.Errorf("%s of %s allocates %v times", name, what, n)
			}
		}
	}
}
