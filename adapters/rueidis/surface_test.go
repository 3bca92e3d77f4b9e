package rueidis_test

import (
	"bytes"
	"context"
	"reflect"
	"testing"
	"time"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"

	retry "github.com/reprise-go/reprise/adapters/rueidis"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/faultproxy"
	"github.com/reprise-go/reprise/policy"
)

// TestStream: what could not be sent is sent again; what fails while the caller reads is his.
func TestStream(t *testing.T) {
	ctx := t.Context()
	g := newRig(t, three, faultproxy.Script(faultproxy.Dials, faultproxy.Action{Fault: faultproxy.RefuseDial}, faultproxy.Action{Fault: faultproxy.RefuseDial}))
	g.direct(t, "SET", "k", "value")
	var out bytes.Buffer
	s := g.DoStream(ctx, g.B().Get().Key("k").Build())
	n, err := s.WriteTo(&out)
	require.NoError(t, err)
	require.EqualValues(t, len("value"), n)
	require.Equal(t, "value", out.String())
	require.Equal(t, []string{"get retrying", "get retrying", "get succeeded"}, g.why())

	many := g.DoMultiStream(ctx, g.B().Incr().Key("n").Build(), g.B().Get().Key("k").Build())
	out.Reset()
	for many.HasNext() {
		_, err := many.WriteTo(&out)
		require.NoError(t, err)
	}
	require.Equal(t, "1value", out.String())
	require.Equal(t, []string{"pipeline succeeded"}, g.why())

	g.proxy.SetPlan(on("get", cutWithin))
	s = g.DoStream(ctx, g.B().Get().Key("k").Build())
	_, err = s.WriteTo(&out)
	require.Error(t, err)
	require.Equal(t, classify.Ambiguous, retry.Classify(err).Class)
	require.Equal(t, []string{"get succeeded"}, g.why(), "it was sent")

	require.NoError(t, g.proxy.Refuse())
	s = g.DoStream(ctx, g.B().Get().Key("k").Build())
	require.ErrorContains(t, s.Error(), "connection refused")
	many = g.DoMultiStream(ctx, g.B().Incr().Key("n").Build(), g.B().Get().Key("k").Build())
	require.ErrorContains(t, many.Error(), "connection refused")
	require.Len(t, g.why(), 8)
	require.NoError(t, g.proxy.Listen())
	none := g.DoMultiStream(ctx)
	require.Error(t, none.Error(), "as rueidis has it")
}

// TestCache: a hit costs no round trip, and what fails is fetched again.
func TestCache(t *testing.T) {
	ctx := t.Context()
	cached := func(o *rueidis.ClientOption) { o.DisableCache = false }
	g := newRig(t, three, on("get", cutAfter, cutBefore), cached)
	g.direct(t, "SET", "k", "one")
	get := func() rueidis.RedisResult {
		return g.DoCache(ctx, g.B().Get().Key("k").Cache(), time.Minute)
	}
	r := get()
	require.NoError(t, r.Error())
	require.False(t, r.IsCacheHit())
	require.Equal(t, []string{"get retrying", "get retrying", "get succeeded"}, g.why())
	r = get()
	require.True(t, r.IsCacheHit())
	g.why()

	g.proxy.SetPlan(refused("get", "LOADING one", "LOADING two"))
	rs := g.DoMultiCache(ctx,
		rueidis.CT(g.B().Get().Key("k").Cache(), time.Minute), rueidis.CT(g.B().Get().Key("other").Cache(), time.Minute),
		rueidis.CT(g.B().Strlen().Key("k").Cache().ToStaticTTL(), time.Minute))
	require.True(t, rs[0].IsCacheHit(), "kept")
	require.True(t, rueidis.IsRedisNil(rs[1].Error()))
	n, err := rs[2].AsInt64()
	require.NoError(t, err)
	require.EqualValues(t, 3, n)
	require.Equal(t, []string{"pipeline retrying", "pipeline retrying", "pipeline succeeded"}, g.why())

	g.proxy.SetPlan(refused("eval_ro", "LOADING one"))
	script := func() rueidis.RedisResult {
		return g.DoCache(ctx, g.B().EvalRo().Script("return redis.call('get', KEYS[1])").Numkeys(1).Key("k").Cache(), time.Minute)
	}
	require.NoError(t, script().Error())
	r = script()
	require.True(t, r.IsCacheHit())
	g.direct(t, "SET", "k", "two")
	require.Eventually(t, func() bool { s, _ := script().ToString(); return s == "two" }, patience, tick, "cached under its key")
	require.Nil(t, g.DoMultiCache(ctx))
}

