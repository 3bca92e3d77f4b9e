package goredis_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/adapters/goredis"
	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/redistest"
	"github.com/reprise-go/reprise/policy"
)

// steady is a client of a server that comes and goes, and the decisions that were made.
type steady struct {
	*redis.Client
	mu     sync.Mutex
	events []policy.Event
}

func newSteady(t *testing.T, addr string, r policy.Retry, options ...func(*redis.Options)) *steady {
	t.Helper()
	s := &steady{}
	r.Observe = func(_ context.Context, e policy.Event) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.events = append(s.events, e)
	}
	o := &redis.Options{Addr: addr}
	for _, set := range options {
		set(o)
	}
	s.Client = goredis.NewClient(o, r)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// seen returns the decisions so far.
func (s *steady) seen() []policy.Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]policy.Event(nil), s.events...)
}

// TestLoadingIsWaitedFor: a policy that lasts sees the data set. Each delay is the policy's own.
func TestLoadingIsWaitedFor(t *testing.T) {
	const keys = 400
	ctx := t.Context()
	for name, call := range map[string]func(*redis.Client) (string, error){
		"command": func(c *redis.Client) (string, error) { return c.Get(ctx, "key:1").Result() },
		"pipeline": func(c *redis.Client) (string, error) {
			p := c.Pipeline()
			v, n := p.Get(ctx, "key:1"), p.Incr(ctx, "n")
			_, err := p.Exec(ctx)
			require.EqualValues(t, 1, n.Val())
			return v.Val(), err
		},
		"transaction": func(c *redis.Client) (string, error) {
			p := c.TxPipeline()
			v, n := p.Get(ctx, "key:1"), p.Incr(ctx, "n")
			_, err := p.Exec(ctx)
			require.EqualValues(t, 1, n.Val())
			return v.Val(), err
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := policy.Retry{Retries: policy.Unlimited, Backoff: backoff.Full(backoff.Exponential{Cap: 64 * time.Millisecond})}
			c := newSteady(t, redistest.StartLoading(t, keys).Addr(), r)
			v, err := call(c.Client)
			require.NoError(t, err)
			require.Equal(t, "value:1", v)

			events := c.seen()
			last := len(events) - 1
			require.Equal(t, policy.Succeeded, events[last].Decision.Reason)
			require.NotZero(t, last, "the server was not loading")
			delays := map[time.Duration]bool{}
			for i, e := range events[:last] {
				require.Equal(t, policy.Retrying, e.Decision.Reason)
				want := classify.Verdict{Class: classify.Transient, Kind: classify.BusyLoading, After: e.Decision.After}
				require.Equal(t, want, e.Decision.Verdict)
				require.LessOrEqual(t, e.Decision.Delay, r.Backoff.Delay(i+1, 0, 1)+e.Decision.After)
				delays[e.Decision.Delay] = true
			}
			require.Len(t, delays, last, "jitter makes each delay another")
		})
	}
}

// TestLoadingTakesTooLong: no more than the policy's attempts, and then the server's own word. Nobody asks the server how long
// where the classifier says so itself.
func TestLoadingTakesTooLong(t *testing.T) {
	ctx := t.Context()
	soon := func(err error) classify.Verdict {
		v := goredis.Classify(err)
		v.After = time.Millisecond
		return v
	}
	server := redistest.StartLoading(t, 60_000)
	for name, call := range map[string]func(*redis.Client) error{
		"command":  func(c *redis.Client) error { return c.Get(ctx, "key:1").Err() },
		"pipeline": func(c *redis.Client) error { p := c.Pipeline(); p.Get(ctx, "key:1"); _, err := p.Exec(ctx); return err },
		"transaction": func(c *redis.Client) error {
			p := c.TxPipeline()
			p.Get(ctx, "key:1")
			_, err := p.Exec(ctx)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := newSteady(t, server.Addr(), policy.Retry{Retries: 4, Backoff: backoff.Constant(time.Millisecond), Classify: soon})
			require.Error(t, call(c.Client))
			events := c.seen()
			require.Len(t, events, 5)
			for _, e := range events {
				// A transaction's error is EXECABORT; the verdict is that of what led to it.
				require.Equal(t, classify.BusyLoading, e.Decision.Verdict.Kind)
				require.Equal(t, e.State.Attempt <= 4, e.Decision.Reason == policy.Retrying)
			}
			require.Equal(t, policy.OutOfRetries, events[4].Decision.Reason)
		})
	}
}

