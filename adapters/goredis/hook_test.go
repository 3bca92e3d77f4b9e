package goredis_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/adapters/goredis"
	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/faultproxy"
	"github.com/reprise-go/reprise/policy"
)

const (
	cutBefore = faultproxy.CutBefore
	cutAfter  = faultproxy.CutAfter
	cutWithin = faultproxy.CutMidReply
)

// TestLostReply is what the package is for: the server has run the command and the client
// cannot know.
func TestLostReply(t *testing.T) {
	ctx := t.Context()
	atLeastOnce := three
	atLeastOnce.Replay = classify.Accumulating
	for _, tt := range []struct {
		name    string
		policy  policy.Retry
		faults  []faultproxy.Fault
		wantErr bool
		counter string
		reasons []string
	}{
		{"incr is not run again", three, []faultproxy.Fault{cutAfter}, true, "1", []string{"incr not_replayable"}},
		{"within the reply neither", three, []faultproxy.Fault{cutWithin}, true, "1", []string{"incr not_replayable"}},
		{"nor if it never arrived, which looks the same", three, []faultproxy.Fault{cutBefore}, true, "", []string{"incr not_replayable"}},
		{"at-least-once runs it again", atLeastOnce, []faultproxy.Fault{cutAfter}, false, "2", []string{"incr retrying", "incr succeeded"}},
		{
			"and gives up after three", atLeastOnce, []faultproxy.Fault{cutAfter, cutAfter, cutAfter, cutAfter}, true, "4",
			[]string{"incr retrying", "incr retrying", "incr retrying", "incr out_of_retries"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := newRig(t, tt.policy, on("incr", tt.faults...))
			n, err := g.Incr(ctx, "n").Result()
			if tt.wantErr {
				require.Error(t, err)
				require.Equal(t, classify.Ambiguous, goredis.Classify(err).Class, "%v", err)
			} else {
				require.NoError(t, err)
				require.EqualValues(t, 2, n)
			}
			require.Equal(t, tt.counter, g.direct.Get(ctx, "n").Val())
			require.Equal(t, tt.reasons, g.reasons())
		})
	}
}

func TestSafeCommandsAreRetried(t *testing.T) {
	ctx := t.Context()
	for _, fault := range []faultproxy.Fault{cutBefore, cutAfter, cutWithin} {
		t.Run(fault.String(), func(t *testing.T) {
			g := newRig(t, three, func(r faultproxy.Request) faultproxy.Action {
				if faultproxy.Named("set", "get")(r) && r.Conn <= 2 {
					return faultproxy.Action{Fault: fault}
				}
				return faultproxy.Action{}
			})
			require.NoError(t, g.Set(ctx, "k", "v", 0).Err())
			require.Equal(t, "v", g.Get(ctx, "k").Val())
			require.Equal(t, []string{"set retrying", "set retrying", "set succeeded", "get succeeded"}, g.reasons())
		})
	}
}

// TestRefused: the server said that it has not run the command, so any command is retried.
func TestRefused(t *testing.T) {
	ctx := t.Context()
	for _, text := range []string{
		"LOADING Redis is loading the dataset in memory", "READONLY You can't write against a read only replica.",
		"CLUSTERDOWN The cluster is down", "TRYAGAIN Multiple keys request during rehashing of slot",
		"MASTERDOWN Link with MASTER is down", "NOREPLICAS Not enough good replicas to write.",
		"OOM command not allowed when used memory > 'maxmemory'.", "BUSY Redis is busy running a script.",
		"ERR max number of clients reached",
	} {
		t.Run(text, func(t *testing.T) {
			g := newRig(t, three, refused("incr", text, text))
			require.EqualValues(t, 1, g.Incr(ctx, "n").Val())
			require.Equal(t, []string{"incr retrying", "incr retrying", "incr succeeded"}, g.reasons())
		})
	}
}

func TestRefusedForGood(t *testing.T) {
	ctx := t.Context()
	g := newRig(t, three, nil)
	require.NoError(t, g.direct.Set(ctx, "k", "v", 0).Err())
	require.EqualError(t, g.Incr(ctx, "k").Err(), "ERR value is not an integer or out of range")
	require.EqualError(t, g.LPush(ctx, "k", 1).Err(), "WRONGTYPE Operation against a key holding the wrong kind of value")
	require.Equal(t, []string{"incr not_retryable", "lpush not_retryable"}, g.reasons())
}

