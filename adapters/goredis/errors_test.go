package goredis_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/adapters/goredis"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/faultproxy"
	"github.com/reprise-go/reprise/internal/redistest"
	"github.com/reprise-go/reprise/policy"
)

// The files errors_*_test.go provoke each error that go-redis can return, from a real server or a
// real socket, and hold what the hook makes of it.

// provoked is one way to an error, and what must follow from it under the policy three.
type provoked struct {
	name string
	// provoke brings the error about and returns it as the caller gets it. Most count with INCR n.
	provoke func(t *testing.T) (*rig, error)
	text    string           // within the error, a regular expression
	verdict classify.Verdict // in the last decision
	alone   classify.Verdict // of Classify, which sees the error only; zero means the same
	reasons string           // of the decisions; "" means gaveUp
	counter string           // n at the server in the end
}

// gaveUp are the reasons of an operation that was retried as often as three allows.
const gaveUp = "retrying retrying retrying out_of_retries"

// The verdicts by their names.
var (
	transient  = func(k classify.Kind) classify.Verdict { return classify.Verdict{Class: classify.Transient, Kind: k} }
	overloaded = func(k classify.Kind) classify.Verdict { return classify.Verdict{Class: classify.Overloaded, Kind: k} }
	redirect   = func(k classify.Kind) classify.Verdict { return classify.Verdict{Class: classify.Redirect, Kind: k} }
	ambiguous  = func(k classify.Kind) classify.Verdict { return classify.Verdict{Class: classify.Ambiguous, Kind: k} }
	permanent  = func(k classify.Kind) classify.Verdict { return classify.Verdict{Class: classify.Permanent, Kind: k} }
)

func runProvoked(t *testing.T, rows []provoked) {
	t.Helper()
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			g, err := row.provoke(t)
			require.Error(t, err)
			require.Regexp(t, row.text, err.Error())
			require.NotContains(t, fmt.Sprintf("%T", err), "goredis.", "the driver's own error")
			if row.alone == (classify.Verdict{}) {
				row.alone = row.verdict
			}
			require.Equal(t, row.alone, goredis.Classify(err), "%v", err)
			if row.reasons == "" {
				row.reasons = gaveUp
			}
			require.Equal(t, row.reasons, g.why(), "%v", err)
			require.Equal(t, row.verdict, g.last().Decision.Verdict, "%v", err)
			require.Equal(t, row.counter, g.direct.Get(t.Context(), "n").Val())
		})
	}
}

// why returns the reasons of the decisions, one after the other.
func (g *rig) why() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	var all []string
	for _, e := range g.events {
		all = append(all, e.Decision.Reason.String())
	}
	return strings.Join(all, " ")
}

// last returns the last decision.
func (g *rig) last() policy.Event {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.events) == 0 {
		return policy.Event{}
	}
	return g.events[len(g.events)-1]
}

func (g *rig) observe(_ context.Context, e policy.Event) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.events = append(g.events, e)
}

// seen returns how many commands of that name have reached the proxy.
func (g *rig) seen(name string) int { return g.proxy.Received(name) }

// rigAt is newRig before a server of the test's own. The connection past the proxy is made at
// once, so that it survives what the test does to passwords and limits.
func rigAt(t *testing.T, server *redistest.Server, r policy.Retry, plan faultproxy.Plan, options ...func(*redis.Options)) *rig {
	t.Helper()
	proxy, err := faultproxy.Start(server.Addr(), faultproxy.Config{Plan: plan, Record: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, proxy.Close()) })
	g := &rig{proxy: proxy, direct: redis.NewClient(&redis.Options{Addr: server.Addr(), PoolSize: 1})}
	t.Cleanup(func() { require.NoError(t, g.direct.Close()) })
	require.NoError(t, g.direct.Ping(t.Context()).Err())
	g.Client = g.client(t, r, options...)
	return g
}

// client returns another client through the rig's proxy, with the hook.
func (g *rig) client(t *testing.T, r policy.Retry, options ...func(*redis.Options)) *redis.Client {
	t.Helper()
	c := goredis.NewClient(g.with(&r, options...), r)
	t.Cleanup(func() { _ = c.Close() }) // some tests have closed it already
	return c
}

// with returns the options of a client through the proxy, and has the policy tell the rig.
func (g *rig) with(r *policy.Retry, options ...func(*redis.Options)) *redis.Options {
	r.Observe = g.observe
	o := &redis.Options{Addr: g.proxy.Addr()}
	for _, set := range options {
		set(o)
	}
	return o
}

// incr counts at the server, which is what must not be done twice.
func (g *rig) incr(t *testing.T) (*rig, error) { return g, g.Incr(t.Context(), "n").Err() }

// patience is how long a test waits for what happens in milliseconds.
const patience = 20 * time.Second

// wait waits until a condition of another goroutine, or of the server, holds.
func wait(t *testing.T, what string, holds func() bool) {
	t.Helper()
	require.Eventually(t, holds, patience, time.Millisecond, what)
}

// listen serves each connection on the loopback with a function until the test ends, and returns
// the address.
func listen(t *testing.T, serve func(*net.TCPConn)) string {
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
			go serve(conn.(*net.TCPConn))
		}
	}()
	return l.Addr().String()
}

// greet answers what a client says on a new connection, as a server before HELLO would, until a
// command of the name arrives, of which only the name is read.
func greet(conn net.Conn, name string) {
	in := bufio.NewReaderSize(conn, 64)
	word := func(mark string) string {
		line, err := in.ReadString('\n')
		n, _ := strconv.Atoi(strings.Trim(line, mark+"\r\n"))
		if err != nil || mark == "*" {
			return strconv.Itoa(n)
		}
		text := make([]byte, n+len("\r\n"))
		_, _ = io.ReadFull(in, text)
		return string(text[:n])
	}
	for {
		n, _ := strconv.Atoi(word("*"))
		if n == 0 || strings.EqualFold(word("$"), name) {
			return
		}
		for range n - 1 {
			word("$")
		}
		_, _ = io.WriteString(conn, "-ERR unknown command\r\n")
	}
}
