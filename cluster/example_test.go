package cluster_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/cluster"
	"github.com/reprise-go/reprise/policy"
)

// driver is a client of a cluster of which one master, a, has died.
type driver struct{ master string }

// Refresh reads the slot map: by now a's replica, d, has been promoted.
func (d *driver) Refresh(_ context.Context, seeds []string) ([]string, error) {
	d.master = "d:7003"
	return []string{"a:7000", "b:7001", "c:7002", "d:7003"}, nil
}

// set goes to the node that has the slot by the map.
func (d *driver) set(context.Context) (node string, err error) {
	if d.master == "a:7000" {
		return d.master, refused
	}
	return d.master, nil
}

// The seven steps of redis-py's documentation, for rc.set('foo', 'bar') with Retry(ExponentialBackoff(), 6) and
// cluster_error_retry_attempts=1.
func ExampleOrchestrator_Do() {
	fmt.Println("1. the slot of foo is", cluster.Slot("foo"))
	d := &driver{master: "a:7000"}
	fmt.Println("2. it is served by", d.master)
	o, err := cluster.New(d, cluster.Config{
		Seeds:        []string{"a:7000", "b:7001", "c:7002"},
		Retry:        policy.Retry{Retries: 6, Backoff: backoff.Exponential{Base: time.Microsecond}},
		ErrorRetries: 1,
		Backoff:      backoff.Constant(time.Millisecond),
		Observe: func(e cluster.RefreshEvent) {
			if e.Ended {
				fmt.Println("6. the map is read anew; asked last:", e.Seeds[len(e.Seeds)-1])
			}
		},
	})
	if err != nil {
		panic(err)
	}
	defer o.Close()
	attempts := 0
	err = o.Do(context.Background(), classify.Command("SET", "foo", "bar"), func(ctx context.Context) (string, error) {
		attempts++
		node, err := d.set(ctx)
		switch {
		case attempts == 1:
			fmt.Println("3. refused by", node)
		case attempts == 2:
			fmt.Println("4. tried again, with backoff")
		case attempts == 7:
			fmt.Println("5. after 6 retries still refused by", node)
		case attempts == 8:
			fmt.Println("7. a new cycle, on", node)
		}
		return node, err
	})
	fmt.Println(err)
	// Output:
	// 1. the slot of foo is 12182
	// 2. it is served by a:7000
	// 3. refused by a:7000
	// 4. tried again, with backoff
	// 5. after 6 retries still refused by a:7000
	// 6. the map is read anew; asked last: a:7000
	// 7. a new cycle, on d:7003
	// <nil>
}

// What an operation can cost at most.
func ExampleConfig_Plan() {
	c := cluster.Config{
		Seeds:        []string{"a:7000"},
		Retry:        policy.Retry{Retries: 2, Backoff: backoff.Constant(10 * time.Millisecond)},
		ErrorRetries: 3,
		Backoff:      backoff.Constant(time.Second),
		Refresh:      cluster.Refresh{Retries: cluster.None},
	}
	fmt.Println(c.Plan())
	// Output: 12 attempts in 4 cycles at most, 3.08s of waiting, up to 3.45s for refreshes
}

func ExampleConfig_Validate() {
	c := cluster.Config{Seeds: []string{"localhost"}, ErrorRetries: -7}
	fmt.Println(c.Validate())
	// Output:
	// cluster: Seeds[0] is "localhost"; allowed: host:port
	// cluster: ErrorRetries is -7; allowed: None (-1), 0 (meaning 3) or more
}

// A command for one node, by its name, is not moved to another.
func ExampleOrchestrator_DoOp() {
	o := must(cluster.New(&driver{}, cluster.Config{Seeds: []string{"a:7000", "b:7001"}}))
	defer o.Close()
	op := policy.Op{Name: "info", Node: "b:7001", Replay: classify.ReadOnly}
	err := o.DoOp(context.Background(), &op, func(context.Context) (string, error) { return "b:7001", errors.New("MOVED 1 a:7000") })
	fmt.Println(err)
	// Output: MOVED 1 a:7000
}

