package rueidis_test

import (
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"

	retry "github.com/reprise-go/reprise/adapters/rueidis"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/faultproxy"
	"github.com/reprise-go/reprise/internal/redistest"
	"github.com/reprise-go/reprise/policy"
)

// The files errors_*_test.go provoke each error that rueidis can return, from a real server or a real socket, and
// hold what the client makes of it.

// provoked is one way to an error, and what must follow from it under the policy three.
type provoked struct {
	name string
	// provoke brings the error about and returns it as the caller gets it. Most count with INCR n.
	provoke func(t *testing.T) (*rig, error)
	text    string           // within the error, a regular expression
	verdict classify.Verdict // in the last decision
	alone   classify.Verdict // of Classify, which sees the error only; zero means the same
	reasons string           // of the decisions; "" means gaveUp
	counter string           // n at the server in the end; "" means that there is none
}

const (
	// gaveUp are the reasons of an operation that was retried as often as three allows.
	gaveUp = "retrying retrying retrying out_of_retries"
	final  = "not_retryable"
	unsure = "not_replayable"
)

// The verdicts by their names.
var (
	transient  = func(k classify.Kind) classify.Verdict { return classify.Verdict{Class: classify.Transient, Kind: k} }
	overloaded = func(k classify.Kind) classify.Verdict { return classify.Verdict{Class: classify.Overloaded, Kind: k} }
	redirect   = func(k classify.Kind) classify.Verdict { return classify.Verdict{Class: classify.Redirect, Kind: k} }
	ambiguous  = func(k classify.Kind) classify.Verdict { return classify.Verdict{Class: classify.Ambiguous, Kind: k} }
	permanent  = func(k classify.Kind) classify.Verdict { return classify.Verdict{Class: classify.Permanent, Kind: k} }
	// unknown is what Classify says of an error that it has never seen.
	unknown = classify.Verdict{Kind: "unknown"}
)

func runProvoked(t *testing.T, rows []provoked) {
	t.Helper()
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			g, err := row.provoke(t)
			require.Error(t, err)
			require.Regexp(t, row.text, err.Error())
			requireDriversOwn(t, err)
			switch row.alone {
			case classify.Verdict{}:
				row.alone = row.verdict
			case unknown:
				row.alone = classify.Verdict{}
			}
			require.Equal(t, row.alone, retry.Classify(err), "%v", err)
			if row.reasons == "" {
				row.reasons = gaveUp
			}
			events := g.seen()
			require.Equal(t, row.reasons, reasons(events), "%v", err)
			require.Equal(t, row.verdict, events[len(events)-1].Decision.Verdict, "%v", err)
			n, _ := g.direct(t, "GET", "n").(string)
			require.Equal(t, row.counter, n)
		})
	}
}

// requireDriversOwn holds that callers get what rueidis would have given them, and need not know of this package.
func requireDriversOwn(t *testing.T, err error) {
	t.Helper()
	for _, ours := range []string{"marked", "judged", "policy."} {
		require.NotContains(t, fmt.Sprintf("%T", err), ours, "%v", err)
	}
}

// reasons returns the reasons of decisions, one after the other.
func reasons(events []policy.Event) string {
	var all []string
	for _, e := range events {
		all = append(all, e.Decision.Reason.String())
	}
	return strings.Join(all, " ")
}

// incr counts at the server, which is what must not be done twice.
func (g *rig) incr(t *testing.T) (*rig, error) {
	return g, g.Do(t.Context(), g.B().Incr().Key("n").Build()).Error()
}

// eval runs a script that counts, and then says what the caller wants.
func (g *rig) eval(t *testing.T, script string) (*rig, error) {
	return g, g.Do(t.Context(), g.B().Eval().Script("redis.call('incr', KEYS[1]) "+script).Numkeys(1).Key("n").Build()).Error()
}

// unconnected returns a rig whose client has met the plan as it was made, and has no connection.
func unconnected(t *testing.T, server *redistest.Server, plan faultproxy.Plan, options ...func(*rueidis.ClientOption)) *rig {
	t.Helper()
	return unconnectedUnder(t, server, three, plan, options...)
}

func unconnectedUnder(t *testing.T, server *redistest.Server, p policy.Retry, plan faultproxy.Plan, options ...func(*rueidis.ClientOption)) *rig {
	t.Helper()
	proxy, err := faultproxy.Start(server.Addr(), faultproxy.Config{Record: true, Plan: plan})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, proxy.Close()) })
	g := &rig{server: server, proxy: proxy}
	p.Observe = g.observe
	o := small(proxy.Addr())
	for _, set := range options {
		set(&o)
	}
	g.Client, err = retry.NewClient(o, p)
	require.Error(t, err)
	requireDriversOwn(t, err)
	require.NotNil(t, g.Client, "a client that can be used")
	t.Cleanup(g.Close)
	return g
}

// bystander returns a client without a policy, past the proxy.
func bystander(t *testing.T, server *redistest.Server, options ...func(*rueidis.ClientOption)) rueidis.Client {
	t.Helper()
	o := small(server.Addr())
	o.DisableRetry = true // or it would go on asking
	for _, set := range options {
		set(&o)
	}
	c, err := rueidis.NewClient(o)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

// always hurts each command of a name.
func always(name string, a faultproxy.Action) faultproxy.Plan {
	return func(r faultproxy.Request) faultproxy.Action {
		if r.Name() == name {
			return a
		}
		return faultproxy.Action{}
	}
}

// arrived returns how many commands of that name have reached the proxy.
func (g *rig) arrived(name string) int { return g.proxy.Received(name) }

// await waits until a condition of another goroutine, or of the server, holds.
func await(t *testing.T, what string, holds func() bool) {
	t.Helper()
	require.Eventually(t, holds, patience, tick, what)
}

// serve serves each connection on the loopback with a function until the test ends, and returns the address.
func serve(t *testing.T, each func(*net.TCPConn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go each(conn.(*net.TCPConn))
		}
	}()
	return l.Addr().String()
}
