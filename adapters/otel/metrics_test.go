package otel_test

import (
	"context"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/reprise-go/reprise/adapters/otel"
	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/cluster"
	"github.com/reprise-go/reprise/policy"
)

func TestOperations(t *testing.T) {
	for _, tt := range []struct {
		name  string
		retry policy.Retry
		op    policy.Op
		until time.Duration // the deadline; 0 means none
		errs  []error       // of the attempts, the last one again and again
		want  []string
	}{
		{"success", policy.Retry{Retries: 2}, policy.Op{Name: "get"}, 0, []error{nil}, []string{
			"reprise.attempts{db.operation.name=get} 1",
		}},
		{"without a name", policy.Retry{}, policy.Op{}, 0, []error{nil}, []string{
			"reprise.attempts{} 1",
		}},
		{"success after retries", policy.Retry{Retries: 2}, policy.Op{Name: "get"}, 0, []error{errLost, errLost, nil}, []string{
			"reprise.attempts{db.operation.name=get,error.type=connection} 2",
			"reprise.attempts{db.operation.name=get} 1",
			"reprise.retries{db.operation.name=get,error.type=connection} 2",
			"reprise.retry.delay{error.type=connection} 2 2",
		}},
		{"out of retries", policy.Retry{Retries: 1}, policy.Op{Name: "get"}, 0, []error{errLost}, []string{
			"reprise.attempts{db.operation.name=get,error.type=connection} 2",
			"reprise.give_ups{db.operation.name=get,error.type=connection,reprise.reason=out_of_retries} 1",
			"reprise.retries{db.operation.name=get,error.type=connection} 1",
			"reprise.retry.delay{error.type=connection} 1 1",
		}},
		{"of no known kind", policy.Retry{Retries: 1}, policy.Op{Name: "get"}, 0, []error{errStrange}, []string{
			"reprise.attempts{db.operation.name=get,error.type=_OTHER} 1",
			"reprise.give_ups{db.operation.name=get,error.type=_OTHER,reprise.reason=not_retryable} 1",
		}},
		{"of a kind of one's own", policy.Retry{Classify: oddly}, policy.Op{Name: "get"}, 0, []error{odd("flood")}, []string{
			"reprise.attempts{db.operation.name=get,error.type=flood} 1",
			"reprise.give_ups{db.operation.name=get,error.type=flood,reprise.reason=out_of_retries} 1",
		}},
		{"not replayable", policy.Retry{Retries: 1}, policy.Op{Name: "incr", Replay: classify.Accumulating}, 0, []error{errLost}, []string{
			"reprise.attempts{db.operation.name=incr,error.type=connection} 1",
			"reprise.give_ups{db.operation.name=incr,error.type=connection,reprise.reason=not_replayable} 1",
		}},
		{"out of time", policy.Retry{Retries: 9, MaxElapsed: 2 * time.Second}, policy.Op{}, 0, []error{errLost}, []string{
			"reprise.attempts{error.type=connection} 3",
			"reprise.give_ups{error.type=connection,reprise.reason=out_of_time} 1",
			"reprise.retries{error.type=connection} 2",
			"reprise.retry.delay{error.type=connection} 2 2",
		}},
		{"out of budget", policy.Retry{Retries: 9, Backoff: backoff.NoBackoff{}, Budget: &policy.Budget{Capacity: 10}}, policy.Op{}, 0, []error{errLost}, []string{
			"reprise.attempts{error.type=connection} 3",
			"reprise.give_ups{error.type=connection,reprise.reason=out_of_budget} 1",
			"reprise.retries{error.type=connection} 2",
			"reprise.retry.delay{error.type=connection} 2 0",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o, to := observe(t, otel.Config{})
				tt.retry.Observe = o.Observe
				if tt.retry.Backoff == nil {
					tt.retry.Backoff = backoff.Constant(time.Second)
				}
				_ = tt.retry.DoOp(t.Context(), &tt.op, failing(tt.errs))
				require.Equal(t, tt.want, to.lines())
			})
		})
	}
}

// failing returns an operation whose attempts end with the errors, the last one again and again.
func failing(errs []error) func(context.Context) error {
	attempt := 0
	return func(context.Context) error {
		err := errs[min(attempt, len(errs)-1)]
		attempt++
		return err
	}
}

// TestCutShort: the attempt before a delay that is cut short is told of twice, and counted once.
func TestCutShort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, to := observe(t, otel.Config{})
		retry := policy.Retry{Retries: 9, Backoff: backoff.Constant(time.Second), Observe: o.Observe}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(1500*time.Millisecond, cancel)
		require.Error(t, retry.Do(ctx, func(context.Context) error { return io.EOF }))
		require.Equal(t, []string{
			"reprise.attempts{error.type=connection} 2",
			"reprise.give_ups{error.type=connection,reprise.reason=canceled} 1",
			"reprise.retries{error.type=connection} 2",
			"reprise.retry.delay{error.type=connection} 2 2",
		}, to.lines())
	})
}

// topology is a driver of a cluster of two nodes, of which it can say nothing for some time.
type topology struct{ silent int }

func (t *topology) Refresh(context.Context, []string) ([]string, error) {
	time.Sleep(50 * time.Millisecond)
	if t.silent > 0 {
		t.silent--
		return nil, odd("no seed answered")
	}
	return []string{"a:1", "b:1"}, nil
}