// TestMaxClients: the server turns a client away until another one leaves.
func TestMaxClients(t *testing.T) {
	ctx := t.Context()
	server := redistest.Start(t, "--maxclients", "1")
	other := redis.NewClient(&redis.Options{Addr: server.Addr()})
	require.NoError(t, other.Ping(ctx).Err())

	left := false
	r := lasting
	r.Classify = func(err error) classify.Verdict {
		if !left { // the first failure has been seen
			left = true
			require.NoError(t, other.Close())
		}
		return goredis.Classify(err)
	}
	c := newSteady(t, server.Addr(), r)
	require.EqualValues(t, 1, c.Incr(ctx, "n").Val(), "%v", c.seen())
	require.True(t, left)
	events := c.seen()
	require.NotZero(t, len(events)-1)
	for _, e := range events[:len(events)-1] {
		require.Equal(t, policy.Retrying, e.Decision.Reason)
		require.Contains(t, []classify.Class{classify.Overloaded, classify.Transient}, e.Decision.Verdict.Class, "not sent")
	}
}

// TestWrongPasswordIsFast: a policy that would last for fifteen seconds makes one attempt, and each command
// of a batch says why.
func TestWrongPasswordIsFast(t *testing.T) {
	ctx := t.Context()
	server := redistest.Start(t, "--requirepass", "right")
	get := func(p redis.Pipeliner) error { p.Get(ctx, "k"); return nil }
	for name, call := range map[string]func(*redis.Client) ([]redis.Cmder, error){
		"command":     func(c *redis.Client) ([]redis.Cmder, error) { return nil, c.Get(ctx, "k").Err() },
		"pipeline":    func(c *redis.Client) ([]redis.Cmder, error) { return c.Pipelined(ctx, get) },
		"transaction": func(c *redis.Client) ([]redis.Cmder, error) { return c.TxPipelined(ctx, get) },
	} {
		t.Run(name, func(t *testing.T) {
			c := newSteady(t, server.Addr(), lasting, func(o *redis.Options) { o.Password = "wrong" })
			cmds, err := call(c.Client)
			require.Equal(t, classify.Verdict{Class: classify.Permanent, Kind: classify.Auth}, goredis.Classify(err), "%v", err)
			for _, cmd := range cmds {
				require.Equal(t, err, cmd.Err())
			}
			events := c.seen()
			require.Len(t, events, 1)
			require.Equal(t, policy.NotRetryable, events[0].Decision.Reason)
		})
	}
}

// TestTransactionTurnedAway: the server refuses the connection that a transaction needs.
func TestTransactionTurnedAway(t *testing.T) {
	ctx := t.Context()
	c := newRig(t, three, refused("select", "LOADING one", "LOADING two"), func(o *redis.Options) { o.DB = 1 })
	cmds, err := c.TxPipelined(ctx, func(p redis.Pipeliner) error { p.Incr(ctx, "n"); return nil })
	require.NoError(t, err)
	require.Equal(t, []string{"1"}, outcomes(cmds))
	require.Equal(t, []string{"multi retrying", "multi retrying", "multi succeeded"}, c.reasons())
}

// TestCrash ends a server under GET and SET, and starts it again on the same port: none of them fails.
func TestCrash(t *testing.T) {
	const workers = 8
	server := redistest.Start(t, "--appendonly", "yes", "--appendfsync", "no")
	c := newSteady(t, server.Addr(), lasting)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var (
		work sync.WaitGroup
		done = make(chan error)
	)
	for w := range workers {
		work.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				key := fmt.Sprint("k", w)
				err := c.Set(t.Context(), key, n, 0).Err()
				if err == nil {
					var got int
					// The log outlives a crash of the process, so what was acknowledged is there.
					if got, err = c.Get(t.Context(), key).Int(); err == nil && got != n {
						err = fmt.Errorf("%s is %d after SET %d", key, got, n)
					}
				}
				select {
				case done <- err:
				case <-ctx.Done():
				}
			}
		})
	}
	rounds := func() {
		for range 20 * workers {
			require.NoError(t, <-done)
		}
	}
	rounds()
	for range 3 {
		server.Kill()
		failing := len(c.seen())
		for len(c.seen()) == failing { // until somebody has noticed
			select {
			case err := <-done:
				require.NoError(t, err)
			case <-time.After(time.Millisecond):
			}
		}
		server = server.Restart(t)
		rounds()
	}
	stop()
	work.Wait()
}
