package cluster_test

import (
	"context"
	"errors"
	"net"
	"sync"
	"syscall"

	"github.com/reprise-go/reprise/cluster"
)

var (
	refused  = &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	timedOut = &net.OpError{Op: "dial", Net: "tcp", Err: timeout{}}
)

// timeout is an error of a dial that took too long.
type timeout struct{}

func (timeout) Error() string   { return "i/o timeout" }
func (timeout) Timeout() bool   { return true }
func (timeout) Temporary() bool { return true }

// reply is an error reply of a node.
type reply string

func (r reply) Error() string { return string(r) }

// topology is a driver that does as it is told.
type topology struct {
	mu      sync.Mutex
	refresh func(ctx context.Context, seeds []string) ([]string, error)
	asked   [][]string // the seeds of each refresh
}

func (t *topology) Refresh(ctx context.Context, seeds []string) ([]string, error) {
	t.mu.Lock()
	t.asked = append(t.asked, seeds)
	refresh := t.refresh
	t.mu.Unlock()
	if refresh == nil {
		return seeds, nil
	}
	return refresh(ctx, seeds)
}

// count returns how many refreshes there were.
func (t *topology) count() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.asked)
}

var errNobody = errors.New("no seed answered")

var seeds = []string{"a:7000", "b:7000", "c:7000"}

func must(o *cluster.Orchestrator, err error) *cluster.Orchestrator {
	if err != nil {
		panic(err)
	}
	return o
}

// failingOnce returns an operation whose first attempt is refused at a, and whose second succeeds at b.
func failingOnce() func(context.Context) (string, error) {
	failed := false
	return func(context.Context) (string, error) {
		if failed {
			return "b:7000", nil
		}
		failed = true
		return "a:7000", refused
	}
}
