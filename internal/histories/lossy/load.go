package lossy

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/faultproxy"
	"github.com/reprise-go/reprise/internal/histories"
	"github.com/reprise-go/reprise/internal/redistest"
	"github.com/reprise-go/reprise/policy"
)

// The load of the checks here. The seed fixes which replies are lost, so every run is the same.
const (
	calls   = 10_000
	batches = 500
	seed    = 1
)

// three is the policy of single commands.
var three = policy.Retry{Retries: 3, Backoff: backoff.NoBackoff{}}

// load is a driver before a server that loses two replies in a hundred.
type load struct {
	histories.Driver
	server *redistest.Server // past the proxy
	proxy  *faultproxy.Proxy
}

// newLoad returns a load for the driver that open makes. Its server ends with the test; without redis-server the
// test is skipped.
func newLoad(t *testing.T, open func(histories.Options) histories.Driver, r policy.Retry, on []On) *load {
	t.Helper()
	server, announce := startOn(t, on)
	proxy, err := faultproxy.Start(server.Addr(), faultproxy.Config{Plan: lossy(t)})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, proxy.Close()) })
	require.NoError(t, announce(t.Context(), proxy.Addr()))
	// Nothing here is to time out: replies are lost with their connection.
	d := open(histories.Options{Addr: proxy.Addr(), Retry: r, Timeout: 3 * time.Second})
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	return &load{Driver: d, server: server, proxy: proxy}
}

// lossy loses one reply in a hundred after the command was executed, and one within the reply. The commands that
// set up a connection are spared, so that each loss is one of the load.
func lossy(t *testing.T) faultproxy.Plan {
	t.Helper()
	plan, err := faultproxy.Rates{CutAfter: 0.01, CutMidReply: 0.01}.Plan(seed)
	require.NoError(t, err)
	return func(r faultproxy.Request) faultproxy.Action {
		if faultproxy.Handshake(r) || looks(r) {
			return faultproxy.Action{}
		}
		return plan(r)
	}
}

// looks selects what the client of a cluster sends by itself.
var looks = faultproxy.Named("CLUSTER", "PING")

// lost returns how many replies were lost.
func (l *load) lost() int {
	c := l.proxy.Counts()
	return c.Faults[faultproxy.CutAfter] + c.Faults[faultproxy.CutMidReply]
}

// inDoubt fails the test if an error claims to know that the command was not executed.
func (l *load) inDoubt(t *testing.T, err error) {
	t.Helper()
	require.Equal(t, classify.Ambiguous, l.Classify(err).Class, "%v", err)
}

// number returns the number that a key of the server holds.
func (l *load) number(t *testing.T, key string) int {
	t.Helper()
	v, err := l.server.Do(t.Context(), "GET", key)
	require.NoError(t, err)
	require.IsType(t, "", v)
	n, err := strconv.Atoi(v.(string))
	require.NoError(t, err)
	return n
}

// CheckCounter counts 10,000 times while replies are lost: nothing is counted twice, and what was acknowledged was
// counted.
func CheckCounter(t *testing.T, open func(histories.Options) histories.Driver, on ...On) {
	t.Helper()
	l := newLoad(t, open, three, on)
	acknowledged, last := 0, int64(0)
	for range calls {
		r := l.Do(t.Context(), []string{"INCR", "n"})
		if r.Err != nil {
			l.inDoubt(t, r.Err)
			continue
		}
		acknowledged++
		require.Greater(t, r.Value, last, "two callers got the same number")
		last = r.Value.(int64)
	}
	n := l.number(t, "n")
	t.Logf("%d INCRs, %d replies lost: %d acknowledged, %d ambiguous errors, the counter is %d, executed twice %d",
		calls, l.lost(), acknowledged, calls-acknowledged, n, n-calls)
	require.Equal(t, calls, n, "every one is executed once, since only replies are lost")
	require.Equal(t, calls-l.lost(), acknowledged)
	require.Greater(t, l.lost(), 150)
}

// CountedTwice is the load of [CheckCounter] without its judgment. It returns how often a driver counted twice, to
// show that the check can fail.
func CountedTwice(t *testing.T, open func(histories.Options) histories.Driver, on ...On) (twice int) {
	t.Helper()
	l := newLoad(t, open, three, on)
	acknowledged := 0
	for range calls {
		if l.Do(t.Context(), []string{"INCR", "n"}).Err == nil {
			acknowledged++
		}
	}
	n := l.number(t, "n")
	t.Logf("%d INCRs, %d replies lost: %d acknowledged, the counter is %d, executed twice %d",
		calls, l.lost(), acknowledged, n, n-calls)
	return n - calls
}

// CheckReadsAndWrites sets and gets 10,000 times while replies are lost: what may run twice succeeds. Four lost
// replies in a row have a chance of one in six million each time.
func CheckReadsAndWrites(t *testing.T, open func(histories.Options) histories.Driver, on ...On) {
	t.Helper()
	l := newLoad(t, open, three, on)
	for i := range calls {
		key, value := "k"+strconv.Itoa(i%100), strconv.Itoa(i)
		require.NoError(t, l.Do(t.Context(), []string{"SET", key, value}).Err)
		require.Equal(t, histories.Result{Value: value}, l.Do(t.Context(), []string{"GET", key}))
	}
	t.Logf("%d SETs and %d GETs, %d replies lost: all succeeded", calls, calls, l.lost())
	require.Greater(t, l.lost(), 300)
}

// FailedSets is the load of [CheckReadsAndWrites] without its judgment. It returns how many SETs and how many GETs
// failed, to show that the check can fail.
func FailedSets(t *testing.T, open func(histories.Options) histories.Driver, on ...On) (sets, gets int) {
	t.Helper()
	l := newLoad(t, open, three, on)
	for i := range calls {
		key := "k" + strconv.Itoa(i%100)
		if l.Do(t.Context(), []string{"SET", key, strconv.Itoa(i)}).Err != nil {
			sets++
		}
		if l.Do(t.Context(), []string{"GET", key}).Err != nil {
			gets++
		}
	}
	t.Logf("%d SETs and %d GETs, %d replies lost: %d SETs and %d GETs failed", calls, calls, l.lost(), sets, gets)
	return sets, gets
}