// TestScriptRefusal: a refusal out of a script may come after it has written.
func TestScriptRefusal(t *testing.T) {
	ctx := t.Context()
	g := newRig(t, three, nil)
	script := `redis.call('incr', KEYS[1]); return redis.error_reply('LOADING says the script')`
	require.EqualError(t, g.Eval(ctx, script, []string{"n"}).Err(), "LOADING says the script")
	require.Equal(t, "1", g.direct.Get(ctx, "n").Val())
	require.Equal(t, []string{"eval not_replayable"}, g.reasons())

	// Listing the kind does not make it a refusal either.
	all := three
	all.On = []classify.Kind{classify.Response}
	g = newRig(t, all, nil)
	script = `redis.call('incr', KEYS[1]); return redis.error_reply('ERR says the script')`
	require.EqualError(t, g.Eval(ctx, script, []string{"n"}).Err(), "ERR says the script")
	require.Equal(t, "1", g.direct.Get(ctx, "n").Val())
}

func TestScriptIsLoadedWhenMissing(t *testing.T) {
	ctx := t.Context()
	g := newRig(t, three, nil)
	n, err := redis.NewScript("return redis.call('incr', KEYS[1])").Run(ctx, g.Client, []string{"n"}).Int()
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.Equal(t, []string{"evalsha not_retryable", "eval succeeded"}, g.reasons())
}

func TestNilIsAnAnswer(t *testing.T) {
	ctx := t.Context()
	g := newRig(t, three, on("get", cutAfter))
	err := g.Get(ctx, "missing").Err()
	require.True(t, err == redis.Nil, "%v", err) //nolint:errorlint // callers compare so
	require.Equal(t, []string{"get retrying", "get succeeded"}, g.reasons())
}

// TestHandshake: what goes wrong before the command is sent does not make it ambiguous.
func TestHandshake(t *testing.T) {
	ctx := t.Context()
	for _, name := range []string{"hello", "client"} {
		for _, fault := range []faultproxy.Fault{cutBefore, cutAfter, cutWithin} {
			t.Run(name+" "+fault.String(), func(t *testing.T) {
				g := newRig(t, three, on(name, fault))
				require.NoError(t, g.Incr(ctx, "n").Err())
				require.Equal(t, []string{"incr retrying", "incr succeeded"}, g.reasons())
				require.Equal(t, 1, g.runs("incr"))
			})
		}
	}
	t.Run("dial", func(t *testing.T) {
		g := newRig(t, three, faultproxy.Script(faultproxy.Dials, faultproxy.Action{Fault: faultproxy.RefuseDial}))
		require.NoError(t, g.Incr(ctx, "n").Err())
		require.Equal(t, 1, g.runs("incr"))
	})
	t.Run("dialer", func(t *testing.T) {
		for _, err := range []error{
			io.EOF, io.ErrNoProgress, context.DeadlineExceeded, context.Canceled,
			&net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}, errors.New("all sentinels are unreachable"),
		} {
			g := newRig(t, three, nil, func(o *redis.Options) {
				o.Dialer = func(context.Context, string, string) (net.Conn, error) { return nil, err }
			})
			require.Equal(t, err, g.Incr(ctx, "n").Err())
			require.Len(t, g.reasons(), 4, "%v", err)
		}
		bad := &tls.CertificateVerificationError{Err: errors.New("expired")}
		g := newRig(t, three, nil, func(o *redis.Options) {
			o.Dialer = func(context.Context, string, string) (net.Conn, error) { return nil, bad }
		})
		require.Equal(t, bad, g.Incr(ctx, "n").Err())
		require.Equal(t, []string{"incr not_retryable"}, g.reasons())
	})
	t.Run("refused", func(t *testing.T) {
		g := newRig(t, three, nil)
		require.NoError(t, g.proxy.Refuse())
		err := g.Incr(ctx, "n").Err()
		require.ErrorContains(t, err, "connection refused")
		require.Equal(t, classify.Verdict{Class: classify.Transient, Kind: classify.Connection}, goredis.Classify(err))
		require.Len(t, g.reasons(), 4)
	})
}