// silence is a driver whose nodes do not answer.
type silence struct{}

func (silence) Refresh(ctx context.Context, _ []string) ([]string, error) {
	<-ctx.Done()
	return nil, context.Cause(ctx)
}

func ExampleOrchestrator_Seeds() {
	o := must(cluster.New(silence{}, cluster.Config{Seeds: []string{"a:7000", "b:7001"}, ErrorRetries: cluster.None}))
	defer o.Close()
	_ = o.Do(context.Background(), classify.ReadOnly, func(context.Context) (string, error) { return "a:7000", refused })
	fmt.Println(o.Seeds(), o.Demoted("a:7000"))
	// Output: [b:7001 a:7000] true
}

// A driver that has sent a PING to a demoted node tells that it was answered.
func ExampleOrchestrator_Restore() {
	o := must(cluster.New(silence{}, cluster.Config{Seeds: []string{"a:7000", "b:7001"}, ErrorRetries: cluster.None}))
	defer o.Close()
	_ = o.Do(context.Background(), classify.ReadOnly, func(context.Context) (string, error) { return "a:7000", refused })
	fmt.Println(o.Demoted("a:7000"))
	o.Restore("a:7000")
	fmt.Println(o.Demoted("a:7000"))
	// Output:
	// true
	// false
}

// A driver that follows MOVED by itself tells of it.
func ExampleOrchestrator_Stale() {
	ended := make(chan cluster.RefreshEvent, 10)
	o := must(cluster.New(&driver{}, cluster.Config{Seeds: []string{"a:7000"}, Observe: func(e cluster.RefreshEvent) {
		if e.Ended {
			ended <- e
		}
	}}))
	defer o.Close()
	o.Stale(errors.New("MOVED 1 d:7003"))
	e := <-ended
	fmt.Println(e.Cause, e.Nodes)
	// Output: MOVED 1 d:7003 [a:7000 b:7001 c:7002 d:7003]
}

func ExampleSlot() {
	fmt.Println(cluster.Slot("{user1000}.following") == cluster.Slot("{user1000}.followers"))
	// Output: true
}

func ExampleParseRedirect() {
	r, ok := cluster.ParseRedirect("ASK 3999 127.0.0.1:6381")
	fmt.Println(r.Slot, r.Addr, r.Ask, ok)
	// Output: 3999 127.0.0.1:6381 true true
}

func ExampleRefreshError() {
	err := error(&cluster.RefreshError{Seeds: []string{"a:7000"}, Err: errors.New("WRONGPASS invalid password"), Cause: refused})
	fmt.Println(err)
	// Output: cluster: no slot map from a:7000: WRONGPASS invalid password; needed after: dial tcp: connection refused
}

// A Topology asks the seeds with it.
func ExampleAskSeeds() {
	nodes, err := cluster.AskSeeds(context.Background(), []string{"a:7000", "b:7001"}, func(_ context.Context, addr string) ([]string, error) {
		if addr == "a:7000" {
			return nil, refused
		}
		return []string{"b:7001", "c:7002"}, nil // what CLUSTER SLOTS says there
	})
	fmt.Println(nodes, err)
	// Output: [b:7001 c:7002] <nil>
}

// A driver that follows by itself sends an attempt where the last one was told to go.
func ExampleRedirectFrom() {
	o := must(cluster.New(&driver{}, cluster.Config{Seeds: []string{"a:7000"}}))
	defer o.Close()
	err := o.Do(context.Background(), classify.Idempotent, func(ctx context.Context) (string, error) {
		to, sent := cluster.RedirectFrom(ctx)
		if !sent {
			return "a:7000", errors.New("ASK 12182 d:7003")
		}
		fmt.Println("to", to.Addr, "after ASKING:", to.Ask)
		return to.Addr, nil
	})
	fmt.Println(err)
	// Output:
	// to d:7003 after ASKING: true
	// <nil>
}

func ExampleRedirect() {
	fmt.Println(cluster.Redirect{Slot: 3999, Addr: "127.0.0.1:6381"})
	// Output: MOVED 3999 127.0.0.1:6381
}