// TestNodes: each is under the policy, and closes nothing.
func TestNodes(t *testing.T) {
	for name, start := range deployments {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			d := start(t, nil)
			for addr, n := range d.Nodes() {
				require.NotEmpty(t, addr)
				d.why()
				require.NoError(t, n.Do(ctx, n.B().Set().Key("k").Value("v").Build()).Error())
				require.Equal(t, addr, d.seen()[0].Node)
				require.Equal(t, rueidis.ClientModeStandalone, n.Mode(), "as rueidis has it")
				require.Len(t, n.Nodes(), 1)
				n.Close()
				require.NoError(t, n.Do(ctx, n.B().Get().Key("k").Build()).Error())
			}
			d.Close()
			for _, n := range d.Nodes() {
				require.ErrorIs(t, n.Do(ctx, n.B().Get().Key("k").Build()).Error(), rueidis.ErrClosing)
			}
		})
	}
}

// TestDedicated: on a connection of his own the caller is alone with his errors, which are the driver's.
func TestDedicated(t *testing.T) {
	ctx := t.Context()
	g := newRig(t, three, refused("get", "LOADING one"))
	err := g.Dedicated(func(d rueidis.DedicatedClient) error {
		require.ErrorContains(t, d.Do(ctx, d.B().Get().Key("k").Build()).Error(), "LOADING one")
		require.NoError(t, d.Do(ctx, d.B().Watch().Key("k").Build()).Error())
		rs := d.DoMulti(ctx, d.B().Multi().Build(), d.B().Set().Key("k").Value("v").Build(), d.B().Exec().Build())
		return rs[2].Error()
	})
	require.NoError(t, err)
	require.Empty(t, g.why())

	g.proxy.SetPlan(on("incr", cutAfter))
	d, release := g.Dedicate()
	err = d.Do(ctx, d.B().Incr().Key("n").Build()).Error()
	require.Contains(t, reflect.TypeOf(err).String(), "net.", "%v", err)
	require.Equal(t, classify.Ambiguous, retry.Classify(err).Class)
	require.Error(t, d.Do(ctx, d.B().Ping().Build()).Error(), "it does not heal")
	release()

	d, release = g.Dedicate()
	defer release()
	messages := make(chan string, 1)
	d.SetPubSubHooks(rueidis.PubSubHooks{OnMessage: func(m rueidis.PubSubMessage) { messages <- m.Message }})
	require.NoError(t, d.Do(ctx, d.B().Subscribe().Channel("news").Build()).Error())
	g.direct(t, "PUBLISH", "news", "hello")
	require.Equal(t, "hello", <-messages)
}

