package rueidis_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"

	retry "github.com/reprise-go/reprise/adapters/rueidis"
	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/internal/redistest"
	"github.com/reprise-go/reprise/policy"
)

const (
	// hungFor is the policy's MaxElapsed, from which NewClient takes how long a server that hangs may be silent.
	hungFor = time.Second
	// hungAttempt is how long such a server can hold an attempt. rueidis looks at each KeepAlive, an eighth, whether
	// anything has come since the last look, and only if not sends the PING that it waits ConnWriteTimeout for, three
	// quarters.
	hungAttempt = 2*hungFor/8 + hungFor*3/4
	// hungHandshake is how long it can hold a connection that is being made: for ConnWriteTimeout.
	hungHandshake = hungFor * 3 / 4
	// slack is for a machine that is busy.
	slack = hungFor / 2
)

// TestHungServer stops a server under calls of one goroutine and of many, on a connection that is there and on some
// that have to be made. They are given up in the context's time, or the policy's, and the client works again when the
// server does.
func TestHungServer(t *testing.T) {
	for name, op := range map[string]func(context.Context, rueidis.Client) error{"STRLEN": strlen, "INCR": incr, "DoMulti": multi} {
		for _, callers := range []int{1, 16} {
			t.Run(fmt.Sprint(name, " by ", callers), func(t *testing.T) {
				t.Parallel()
				h := newHung(t, policy.Unlimited, one)
				h.works(t)
				h.check(t, callers, op)
			})
			t.Run(fmt.Sprint(name, " by ", callers, " that dial"), func(t *testing.T) {
				t.Parallel()
				h := newHung(t, policy.Unlimited, four)
				h.check(t, callers, op)
			})
		}
	}
}

// TestHungServerWithoutRetries bounds a single attempt.
func TestHungServerWithoutRetries(t *testing.T) {
	h := newHung(t, 0, four)
	for range 3 {
		h.hang(t, 16, hungAttempt+slack, func() error { return strlen(t.Context(), h) })
	}
}

// hung is a client of a server that can be stopped.
type hung struct {
	rueidis.Client
	server *redistest.Server
}

// How many connections a client has, as an exponent of 2.
const (
	one  = -1 // 0 means rueidis' default
	four = 2  // of which one is made with the client, and the others when they are needed
)

// newHung returns a client and its server.
func newHung(t *testing.T, retries, connections int) *hung {
	t.Helper()
	server := redistest.Start(t)
	o := small(server.Addr())
	o.PipelineMultiplex = connections
	c, err := retry.NewClient(o, policy.Retry{
		Retries: retries, MaxElapsed: hungFor, Backoff: backoff.Constant(10 * time.Millisecond),
	})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return &hung{c, server}
}

// check stops the server under calls with and without a deadline.
func (h *hung) check(t *testing.T, callers int, op func(context.Context, rueidis.Client) error) {
	t.Helper()
	const deadline = hungFor / 4
	h.hang(t, callers, deadline+slack, func() error {
		ctx, cancel := context.WithTimeout(t.Context(), deadline)
		defer cancel()
		return op(ctx, h)
	})
	// The last attempt may begin when the time is all but over. It needs a new connection: by then the others are
	// known to hang.
	limit := max(hungAttempt, hungFor+hungHandshake)
	h.hang(t, callers, limit+slack, func() error { return op(t.Context(), h) })
}

// hang stops the server, lets the callers call, and lets it go on. It requires that each call fails, within the limit,
// that nothing was counted twice, and that the client works.
func (h *hung) hang(t *testing.T, callers int, limit time.Duration, call func() error) {
	t.Helper()
	before := h.count(t)
	require.NoError(t, h.server.Freeze())
	took, errs := make([]time.Duration, callers), make([]error, callers)
	var all sync.WaitGroup
	for i := range callers {
		all.Go(func() {
			began := time.Now()
			errs[i] = call()
			took[i] = time.Since(began)
		})
	}
	all.Wait()
	require.NoError(t, h.server.Thaw())
	t.Logf("%d given up after %v to %v: %v", callers, slices.Min(took), slices.Max(took), errs[0])
	require.NotContains(t, errs, nil)
	require.Less(t, slices.Max(took), limit)
	require.LessOrEqual(t, h.count(t)-before, callers, "an INCR was executed twice")
	h.works(t)
}

// count returns the counter. What the server was sent while it hung it has executed by then.
func (h *hung) count(t *testing.T) int {
	t.Helper()
	v, err := h.server.Do(t.Context(), "INCRBY", "n", "0")
	require.NoError(t, err)
	require.IsType(t, int64(0), v)
	return int(v.(int64))
}

// works requires that the client works.
func (h *hung) works(t *testing.T) {
	t.Helper()
	require.NoError(t, strlen(t.Context(), h))
	require.NoError(t, incr(t.Context(), h))
	require.NoError(t, multi(t.Context(), h))
}

func strlen(ctx context.Context, c rueidis.Client) error {
	return c.Do(ctx, c.B().Strlen().Key("k").Build()).Error()
}

func incr(ctx context.Context, c rueidis.Client) error {
	return c.Do(ctx, c.B().Incr().Key("n").Build()).Error()
}

// multi returns the last error of a read, a write and one that counts.
func multi(ctx context.Context, c rueidis.Client) (last error) {
	for _, r := range c.DoMulti(ctx, c.B().Strlen().Key("k").Build(), c.B().Incr().Key("n").Build(), c.B().Set().Key("k").Value("v").Build()) {
		if err := r.Error(); err != nil {
			last = err
		}
	}
	return last
}