// TestWrongPassword: redis-py takes 3.5 s and 11 dials to say so.
func TestWrongPassword(t *testing.T) {
	g := newRig(t, three, nil, func(o *redis.Options) { o.Password = "wrong" })
	require.NoError(t, g.direct.ConfigSet(t.Context(), "requirepass", "right").Err())
	err := g.Get(t.Context(), "k").Err()
	require.Equal(t, classify.Verdict{Class: classify.Permanent, Kind: classify.Auth}, goredis.Classify(err), "%v", err)
	require.Equal(t, []string{"get not_retryable"}, g.reasons())
}

func TestContext(t *testing.T) {
	slow := policy.Retry{Retries: 9, Backoff: backoff.Constant(time.Hour)}
	t.Run("ended before", func(t *testing.T) {
		g := newRig(t, slow, nil)
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(io.ErrNoProgress)
		require.Equal(t, io.ErrNoProgress, g.Get(ctx, "k").Err())
		cmds, err := g.Pipelined(ctx, func(p redis.Pipeliner) error { p.Get(ctx, "k"); return nil })
		require.Equal(t, io.ErrNoProgress, err)
		require.Equal(t, io.ErrNoProgress, cmds[0].Err())
		cmds, err = g.TxPipelined(ctx, func(p redis.Pipeliner) error { p.Get(ctx, "k"); return nil })
		require.Equal(t, io.ErrNoProgress, err)
		require.Equal(t, io.ErrNoProgress, cmds[0].Err())
		require.Empty(t, g.reasons())
	})
	t.Run("ends between attempts", func(t *testing.T) {
		for name, call := range map[string]func(context.Context, *rig) error{
			"get": func(ctx context.Context, g *rig) error { return g.Get(ctx, "k").Err() },
			"strlen": func(ctx context.Context, g *rig) error {
				p := g.Pipeline()
				p.StrLen(ctx, "k")
				_, err := p.Exec(ctx)
				return err
			},
			"llen": func(ctx context.Context, g *rig) error {
				p := g.TxPipeline()
				p.LLen(ctx, "k")
				_, err := p.Exec(ctx)
				return err
			},
		} {
			t.Run(name, func(t *testing.T) {
				ctx, cancel := context.WithCancelCause(t.Context())
				cancels := slow
				cancels.Classify = func(err error) classify.Verdict {
					defer cancel(io.ErrNoProgress) // after the first failure, before the delay
					return goredis.Classify(err)
				}
				g := newRig(t, cancels, refused(name, "LOADING one"))
				err := call(ctx, g)
				require.ErrorIs(t, err, io.ErrNoProgress)
				require.ErrorIs(t, err, context.Canceled)
				require.Equal(t, classify.BusyLoading, goredis.Classify(lastOf(t, err)).Kind)
				require.Equal(t, classify.Verdict{Class: classify.Permanent, Kind: classify.Canceled}, goredis.Classify(err))
				replay := slow
				replay.Classify = goredis.Classify
				for _, e := range g.events {
					require.Equal(t, e.Decision, replay.Decide(e.State, e.Err), "events replay")
				}
			})
		}
	})
	t.Run("ends while nobody answers the dials", func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancels := slow
		cancels.Classify = func(err error) classify.Verdict {
			defer cancel(io.ErrNoProgress)
			return goredis.Classify(err)
		}
		g := newRig(t, cancels, nil)
		require.NoError(t, g.proxy.Refuse())
		err := g.Get(ctx, "k").Err()
		require.ErrorIs(t, err, io.ErrNoProgress)
		require.Equal(t, classify.Verdict{Class: classify.Permanent, Kind: classify.Canceled}, goredis.Classify(err))
	})
	t.Run("would end in the delay", func(t *testing.T) {
		g := newRig(t, slow, refused("get", "LOADING one"))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		require.EqualError(t, g.Get(ctx, "k").Err(), "LOADING one")
		require.Equal(t, []string{"get out_of_time"}, g.reasons())
	})
}

// lastOf returns the last attempt's error.
func lastOf(t *testing.T, err error) error {
	var e *policy.Error
	require.ErrorAs(t, err, &e)
	return e.Err
}
