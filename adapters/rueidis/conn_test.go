package rueidis

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

const (
	hello  = "*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n"
	hello2 = "*2\r\n$5\r\nHELLO\r\n$1\r\n2\r\n"
	auth   = "*2\r\n$4\r\nAUTH\r\n$2\r\npw\r\n"
	incr   = "*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n"
)

// scripted is a connection that takes what is written, and fails as it is told.
type scripted struct {
	net.Conn
	written []string
	fails   error
}

func (s *scripted) Write(b []byte) (int, error) {
	if s.fails != nil {
		return 0, s.fails
	}
	s.written = append(s.written, string(b))
	return len(b), nil
}

func (s *scripted) Read([]byte) (int, error) { return 0, s.fails }

func (*scripted) RemoteAddr() net.Addr { return &net.TCPAddr{Port: 6379} }

// TestConn: what a failure says depends on what has been written before.
func TestConn(t *testing.T) {
	for _, tt := range []struct {
		name   string
		writes []string
		unsent bool
	}{
		{"before anything", nil, true},
		{"in the handshake", []string{hello}, true},
		{"in that with an older server", []string{hello, hello2}, true},
		{"with a password", []string{hello, auth}, true},
		{"after the first command", []string{hello, incr}, false},
		{"after an AUTH of the caller's", []string{hello, incr, auth}, false},
		{"after more than the handshake", []string{hello, hello2, incr}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var d dials
			s := &scripted{}
			c := &conn{Conn: s, addr: "a:1", of: &d}
			for _, w := range tt.writes {
				_, err := c.Write([]byte(w))
				require.NoError(t, err)
			}
			s.fails = io.EOF
			_, err := c.Read(nil)
			var m *marked
			require.ErrorAs(t, err, &m)
			require.Equal(t, marked{err: io.EOF, addr: "a:1", unsent: tt.unsent, at: 1}, *m)
			s.fails = nil
			before := len(s.written)
			_, again := c.Write([]byte(incr))
			require.True(t, err == again, "the same failure, from now on") //nolint:errorlint // the very error
			require.Len(t, s.written, before, "nothing is written any more")
			require.EqualValues(t, 1, d.failures.Load())
		})
	}
}

// TestFailedWrite: some of the command may have arrived.
func TestFailedWrite(t *testing.T) {
	c := &conn{Conn: &scripted{fails: io.EOF}, of: new(dials)}
	_, err := c.Write([]byte(hello))
	require.Equal(t, classify.Transient, Classify(err).Class, "of the handshake")
	s := &scripted{}
	c = &conn{Conn: s, of: new(dials)}
	_, err = c.Write([]byte(hello))
	require.NoError(t, err)
	s.fails = io.EOF
	_, err = c.Write([]byte(incr))
	require.Equal(t, classify.Ambiguous, Classify(err).Class)
}

// TestHandshakeTimeout hides what rueidis would replace by an error of a context.
func TestHandshakeTimeout(t *testing.T) {
	c := &conn{Conn: &scripted{fails: os.ErrDeadlineExceeded}, of: new(dials)}
	_, err := c.Read(nil)
	require.NotErrorIs(t, err, os.ErrDeadlineExceeded)
	require.Equal(t, classify.Verdict{Class: classify.Transient, Kind: classify.Timeout}, Classify(err))
	require.Equal(t, os.ErrDeadlineExceeded, driver(err))
}

// TestCredentials: as the password of a connection in use is renewed, a failure ends what is under way there.
func TestCredentials(t *testing.T) {
	refused := &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	for name, tt := range map[string]struct {
		writes []string
		want   classify.Class
	}{
		"handshake": {nil, classify.Transient},
		"renewed":   {[]string{hello, incr}, classify.Ambiguous},
	} {
		t.Run(name, func(t *testing.T) {
			var asked net.Addr
			o := rueidis.ClientOption{AuthCredentialsFn: func(a rueidis.AuthCredentialsContext) (rueidis.AuthCredentials, error) {
				asked = a.Address
				return rueidis.AuthCredentials{}, refused
			}}
			d := new(dials)
			d.mark(&o)
			c := &conn{Conn: &scripted{}, of: d}
			for _, w := range tt.writes {
				_, err := c.Write([]byte(w))
				require.NoError(t, err)
			}
			_, err := o.AuthCredentialsFn(rueidis.AuthCredentialsContext{Address: c.RemoteAddr()})
			require.ErrorIs(t, err, refused)
			require.Equal(t, tt.want, Classify(err).Class)
			require.Equal(t, &net.TCPAddr{Port: 6379}, asked, "the address that the driver would have given")
			_, err = o.AuthCredentialsFn(rueidis.AuthCredentialsContext{})
			require.Equal(t, refused, err)
		})
	}
}

// broken is a client that puts commands on connections that have failed before, as rueidis does for a moment.
type broken struct {
	rueidis.Client
	calls int
	stale int // so many times
	at    uint64
}

func (*broken) Mode() rueidis.ClientMode { return rueidis.ClientModeStandalone }

func (*broken) B() rueidis.Builder { return rueidis.Builder{} }

func (b *broken) answer() rueidis.RedisResult {
	b.calls++
	if b.calls <= b.stale {
		return rueidis.NewErrorResult(&marked{err: io.EOF, addr: "a:1", at: b.at})
	}
	return rueidis.RedisResult{}
}

func (b *broken) Do(context.Context, rueidis.Completed) rueidis.RedisResult { return b.answer() }

func (b *broken) DoCache(context.Context, rueidis.Cacheable, time.Duration) rueidis.RedisResult {
	return b.answer()
}

func (b *broken) DoMulti(_ context.Context, multi ...rueidis.Completed) []rueidis.RedisResult {
	all := make([]rueidis.RedisResult, len(multi))
	r := b.answer()
	for i := range all {
		all[i] = r
	}
	return all
}

// TestConnectionsThatHadFailed: a command that was given to one was not sent, so that it is sent again, whatever it
// is, at once and uncounted.
func TestConnectionsThatHadFailed(t *testing.T) {
	incr := func() rueidis.Completed { return rueidis.Builder{}.Arbitrary("INCR", "n").Build() }
	for name, call := range map[string]func(*client) error{
		"Do":      func(c *client) error { return c.Do(t.Context(), incr()).Error() },
		"DoMulti": func(c *client) error { return c.DoMulti(t.Context(), incr(), incr())[1].Error() },
		"DoCache": func(c *client) error {
			return c.DoCache(t.Context(), rueidis.Cacheable(rueidis.Builder{}.Arbitrary("GET", "k").ReadOnly()), 1).Error()
		},
	} {
		for _, observed := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				events := 0
				r := policy.Retry{}
				if observed {
					r.Observe = func(context.Context, policy.Event) { events++ }
				}
				b := &broken{stale: staleTries, at: 7}
				c := wrap(b, r)
				c.dials.failures.Store(7)
				require.NoError(t, call(c))
				require.Equal(t, staleTries+1, b.calls)
				if observed {
					require.Equal(t, 1, events, "one attempt")
				}

				b = &broken{stale: staleTries + 1, at: 7}
				c.Client = b
				err := call(c)
				require.True(t, err == io.EOF, "bare, after so many") //nolint:errorlint // bare
				require.Equal(t, staleTries+1, b.calls)

				b = &broken{stale: 1, at: 8} // it failed while the command was under way
				c.Client = b
				if err = call(c); name != "DoCache" {
					require.Equal(t, 1, b.calls, "it may have been executed")
				}
				require.True(t, err == io.EOF, "%v", err) //nolint:errorlint // bare
			})
		}
	}
}