// TestWrap puts a policy on a client that exists, in the place of the one that it has.
func TestWrap(t *testing.T) {
	ctx := t.Context()
	require.Nil(t, retry.Wrap(nil, three))
	g := newRig(t, three, nil)
	o := small(g.proxy.Addr())
	o.DisableRetry = true
	c := retry.Wrap(plainClient(t, o), three)
	g.proxy.SetPlan(refused("incr", "LOADING one", "LOADING two", "LOADING three"))
	require.NoError(t, c.Do(ctx, c.B().Incr().Key("n").Build()).Error())
	c = retry.Wrap(c, policy.Retry{})
	g.proxy.SetPlan(refused("incr", "LOADING one"))
	require.ErrorContains(t, c.Do(ctx, c.B().Incr().Key("n").Build()).Error(), "LOADING one")

	for field, bad := range map[string]policy.Retry{"Retries is -7": {Retries: -7}, "AttemptTimeout is 1s": {Retries: 3, AttemptTimeout: time.Second}, "MinAttempt is 1s": {Retries: 3, MinAttempt: time.Second}} {
		c := retry.Wrap(c, bad)
		require.NoError(t, c.Do(ctx, c.B().Get().Key("n").Build()).Error())
		g.proxy.SetPlan(refused("get", "LOADING one", "LOADING two"))
		err := c.Do(ctx, c.B().Get().Key("n").Build()).Error()
		require.ErrorContains(t, err, "LOADING one")
		require.ErrorContains(t, err, field)
		rs := c.DoMulti(ctx, c.B().Incr().Key("n").Build(), c.B().Get().Key("n").Build())
		require.NoError(t, rs[0].Error())
		require.ErrorContains(t, rs[1].Error(), "LOADING two")
		require.ErrorContains(t, rs[1].Error(), field)
	}
}

// TestPassThrough: what belongs to a connection is sent once, as it is.
func TestPassThrough(t *testing.T) {
	ctx := t.Context()
	g := newRig(t, three, refused("incr", "LOADING one"))
	b := g.B()
	for _, rs := range [][]rueidis.RedisResult{
		g.DoMulti(ctx, b.Watch().Key("k").Build(), b.Multi().Build(), b.Incr().Key("n").Build(), b.Exec().Build()),
		{g.Do(ctx, b.Subscribe().Channel("news").Build())},
	} {
		for _, r := range rs {
			if err := r.Error(); err != nil {
				require.ErrorAs(t, err, new(*rueidis.RedisError))
			}
		}
	}
	require.Empty(t, g.why())
	require.Nil(t, g.DoMulti(ctx))
	require.Equal(t, rueidis.ClientModeStandalone, g.Mode())
}

// TestNewClientRefuses what would multiply attempts or send a stranger's command.
func TestNewClientRefuses(t *testing.T) {
	for _, tt := range []struct {
		name   string
		option rueidis.ClientOption
		retry  policy.Retry
		want   string
	}{
		{"a bad policy", rueidis.ClientOption{}, policy.Retry{Retries: -7}, "rueidis: policy: Retries is -7; allowed: Unlimited (-1), 0 or more"},
		{
			"a timeout for attempts", rueidis.ClientOption{}, policy.Retry{AttemptTimeout: time.Second},
			"rueidis: policy: AttemptTimeout is 1s; allowed with rueidis: 0, since a command is sent even after its context has ended; set ClientOption.ConnWriteTimeout",
		},
		{
			"shares for attempts", rueidis.ClientOption{}, policy.Retry{MinAttempt: time.Second},
			"rueidis: policy: MinAttempt is 1s; allowed with rueidis: 0, since a command is sent even after its context has ended; set ClientOption.ConnWriteTimeout",
		},
		{
			"redirects", rueidis.ClientOption{Standalone: rueidis.StandaloneOption{EnableRedirect: true}}, three,
			"rueidis: Standalone.EnableRedirect is true; allowed: false, since rueidis then recycles commands that are to be sent again",
		},
		{"no address", rueidis.ClientOption{}, three, rueidis.ErrNoAddr.Error()},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := retry.NewClient(tt.option, tt.retry)
			require.EqualError(t, err, tt.want)
			require.True(t, c == nil)
		})
	}
}

// TestServerDown: with ForceSingleClient there is a client although the server is down, as rueidis has it.
func TestServerDown(t *testing.T) {
	g := newRig(t, three, nil)
	require.NoError(t, g.proxy.Refuse())
	c, err := retry.NewClient(small(g.proxy.Addr()), three)
	require.ErrorContains(t, err, "connection refused")
	require.NotNil(t, c)
	defer c.Close()
	require.NoError(t, g.proxy.Listen())
	require.NoError(t, c.Do(context.Background(), c.B().Ping().Build()).Error())
}
