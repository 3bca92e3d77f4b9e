package rueidis_test

import (
	"errors"
	"testing"
	"time"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"

	retry "github.com/reprise-go/reprise/adapters/rueidis"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/faultproxy"
	"github.com/reprise-go/reprise/internal/redistest"
)

// soon is how long a client here waits for a handshake or a sign of life.
const soon = 50 * time.Millisecond

// oneConn gives a client one connection, where it has four by default, each for some of the keys.
func oneConn(o *rueidis.ClientOption) { o.PipelineMultiplex = -1 }

func hasty(o *rueidis.ClientOption) { o.Dialer.Timeout = soon }

// TestErrorsOfHandshakes: what fails before the command's turn did not run it. rueidis gives the command an error that
// looks as if it had.
func TestErrorsOfHandshakes(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	shaking := func(a faultproxy.Action, options ...func(*rueidis.ClientOption)) func(*testing.T) (*rig, error) {
		return func(t *testing.T) (*rig, error) {
			return unconnected(t, server, always("HELLO", a), options...).incr(t)
		}
	}
	cached := func(o *rueidis.ClientOption) { o.DisableCache = false }
	runProvoked(t, []provoked{
		{
			name: "EOF", text: "EOF", verdict: transient(classify.Connection), alone: ambiguous(classify.Connection),
			provoke: shaking(faultproxy.Action{Fault: cutAfter, Orderly: true}),
		},
		{
			name: "reset", text: "connection reset|EOF", verdict: transient(classify.Connection), alone: ambiguous(classify.Connection),
			provoke: shaking(faultproxy.Action{Fault: cutAfter}),
		},
		{
			name: "within the reply", text: "EOF", verdict: transient(classify.Connection), alone: ambiguous(classify.Connection),
			provoke: shaking(faultproxy.Action{Fault: cutWithin, Bytes: 9}),
		},
		{
			name: "silence", text: "i/o timeout", verdict: transient(classify.Timeout), alone: ambiguous(classify.Timeout),
			provoke: shaking(faultproxy.Action{Fault: faultproxy.StallAfter}, hasty),
		},
		{
			name: "a server that hangs", text: "i/o timeout", verdict: transient(classify.Timeout), alone: ambiguous(classify.Timeout),
			provoke: func(t *testing.T) (*rig, error) {
				server := redistest.Start(t)
				if err := server.Freeze(); errors.Is(err, errors.ErrUnsupported) {
					t.Skip(err)
				}
				g, err := unconnected(t, server, nil, hasty).incr(t)
				require.NoError(t, server.Thaw())
				return g, err
			},
		},
		{
			name: "LOADING", text: "^LOADING", verdict: transient(classify.BusyLoading),
			provoke: shaking(faultproxy.Refuse("LOADING Redis is loading the dataset in memory")),
		},
		{
			name: "a server of before RESP3, to a client with a cache", text: "", verdict: permanent(classify.Response), reasons: final,
			provoke: func(t *testing.T) (*rig, error) {
				g, err := shaking(faultproxy.Refuse("ERR unknown command `HELLO`"), cached)(t)
				require.ErrorIs(t, err, rueidis.ErrNoCache)
				return g, err
			},
		},
		{
			name: "a server that does not track keys", text: "", verdict: permanent(classify.Response), reasons: final,
			provoke: func(t *testing.T) (*rig, error) {
				g, err := unconnected(t, server, always("CLIENT", faultproxy.Refuse("ERR unknown subcommand")), cached).incr(t)
				require.ErrorIs(t, err, rueidis.ErrNoCache)
				return g, err
			},
		},
	})
}