// TestCluster: each attempt is counted once, whichever cycle it is in, and each refresh when it has ended.
func TestCluster(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, to := observe(t, otel.Config{Attributes: []attribute.KeyValue{attribute.String("client", "orders")}})
		nodes, err := cluster.New(&topology{silent: 1}, cluster.Config{
			Seeds: []string{"a:1"}, ErrorRetries: 3, Backoff: backoff.Constant(time.Second),
			Retry:   policy.Retry{Retries: 1, Backoff: backoff.Constant(125 * time.Millisecond), Observe: o.Observe},
			Refresh: cluster.Refresh{Retries: cluster.None, Probation: 10 * time.Second, SecondLook: cluster.None},
			Observe: o.Refresh,
		})
		require.NoError(t, err)
		defer nodes.Close()
		attempts := 0
		op := policy.Op{Name: "get", Replay: classify.ReadOnly}
		require.NoError(t, nodes.DoOp(t.Context(), &op, func(context.Context) (string, error) {
			attempts++
			if attempts <= 2 {
				return "a:1", io.EOF
			}
			return "b:1", nil
		}))
		synctest.Wait()
		require.Equal(t, 3, attempts)
		require.Equal(t, []string{
			// The cycle whose refresh failed has no attempt. There is another after it, with a delay of its own.
			"reprise.attempts{client=orders,db.operation.name=get,error.type=connection} 2",
			"reprise.attempts{client=orders,db.operation.name=get} 1",
			"reprise.cluster.demoted_nodes{client=orders} 1",
			"reprise.cluster.refresh.duration{client=orders,error.type=_OTHER} 1 0.05",
			"reprise.cluster.refresh.duration{client=orders} 1 0.05",
			"reprise.cluster.refreshes{client=orders,error.type=_OTHER} 1",
			"reprise.cluster.refreshes{client=orders} 1",
			"reprise.retries{client=orders,db.operation.name=get,error.type=connection} 2",
			"reprise.retries{client=orders,db.operation.name=get,error.type=try_again} 1",
			"reprise.retry.delay{client=orders,error.type=connection} 2 1.125",
			"reprise.retry.delay{client=orders,error.type=try_again} 1 1",
		}, to.lines())
	})
}

// TestDemotedNodes are counted until their time is over, though nobody tells of that.
func TestDemotedNodes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, to := observe(t, otel.Config{})
		require.Empty(t, to.lines(), "there is no cluster")
		now := time.Now()
		o.Refresh(cluster.RefreshEvent{Demoted: map[string]time.Time{"a:1": now.Add(time.Second), "b:1": now.Add(2 * time.Second)}})
		for _, want := range []string{"2", "1", "0"} {
			require.Equal(t, []string{"reprise.cluster.demoted_nodes{} " + want}, to.lines())
			time.Sleep(time.Second)
		}
		o.Refresh(cluster.RefreshEvent{Ended: true, Took: time.Second, Demoted: map[string]time.Time{"a:1": time.Now().Add(time.Second)}})
		require.Equal(t, []string{
			"reprise.cluster.demoted_nodes{} 1",
			"reprise.cluster.refresh.duration{} 1 1",
			"reprise.cluster.refreshes{} 1",
		}, to.lines())
	})
}

// TestRefreshes are told apart by what they failed of.
func TestRefreshes(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want string
	}{
		{nil, ""},
		{io.EOF, "error.type=connection"},
		{errStrange, "error.type=_OTHER"},
		{&policy.Error{Attempts: 3, Err: errors.New("WRONGPASS " + secret)}, "error.type=auth"},
	} {
		o, to := observe(t, otel.Config{})
		o.Refresh(cluster.RefreshEvent{Ended: true, Err: tt.err, Took: 2 * time.Second})
		require.Equal(t, []string{
			"reprise.cluster.demoted_nodes{} 0",
			"reprise.cluster.refresh.duration{" + tt.want + "} 1 2",
			"reprise.cluster.refreshes{" + tt.want + "} 1",
		}, to.lines())
	}
}

// TestInstruments: what they are called, and count.
func TestInstruments(t *testing.T) {
	o, to := observe(t, otel.Config{})
	require.NoError(t, o.Budget("orders", &policy.Budget{}))
	o.Refresh(cluster.RefreshEvent{Ended: true})
	retry := policy.Retry{Retries: 1, Backoff: backoff.NoBackoff{}, Observe: o.Observe}
	require.Error(t, retry.Do(t.Context(), func(context.Context) error { return io.EOF }))
	got := map[string]string{}
	for _, m := range to.metrics() {
		require.NotEmpty(t, m.Description)
		got[m.Name] = m.Unit
		if h, ok := m.Data.(metricdata.Histogram[float64]); ok {
			require.Less(t, h.DataPoints[0].Bounds[0], 0.01, "buckets of seconds")
			require.Less(t, len(h.DataPoints[0].Bounds), 15, "each of them is a series")
		}
	}
	require.Equal(t, map[string]string{
		"reprise.attempts": "{attempt}", "reprise.retries": "{retry}", "reprise.give_ups": "{operation}", "reprise.retry.delay": "s",
		"reprise.budget.tokens": "{token}", "reprise.budget.capacity": "{token}",
		"reprise.cluster.refreshes": "{refresh}", "reprise.cluster.refresh.duration": "s", "reprise.cluster.demoted_nodes": "{node}",
	}, got)
}
