package rueidis_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"

	retry "github.com/reprise-go/reprise/adapters/rueidis"
	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/faultproxy"
	"github.com/reprise-go/reprise/internal/judged"
	"github.com/reprise-go/reprise/policy"
)

// own is the delay of the policies here, without a server's estimate.
const own = 100 * time.Millisecond

var untiring = policy.Retry{Retries: policy.Unlimited, Backoff: backoff.Constant(own)}

// toPolicies are the ways to a policy.
var toPolicies = map[string]func(context.Context, rueidis.Client) error{
	"Do": func(ctx context.Context, c rueidis.Client) error { return c.Do(ctx, words(2)).Error() },
	"DoCache": func(ctx context.Context, c rueidis.Client) error {
		return c.DoCache(ctx, cacheable(c), time.Hour).Error()
	},
	"DoMulti": func(ctx context.Context, c rueidis.Client) error {
		return c.DoMulti(ctx, words(2), words(2))[1].Error()
	},
	"DoMultiCache": func(ctx context.Context, c rueidis.Client) error {
		return c.DoMultiCache(ctx, rueidis.CT(cacheable(c), time.Hour))[0].Error()
	},
	"transaction": func(ctx context.Context, c rueidis.Client) error {
		b := c.B()
		return c.DoMulti(ctx, b.Multi().Build(), b.Incr().Key("k").Build(), b.Exec().Build())[2].Error()
	},
	"Receive": func(ctx context.Context, c rueidis.Client) error {
		return c.Receive(ctx, c.B().Subscribe().Channel("news").Build(), nil)
	},
	"node": func(ctx context.Context, c rueidis.Client) error { return c.Nodes()["a:1"].Do(ctx, words(2)).Error() },
}

// TestEta: all who are refused wait as long as the server says that it will go on, though for five seconds at a time at
// most, and then their own delay. It is asked once.
func TestEta(t *testing.T) {
	for name, call := range toPolicies {
		for eta, want := range map[int]time.Duration{3: 3*time.Second + own, 12: 12*time.Second + own, 0: 6 * own} {
			t.Run(fmt.Sprint(name, " ", eta), func(t *testing.T) {
				s := newLoader(t, eta)
				synctest.Test(t, func(t *testing.T) {
					start := time.Now()
					s.until = start.Add(max(time.Duration(eta)*time.Second, 6*own))
					c := retry.Wrap(s, untiring)
					var all sync.WaitGroup
					errs, took := make([]error, 50), make([]time.Duration, 50)
					for i := range errs {
						all.Go(func() { errs[i], took[i] = call(t.Context(), c), time.Since(start) })
					}
					all.Wait()
					for i, err := range errs {
						require.NoError(t, err)
						require.Equal(t, want, took[i])
					}
					require.EqualValues(t, 1, s.asked.Load(), "50 callers are refused")
				})
			})
		}
	}
}

// TestEtaIsOfTheNode: a client that Nodes has returned has asked for the client too.
func TestEtaIsOfTheNode(t *testing.T) {
	s := newLoader(t, 3)
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		s.until = start.Add(3 * time.Second)
		c := retry.Wrap(s, untiring)
		var all sync.WaitGroup
		for _, one := range []rueidis.Client{c, c.Nodes()["a:1"], retry.Wrap(c, untiring)} {
			all.Go(func() {
				if err := one.Do(t.Context(), words(2)).Error(); err != nil || time.Since(start) != 3*time.Second+own {
					t.Errorf("%v after %v", err, time.Since(start))
				}
			})
		}
		all.Wait()
		require.EqualValues(t, 1, s.asked.Load())
	})
}