// TestErrorsOfAccess: what is forbidden stays forbidden, and is said at once.
func TestErrorsOfAccess(t *testing.T) {
	t.Parallel()
	as := func(user, password string) func(*rueidis.ClientOption) {
		return func(o *rueidis.ClientOption) { o.Username, o.Password = user, password }
	}
	// locked returns a server that lets those in who know the secret.
	locked := func(t *testing.T) *redistest.Server {
		server := redistest.Start(t)
		for _, cmd := range [][]string{
			{"ACL", "SETUSER", "reader", "on", ">secret", "~*", "+get", "+hello"},
			{"ACL", "SETUSER", "tester", "on", "nopass", "~*", "+@all"},
			{"CONFIG", "SET", "requirepass", "secret"},
		} {
			_, err := server.Do(t.Context(), cmd...)
			require.NoError(t, err)
		}
		return server
	}
	// open lets everybody in again, who asks what has been counted for example.
	open := func(t *testing.T, g *rig) {
		c := bystander(t, g.server, as("tester", "any"))
		require.NoError(t, c.Do(t.Context(), c.B().Arbitrary("CONFIG", "SET", "requirepass", "").Build()).Error())
	}
	refused := func(user, password string) func(*testing.T) (*rig, error) {
		return func(t *testing.T) (*rig, error) {
			g, err := unconnected(t, locked(t), nil, as(user, password)).incr(t)
			open(t, g)
			return g, err
		}
	}
	later := func(user string, cmds ...string) func(*testing.T) (*rig, error) {
		return func(t *testing.T) (*rig, error) {
			g := rigAt(t, locked(t), three, nil, as(user, "secret"), oneConn)
			if cmds != nil {
				require.NoError(t, g.Do(t.Context(), g.command(cmds...)).Error())
			}
			g.seen()
			_, err := g.incr(t)
			open(t, g)
			return g, err
		}
	}
	runProvoked(t, []provoked{
		{name: "no password", text: "^NOAUTH", verdict: permanent(classify.Auth), reasons: final, provoke: refused("", "")},
		{name: "wrong password", text: "^WRONGPASS", verdict: permanent(classify.Auth), reasons: final, provoke: refused("", "guess")},
		{name: "wrong user", text: "^WRONGPASS", verdict: permanent(classify.Auth), reasons: final, provoke: refused("nobody", "secret")},
		{name: "no password any more", text: "^NOAUTH", verdict: permanent(classify.Auth), reasons: final, provoke: later("default", "RESET")},
		{name: "no permission", text: "^NOPERM", verdict: permanent(classify.NoPermission), reasons: final, provoke: later("reader")},
		{name: "wrong password later", text: "^WRONGPASS", verdict: permanent(classify.Auth), reasons: final, provoke: func(t *testing.T) (*rig, error) {
			g := rigAt(t, locked(t), three, nil, as("default", "secret"))
			err := g.Do(t.Context(), g.command("AUTH", "guess")).Error()
			open(t, g)
			return g, err
		}},
	})
}

// TestErrorsOfCredentials: an error of AuthCredentialsFn ends the making of a connection, where nothing was sent, or a
// connection with commands under way.
func TestErrorsOfCredentials(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	vault := errors.New("the vault is sealed")
	runProvoked(t, []provoked{
		{
			name: "in the handshake", text: vault.Error(), verdict: transient(classify.Connection), alone: unknown,
			provoke: func(t *testing.T) (*rig, error) {
				g, err := unconnected(t, server, nil, func(o *rueidis.ClientOption) {
					o.AuthCredentialsFn = func(rueidis.AuthCredentialsContext) (rueidis.AuthCredentials, error) {
						return rueidis.AuthCredentials{}, vault
					}
				}).incr(t)
				require.Equal(t, vault, err)
				return g, err
			},
		},
		{
			name: "with a command under way", text: vault.Error(), verdict: ambiguous(classify.Connection), alone: unknown, reasons: unsure,
			counter: "1", provoke: func(t *testing.T) (*rig, error) {
				stalled, first := make(chan struct{}), true
				g := rigAt(t, redistest.Start(t), three, func(r faultproxy.Request) faultproxy.Action {
					if r.Name() != "INCR" {
						return faultproxy.Action{}
					}
					close(stalled)
					return faultproxy.Action{Fault: faultproxy.StallAfter}
				}, oneConn, func(o *rueidis.ClientOption) {
					o.AuthCredentialsFn = func(rueidis.AuthCredentialsContext) (rueidis.AuthCredentials, error) {
						if first {
							first = false
							return rueidis.AuthCredentials{RefreshAfter: time.Now()}, nil
						}
						<-stalled
						return rueidis.AuthCredentials{}, vault
					}
				})
				_, err := g.incr(t)
				require.Equal(t, vault, err)
				await(t, "INCR was run", func() bool { return g.direct(t, "GET", "n") != nil })
				return g, err
			},
		},
	})
}

// TestErrorsOfMaxClients: the server answers a new connection with an error and hangs up. rueidis asks several things
// at once on a new connection, and takes the end that follows the first answer for the answer to all of them. It can
// tell the error only where it asks for one.
func TestErrorsOfMaxClients(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, "--maxclients", "1")
	only := bystander(t, server, oneConn)
	for _, tt := range []struct {
		name, text string
		info       []string
		verdict    classify.Verdict
		alone      classify.Class
	}{
		{"one question", "^max number of clients reached$", rueidis.DisableClientSetInfo, overloaded(classify.MaxClients), classify.Overloaded},
		{"several", "EOF|connection reset|broken pipe", nil, transient(classify.Connection), classify.Ambiguous},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := &rig{server: server}
			p := three
			p.Observe = g.observe
			o := small(server.Addr())
			o.ClientSetInfo = tt.info
			var err error
			g.Client, err = retry.NewClient(o, p)
			require.Error(t, err)
			t.Cleanup(g.Close)
			_, err = g.incr(t)
			require.Regexp(t, tt.text, err.Error())
			requireDriversOwn(t, err)
			require.Equal(t, tt.alone, retry.Classify(err).Class)
			events := g.seen()
			require.Equal(t, gaveUp, reasons(events))
			require.Equal(t, tt.verdict, events[3].Decision.Verdict)
			require.True(t, rueidis.IsRedisNil(only.Do(t.Context(), only.B().Get().Key("n").Build()).Error()), "not counted")
		})
	}
}
