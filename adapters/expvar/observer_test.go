package expvar_test

import (
	"context"
	"encoding/json"
	"errors"
	std "expvar"
	"fmt"
	"io"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/adapters/expvar"
	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/cluster"
	"github.com/reprise-go/reprise/policy"
)

var errStrange = errors.New("nobody knows it")

// failing returns an operation whose attempts end with the errors, the last one again and again.
func failing(errs ...error) func(context.Context) error {
	attempt := 0
	return func(context.Context) error {
		err := errs[min(attempt, len(errs)-1)]
		attempt++
		return err
	}
}

func TestOperations(t *testing.T) {
	for _, tt := range []struct {
		name  string
		retry policy.Retry
		op    policy.Op
		errs  []error
		want  string
	}{
		{"success", policy.Retry{Retries: 2}, policy.Op{}, []error{nil},
			`{"attempts":1,"retries":0,"retry_delay_seconds":0,"give_ups":{}}`},
		{"success after retries", policy.Retry{Retries: 2}, policy.Op{}, []error{io.EOF, io.EOF, nil},
			`{"attempts":3,"retries":2,"retry_delay_seconds":0.5,"give_ups":{}}`},
		{"out of retries", policy.Retry{Retries: 1}, policy.Op{}, []error{io.EOF},
			`{"attempts":2,"retries":1,"retry_delay_seconds":0.25,"give_ups":{"out_of_retries":{"connection":1}}}`},
		{"of no known kind", policy.Retry{Retries: 1}, policy.Op{}, []error{errStrange},
			`{"attempts":1,"retries":0,"retry_delay_seconds":0,"give_ups":{"not_retryable":{"_OTHER":1}}}`},
		{"not replayable", policy.Retry{Retries: 1}, policy.Op{Replay: classify.Accumulating}, []error{io.EOF},
			`{"attempts":1,"retries":0,"retry_delay_seconds":0,"give_ups":{"not_replayable":{"connection":1}}}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var o expvar.Observer
				tt.retry.Backoff, tt.retry.Observe = backoff.Constant(250*time.Millisecond), o.Observe
				_ = tt.retry.DoOp(t.Context(), &tt.op, failing(tt.errs...))
				require.Equal(t, tt.want, o.String())
			})
		})
	}
}

// topology is a driver of a cluster of which it can say nothing for some time.
type topology struct{ silent int }

func (t *topology) Refresh(context.Context, []string) ([]string, error) {
	time.Sleep(50 * time.Millisecond)
	if t.silent > 0 {
		t.silent--
		return nil, errStrange
	}
	return []string{"a:1", "b:1"}, nil
}

// TestCluster: attempts are counted once, refreshes when they have ended, and demoted nodes until their time is over.
func TestCluster(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var o expvar.Observer
		nodes, err := cluster.New(&topology{silent: 1}, cluster.Config{
			Seeds: []string{"a:1"}, Backoff: backoff.Constant(time.Second),
			Retry:   policy.Retry{Retries: 1, Backoff: backoff.Constant(125 * time.Millisecond), Observe: o.Observe},
			Refresh: cluster.Refresh{Retries: cluster.None, Probation: 10 * time.Second, SecondLook: cluster.None},
			Observe: o.Refresh,
		})
		require.NoError(t, err)
		defer nodes.Close()
		attempt := failing(io.EOF, io.EOF, nil)
		require.NoError(t, nodes.Do(t.Context(), classify.ReadOnly, func(ctx context.Context) (string, error) {
			err := attempt(ctx)
			if err != nil {
				return "a:1", err
			}
			return "b:1", nil
		}))
		synctest.Wait()
		const operations = `{"attempts":3,"retries":3,"retry_delay_seconds":2.125,"give_ups":{},`
		require.Equal(t, operations+`"cluster":{"refreshes":2,"failed_refreshes":1,"refresh_seconds":0.1,"demoted_nodes":1}}`, o.String())
		time.Sleep(10 * time.Second)
		require.Equal(t, operations+`"cluster":{"refreshes":2,"failed_refreshes":1,"refresh_seconds":0.1,"demoted_nodes":0}}`, o.String())
	})
}

func TestBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var o expvar.Observer
		var orders policy.Budget
		retry := policy.Retry{Retries: 1, Budget: &orders, Backoff: backoff.NoBackoff{}}
		require.Error(t, retry.DoOp(t.Context(), &policy.Op{Node: "a:1"}, failing(io.EOF)))
		require.NoError(t, o.Budget("orders", &orders))
		require.NoError(t, o.Budget("stock", &policy.Budget{Capacity: 20}))
		require.EqualError(t, o.Budget("orders", &policy.Budget{}), `expvar: there is a budget "orders" already; allowed: one of each name`)
		require.EqualError(t, o.Budget("users", nil), `expvar: the budget "users" is nil; allowed: one that policies share`)
		require.EqualError(t, o.Budget("", &orders), `expvar: the name of the budget is empty; allowed: one that tells it from others`)
		require.Equal(t, `{"attempts":0,"retries":0,"retry_delay_seconds":0,"give_ups":{},`+
			`"budgets":{"orders":{"tokens":495,"capacity":500},"stock":{"tokens":20,"capacity":20}}}`, o.String())
	})
}

func TestPublish(t *testing.T) {
	var o, another expvar.Observer
	name := fmt.Sprintf("reprise %p", &o) // another one with -count=2
	require.NoError(t, o.Publish(name))
	require.Same(t, &o, std.Get(name))
	require.EqualError(t, another.Publish(name), fmt.Sprintf("expvar: there is a variable %q already; allowed: a name that nobody has published", name))
	require.EqualError(t, another.Publish(""), "expvar: the name of the variable is empty; allowed: one that tells it from others")
}

// TestPublishTogether: of many that want one name one gets it, and none panics.
func TestPublishTogether(t *testing.T) {
	var observers [8]expvar.Observer
	name := fmt.Sprintf("reprise %p", &observers)
	var errs [len(observers)]error
	var group sync.WaitGroup
	for i := range observers {
		group.Go(func() { errs[i] = observers[i].Publish(name) })
	}
	group.Wait()
	published := 0
	for _, err := range errs {
		if err == nil {
			published++
		}
	}
	require.Equal(t, 1, published)
}

// event returns a failure that is final.
func event(kind classify.Kind, reason policy.Reason) policy.Event {
	return policy.Event{
		State: policy.State{Attempt: 1}, Err: errStrange,
		Decision: policy.Decision{Verdict: classify.Verdict{Class: classify.Transient, Kind: kind}, Reason: reason},
	}
}

// TestBounded: an application that makes up kinds has a variable of limited size, in which the known ones are told apart and none is
// lost, however many goroutines count.
func TestBounded(t *testing.T) {
	const goroutines, events = 4, 2000
	var o expvar.Observer
	var group sync.WaitGroup
	for range goroutines {
		group.Go(func() {
			for i := range events {
				o.Observe(t.Context(), event(classify.Kind(fmt.Sprint("kind ", i)), policy.OutOfTime))
				o.Observe(t.Context(), event(classify.Timeout, policy.OutOfTime))
				o.Observe(t.Context(), event(classify.Pool, policy.Reason(i%10)))
			}
		})
	}
	group.Wait()
	o.Observe(t.Context(), event(classify.Auth, policy.OutOfTime))
	var got struct {
		GiveUps map[string]map[string]int `json:"give_ups"`
	}
	require.NoError(t, json.Unmarshal([]byte(o.String()), &got))
	kinds := got.GiveUps["out_of_time"]
	require.Less(t, len(kinds), 250)
	require.Equal(t, goroutines*events, kinds["timeout"])
	require.Equal(t, goroutines*events/10, kinds["pool"])
	require.Equal(t, 1, kinds["auth"], "though it came late")
	sum := 0
	for _, n := range kinds {
		sum += n
	}
	require.Equal(t, 1+goroutines*events*21/10, sum)
}

func TestAllocs(t *testing.T) {
	var full expvar.Observer
	for i := range 300 {
		full.Observe(t.Context(), event(classify.Kind(fmt.Sprint("kind ", i)), policy.OutOfTime))
	}
	for _, o := range []*expvar.Observer{new(expvar.Observer), &full} {
		for _, e := range []policy.Event{
			{State: policy.State{Attempt: 1}}, event(classify.Timeout, policy.Retrying), event(classify.Timeout, policy.OutOfTime),
			event("", policy.NotRetryable), event("flood", policy.OutOfTime),
		} {
			require.Zero(t, testing.AllocsPerRun(100, func() { o.Observe(context.Background(), e) }), e.Decision)
		}
	}
}

// BenchmarkObserve is what a success costs.
func BenchmarkObserve(b *testing.B) {
	var o expvar.Observer
	ctx := context.Background()
	b.ReportAllocs()
	for b.Loop() {
		o.Observe(ctx, policy.Event{State: policy.State{Attempt: 1}})
	}
}
