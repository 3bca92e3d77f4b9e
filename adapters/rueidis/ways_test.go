package rueidis

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// TestWhereDialsGo: to the node that is meant, or to the one in its place.
func TestWhereDialsGo(t *testing.T) {
	for _, tt := range []struct {
		name                 string
		heir                 heir
		demoted, shut, named bool
		want                 string
	}{
		{"well", heir{"b:1", true}, false, false, false, "a:1"},
		{"failed", heir{"b:1", true}, true, false, false, "b:1"},
		{"could not be dialled", heir{"b:1", true}, false, true, false, "b:1"},
		{"in the map no more", heir{"b:1", false}, false, false, false, "b:1"},
		{"failed, and not replaced yet", heir{"", true}, true, true, false, "a:1"},
		{"gone with its slots", heir{"", false}, true, true, false, "a:1"},
		{"meant by its name", heir{"b:1", false}, true, true, true, "a:1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWays(nil)
			w.heirs = map[string]heir{"a:1": tt.heir}
			w.demoted = func(string) bool { return tt.demoted }
			w.unknown = func() { t.Error("it is known") }
			if tt.shut {
				w.gates.Failed("a:1", io.EOF)
			}
			if tt.named {
				release, err := w.stay("a:1")
				require.NoError(t, err)
				defer release()
			}
			y := w.setOut("a:1", nil)
			require.Equal(t, tt.want, y.addr)
			y.end()
			require.Empty(t, w.open)
		})
	}
	told := 0
	w := newWays(nil)
	w.unknown = func() { told++ }
	require.Equal(t, "a:1", w.setOut("a:1", nil).addr)
	require.Equal(t, 1, told, "a new node has the map read anew")
}

// TestNamedNode: as long as a connection leads elsewhere, and no longer, nothing is sent to the node by its name.
func TestNamedNode(t *testing.T) {
	w := newWays(nil)
	w.heirs = map[string]heir{"a:1": {"b:1", false}}
	y, other := w.setOut("a:1", nil), w.setOut("b:1", nil)
	_, err := w.stay("a:1")
	require.EqualError(t, err, "rueidis: a:1 does not answer, and b:1 stands in for it")
	release, err := w.stay("b:1")
	require.NoError(t, err)
	release()
	y.end()
	other.end()
	first, err := w.stay("a:1")
	require.NoError(t, err)
	second, err := w.stay("a:1")
	require.NoError(t, err)
	first()
	require.Equal(t, "a:1", w.setOut("a:1", nil).addr)
	second()
	require.Equal(t, "b:1", w.setOut("a:1", nil).addr)
	require.Empty(t, w.named)
}

// world is a network of two nodes, of which one may be silent.
type world struct {
	silent map[string]bool
	broken bool // no connection can be made
	dials  int
	ends   []net.Conn
}

func (w *world) end() {
	for _, c := range w.ends {
		_ = c.Close()
	}
}

func (w *world) dial(ctx context.Context, addr string, _ *net.Dialer, _ *tls.Config) (net.Conn, error) {
	w.dials++
	if w.broken {
		return nil, io.EOF
	}
	if addr == "hole:1" {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	here, there := net.Pipe()
	w.ends = append(w.ends, there)
	silent := w.silent[addr]
	go func() {
		for b := make([]byte, 100); ; {
			if _, err := there.Read(b); err != nil {
				return
			}
			if !silent {
				_, _ = there.Write([]byte("+"))
			}
		}
	}()
	return here, nil
}

// open makes a connection on which a command has been sent.
func (w *world) open(t *testing.T, ways *ways, meant string) *conn {
	t.Helper()
	c, err := (&dials{ways: ways}).connect(t.Context(), meant, nil, nil, w.dial)
	require.NoError(t, err)
	for _, text := range []string{"*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n", "*1\r\n$4\r\nPING\r\n"} {
		_, err = c.Write([]byte(text))
		require.NoError(t, err)
		if !w.silent[c.addr] {
			_, err = c.Read(make([]byte, 1))
			require.NoError(t, err)
		}
	}
	return c
}

// TestSilentNode: what is under way there fails at once when it does not answer a PING, and nothing elsewhere.
func TestSilentNode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := &world{silent: map[string]bool{}}
		defer net.end()
		w := newWays(net.dial)
		var answered []string
		w.answered = func(addr string) { answered = append(answered, addr) }
		a, b := net.open(t, w, "a:1"), net.open(t, w, "b:1")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()

		w.probe(ctx, "a:1", nil, nil)
		require.Nil(t, a.failed, "it answers")
		require.Equal(t, []string{"a:1"}, answered)
		net.silent["a:1"] = true
		net.broken = true
		w.probe(ctx, "b:1", nil, nil)
		require.Nil(t, b.failed, "its connections stand")
		net.broken = false
		before := net.dials
		for range 3 {
			go w.probe(ctx, "a:1", nil, nil)
		}
		synctest.Wait()
		require.Equal(t, before+1, net.dials, "one asks")
		_, err := a.Read(make([]byte, 1))
		require.EqualError(t, err, "rueidis: a:1 does not answer: i/o timeout")
		require.True(t, w.gates.Shut("a:1"))
		require.Nil(t, b.failed)
		require.Len(t, answered, 1)
	})
}

// TestCutDial: a dial that gets no answer ends with the others.
func TestCutDial(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := &world{}
		w := newWays(net.dial)
		hung := errors.New("hung")
		done := make(chan error)
		go func() {
			_, _, err := w.connect(t.Context(), "hole:1", nil, nil)
			done <- err
		}()
		synctest.Wait()
		w.cutOff("hole:1", hung)
		require.Equal(t, hung, <-done)
		require.Empty(t, w.open)
		require.True(t, w.gates.Shut("hole:1"))
	})
}

// TestGoHome: a connection to a stand-in is closed when the node is back, and no command is on it.
func TestGoHome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := &world{}
		defer net.end()
		w := newWays(net.dial)
		w.heirs = map[string]heir{"a:1": {"b:1", false}}
		idle, busy, own := net.open(t, w, "a:1"), net.open(t, w, "a:1"), net.open(t, w, "b:1")
		require.Equal(t, "b:1", idle.addr)
		_, err := busy.Write([]byte("BLPOP"))
		require.NoError(t, err)

		w.goHome(t.Context())
		require.Nil(t, idle.failed, "the node is away")
		w.heirs["a:1"] = heir{"b:1", true}
		w.goHome(t.Context())
		require.ErrorIs(t, idle.failed.err, errHome)
		require.Nil(t, busy.failed)
		require.Nil(t, own.failed)

		_, err = busy.Read(make([]byte, 1))
		require.NoError(t, err)
		w.goHome(t.Context())
		require.ErrorIs(t, busy.failed.err, errHome)
		require.Equal(t, "a:1", net.open(t, w, "a:1").addr)
	})
}
