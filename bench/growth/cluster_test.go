package growth

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"
	"testing"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/cluster"
	"github.com/reprise-go/reprise/policy"
)

var (
	sizes   = []int{1, 10, 100, 1000}
	refused = &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
)

// memory is a cluster whose slot map costs nothing to read: what is left is the orchestrator's own work.
type memory []string

func (m memory) Refresh(context.Context, []string) ([]string, error) { return m, nil }

// orchestrator returns one over n nodes that it knows, and the nodes. It refreshes as soon as it is told to, and only then.
func orchestrator(b *testing.B, n int, observe func(cluster.RefreshEvent)) (*cluster.Orchestrator, memory) {
	b.Helper()
	nodes := make(memory, n)
	for i := range nodes {
		nodes[i] = fmt.Sprintf("10.0.%d.%d:6379", i/250, i%250+1)
	}
	o, err := cluster.New(nodes, cluster.Config{
		Seeds: nodes, ErrorRetries: cluster.None, Observe: observe,
		Refresh: cluster.Refresh{Interval: 1, SecondLook: cluster.None},
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(o.Close)
	return o, nodes
}

// BenchmarkClusterSuccess is an operation that succeeds at its first attempt, at each of n nodes in turn: with all of them
// well, and while one of them is known to be down.
func BenchmarkClusterSuccess(b *testing.B) {
	for _, state := range []string{"all-well", "one-down"} {
		for _, n := range sizes {
			b.Run(fmt.Sprintf("state=%s/n=%d", state, n), func(b *testing.B) {
				b.ReportAllocs()
				o, nodes := orchestrator(b, n, nil)
				if state == "one-down" {
					lose(b, o, "10.9.9.9:6379") // one that none of the operations restores
				}
				i := 0
				fn := func(context.Context) (string, error) { return nodes[i], nil }
				for b.Loop() {
					if i++; i == n {
						i = 0
					}
					if err := o.Do(context.Background(), classify.ReadOnly, fn); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// lose makes an operation on a node fail, so that the node is demoted.
func lose(b *testing.B, o *cluster.Orchestrator, node string) {
	b.Helper()
	op := policy.Op{Node: node}
	if o.DoOp(context.Background(), &op, func(context.Context) (string, error) { return node, refused }) == nil {
		b.Fatal("no failure")
	}
}

// BenchmarkClusterDemotion is a failure that demotes a node, one of n in turn, and the return of that node.
func BenchmarkClusterDemotion(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			o, nodes := orchestrator(b, n, nil)
			i := 0
			for b.Loop() {
				if i++; i == n {
					i = 0
				}
				lose(b, o, nodes[i])
				o.Restore(nodes[i])
			}
		})
	}
}

// BenchmarkClusterRefresh is a refresh of the map of n nodes, from when a driver says that the map is stale to its end.
func BenchmarkClusterRefresh(b *testing.B) {
	stale := errors.New("MOVED 1 10.0.0.1:6379")
	for _, n := range sizes {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			ended := make(chan error, 1)
			o, _ := orchestrator(b, n, func(e cluster.RefreshEvent) {
				if e.Ended {
					ended <- e.Err
				}
			})
			for b.Loop() {
				o.Stale(stale)
				if err := <-ended; err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
