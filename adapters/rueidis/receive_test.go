package rueidis_test

import (
	"context"
	"io"
	"testing"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/policy"
)

// listener is a Receive under way.
type listener struct {
	confirmed chan rueidis.PubSubSubscription // heard by the caller's own hook
	messages  chan string
	done      chan error
	end       context.CancelCauseFunc
}

// listen subscribes.
func listen(t *testing.T, c rueidis.Client, subscribe rueidis.Completed) *listener {
	t.Helper()
	l := &listener{make(chan rueidis.PubSubSubscription, 100), make(chan string, 100), make(chan error, 1), nil}
	ctx, end := context.WithCancelCause(t.Context())
	l.end = end
	ctx = rueidis.WithOnSubscriptionHook(ctx, func(s rueidis.PubSubSubscription) { l.confirmed <- s })
	go func() { l.done <- c.Receive(ctx, subscribe, func(m rueidis.PubSubMessage) { l.messages <- m.Message }) }()
	return l
}

// TestReceiveSubscribesAgain, as often as the connection is lost: each subscription that stood has the retries of
// the policy before it. rueidis alone has no end where there are retries, and none of them where not.
func TestReceiveSubscribesAgain(t *testing.T) {
	for name, subscribe := range map[string]func(rueidis.Builder) rueidis.Completed{
		"subscribe":  func(b rueidis.Builder) rueidis.Completed { return b.Subscribe().Channel("news", "more").Build() },
		"psubscribe": func(b rueidis.Builder) rueidis.Completed { return b.Psubscribe().Pattern("n*s", "more").Build() },
		"ssubscribe": func(b rueidis.Builder) rueidis.Completed { return b.Ssubscribe().Channel("news").Build() },
	} {
		t.Run(name, func(t *testing.T) {
			g := newRig(t, policy.Retry{Retries: 1, Backoff: backoff.NoBackoff{}}, nil)
			l := listen(t, g, subscribe(g.B()))
			publish := "PUBLISH"
			if name == "ssubscribe" {
				publish = "SPUBLISH"
			}
			for range 5 {
				require.Equal(t, name, (<-l.confirmed).Kind)
				g.direct(t, publish, "news", "hello")
				require.Equal(t, "hello", <-l.messages)
				g.direct(t, "CLIENT", "KILL", "TYPE", "pubsub")
				if name != "ssubscribe" {
					<-l.confirmed // of "more"; the first of them may come before or after the kill
				}
			}
			l.end(io.ErrNoProgress)
			require.True(t, <-l.done == context.Canceled, "what rueidis documents") //nolint:errorlint // bare
		})
	}
}

// TestReceiveGivesUp when the policy does, and says why.
func TestReceiveGivesUp(t *testing.T) {
	g := newRig(t, three, nil)
	l := listen(t, g, g.B().Subscribe().Channel("news").Build())
	<-l.confirmed
	require.Empty(t, g.why())
	require.NoError(t, g.proxy.Refuse())
	g.direct(t, "CLIENT", "KILL", "TYPE", "pubsub")
	require.ErrorContains(t, <-l.done, "connection refused")
	require.Equal(t, []string{
		"subscribe succeeded", // the subscription that stood
		"subscribe retrying", "subscribe retrying", "subscribe retrying", "subscribe out_of_retries",
	}, g.why())
}

// TestReceiveEnds, without another try, when it is over.
func TestReceiveEnds(t *testing.T) {
	t.Run("unsubscribed", func(t *testing.T) {
		g := newRig(t, three, nil)
		ctx := rueidis.WithOnReceiveReturnHook(t.Context(), func(err error, _ rueidis.CommandClient) error { return err })
		confirmed := make(chan struct{}, 10)
		ctx = rueidis.WithOnSubscriptionHook(ctx, func(rueidis.PubSubSubscription) { confirmed <- struct{}{} })
		done := make(chan error)
		go func() {
			done <- g.Receive(ctx, g.B().Subscribe().Channel("news").Build(), func(rueidis.PubSubMessage) {})
		}()
		<-confirmed
		require.NoError(t, g.Do(t.Context(), g.B().Unsubscribe().Channel("news").Build()).Error())
		require.NoError(t, <-done)
	})
	t.Run("not allowed", func(t *testing.T) {
		g := newRig(t, three, nil)
		g.direct(t, "ACL", "SETUSER", "default", "resetchannels")
		err := g.Receive(t.Context(), g.B().Subscribe().Channel("news").Build(), func(rueidis.PubSubMessage) {})
		require.ErrorContains(t, err, "NOPERM")
		require.Equal(t, []string{"subscribe not_retryable"}, g.why())
	})
	t.Run("closed", func(t *testing.T) {
		g := newRig(t, three, nil)
		l := listen(t, g, g.B().Subscribe().Channel("news").Build())
		<-l.confirmed
		g.Close()
		require.ErrorIs(t, <-l.done, rueidis.ErrClosing)
	})
	t.Run("context ended before", func(t *testing.T) {
		g := newRig(t, three, nil)
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(io.ErrNoProgress)
		err := g.Receive(ctx, g.B().Subscribe().Channel("news").Build(), func(rueidis.PubSubMessage) {})
		require.True(t, err == context.Canceled, "%v", err) //nolint:errorlint // bare
	})
}