// TestNoEta: nobody is asked where the policy would not wait or somebody else may serve sooner, and a question that fails
// is not asked again.
func TestNoEta(t *testing.T) {
	for name, tt := range map[string]struct {
		retry policy.Retry
		set   func(*loader)
		asked int64
		took  time.Duration
	}{
		"a cluster":           {retry: untiring, set: func(s *loader) { s.mode = rueidis.ClientModeCluster }, took: 5 * own},
		"two servers":         {retry: untiring, set: func(s *loader) { s.addrs = append(s.addrs, "b:1") }, took: 5 * own},
		"no retries":          {},
		"other kinds only":    {retry: policy.Retry{Retries: 3, On: []classify.Kind{classify.Timeout}}},
		"another refusal":     {retry: untiring, set: func(s *loader) { s.refusal = s.busy }, took: 5 * own},
		"a hint of its own":   {retry: hinted(2 * time.Second), took: 2*time.Second + own},
		"a closed client":     {retry: untiring, set: func(s *loader) { s.during = func() { s.wrapped.Close() } }, took: own},
		"INFO fails":          {retry: untiring, set: func(s *loader) { s.info = s.busy }, took: 5 * own, asked: 1},
		"INFO is no text":     {retry: untiring, set: func(s *loader) { s.info = s.fine }, took: 5 * own, asked: 1},
		"INFO is not replied": {retry: untiring, set: func(s *loader) { s.silent = true }, took: time.Second + own, asked: 1},
	} {
		for way, call := range toPolicies {
			t.Run(name+" "+way, func(t *testing.T) {
				s := newLoader(t, 3)
				synctest.Test(t, func(t *testing.T) {
					start, r := time.Now(), tt.retry
					s.until = start.Add(5 * own)
					if tt.set != nil {
						tt.set(s)
					}
					r.Observe = func(_ context.Context, e policy.Event) {
						if e.Op == "info" {
							t.Error("INFO is asked under the policy")
						}
					}
					s.wrapped = retry.Wrap(s, r)
					_ = call(t.Context(), s.wrapped)
					require.Equal(t, tt.took, time.Since(start))
					require.Equal(t, tt.asked, s.asked.Load())
				})
			})
		}
	}
}

// hinted returns a policy whose classifier knows how long to wait.
func hinted(after time.Duration) policy.Retry {
	r := untiring
	r.Classify = func(err error) classify.Verdict {
		v := retry.Classify(err)
		v.After = after
		return v
	}
	return r
}

// TestEtaIsNotTold: what comes back is the driver's own error, bare.
func TestEtaIsNotTold(t *testing.T) {
	for name, call := range toPolicies {
		t.Run(name, func(t *testing.T) {
			s := newLoader(t, 3)
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				s.until = start.Add(time.Hour)
				err := call(t.Context(), retry.Wrap(s, policy.Retry{Retries: 1, Backoff: backoff.Constant(own)}))
				require.Equal(t, 3*time.Second+own, time.Since(start))
				require.Equal(t, "*rueidis.RedisError", fmt.Sprintf("%T", err))
			})
		})
	}
}

// TestEtaEndsWithTheCaller: a question that is not answered, and a wait for what was, end with the caller's context.
func TestEtaEndsWithTheCaller(t *testing.T) {
	for name, call := range toPolicies {
		for _, silent := range []bool{false, true} {
			t.Run(fmt.Sprint(name, " ", silent), func(t *testing.T) {
				s := newLoader(t, 3)
				synctest.Test(t, func(t *testing.T) {
					start := time.Now()
					s.until, s.silent = start.Add(time.Hour), silent
					ctx, cancel := context.WithCancel(t.Context())
					time.AfterFunc(3*own, cancel)
					err := call(ctx, retry.Wrap(s, untiring))
					require.Equal(t, 3*own, time.Since(start))
					require.EqualValues(t, 1, s.asked.Load())
					require.ErrorIs(t, err, context.Canceled)
					var leak *judged.Error
					require.NotErrorAs(t, err, &leak)
					if name == "Receive" {
						require.Equal(t, context.Canceled, err, "as rueidis has it")
						return
					}
					var ended *policy.Error
					require.ErrorAs(t, err, &ended)
					require.Equal(t, "*rueidis.RedisError", fmt.Sprintf("%T", ended.Err))
				})
			})
		}
	}
}

// TestEtaSparesTheConnection: others may be waiting on the connection on which INFO was not answered in time.
func TestEtaSparesTheConnection(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	answer := make(chan struct{})
	g := newRig(t, three, func(r faultproxy.Request) (a faultproxy.Action) {
		switch r.Name() {
		case "INCR":
			return faultproxy.Refuse("LOADING Redis is loading the dataset in memory")
		case "INFO":
			a.Hold = answer
			cancel()
		}
		return a
	}, oneConn)
	require.ErrorIs(t, g.Do(ctx, g.B().Incr().Key("n").Build()).Error(), context.Canceled)
	close(answer)
	require.NoError(t, g.Do(t.Context(), g.B().Set().Key("k").Value("v").Build()).Error())
	conns := map[string]int{}
	for _, x := range g.proxy.Record() {
		conns[x.Name()] = x.Conn
	}
	require.Equal(t, conns["INCR"], conns["SET"], "%v", conns)
	require.Equal(t, 1, g.proxy.Received("INFO"))
}
