package rueidis_test

import (
	"testing"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/faultproxy"
	"github.com/reprise-go/reprise/internal/redistest"
)

// impatient has a client give up a server that is silent for long.
func impatient(o *rueidis.ClientOption) { o.ConnWriteTimeout, o.Dialer.KeepAlive = 5*soon, soon }

// noPipelining has a client send one command at a time on each connection.
func noPipelining(o *rueidis.ClientOption) { o.DisableAutoPipelining = true }

// lost are the ways in which a connection ends with a command under way.
var lost = []struct {
	name    string
	action  faultproxy.Action
	options func(*rueidis.ClientOption)
	text    string
	kind    classify.Kind
	ran     bool
}{
	{"EOF after", faultproxy.Action{Fault: cutAfter, Orderly: true}, noOption, "^EOF$", classify.Connection, true},
	{"EOF before", faultproxy.Action{Fault: cutBefore, Orderly: true}, noOption, "^EOF$", classify.Connection, false},
	{"reset after", faultproxy.Action{Fault: cutAfter}, noOption, "connection reset|EOF", classify.Connection, true},
	{"reset before", faultproxy.Action{Fault: cutBefore}, noOption, "connection reset|EOF", classify.Connection, false},
	{"EOF within the reply", faultproxy.Action{Fault: cutWithin, Bytes: 2}, noOption, "EOF$", classify.Connection, true},
	{"silence after", faultproxy.Action{Fault: faultproxy.StallAfter}, impatient, "i/o timeout", classify.Timeout, true},
	{"silence before", faultproxy.Action{Fault: faultproxy.StallBefore}, impatient, "i/o timeout", classify.Timeout, false},
}

func noOption(*rueidis.ClientOption) {}

// TestErrorsOfLostReplies: the command was sent, and the client cannot know whether the server has run it, which looks
// the same. INCR is not run again.
func TestErrorsOfLostReplies(t *testing.T) {
	t.Parallel()
	for mode, options := range modes {
		var rows []provoked
		for _, l := range lost {
			counter := ""
			if l.ran {
				counter = "1"
			}
			rows = append(rows, provoked{
				name: mode + "/" + l.name, text: l.text, verdict: ambiguous(l.kind), reasons: unsure, counter: counter,
				provoke: func(t *testing.T) (*rig, error) {
					g := newRig(t, three, faultproxy.Script(faultproxy.Named("incr"), l.action), options, l.options)
					return g.incr(t)
				},
			})
		}
		runProvoked(t, rows)
	}
}

// modes are the ways in which rueidis uses a connection. Each has its own errors.
var modes = map[string]func(*rueidis.ClientOption){"pipelining": noOption, "one by one": noPipelining}

// TestReadsOutliveLostReplies: what only reads is run again, and its caller hears nothing of it.
func TestReadsOutliveLostReplies(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	for mode, options := range modes {
		for _, l := range lost {
			t.Run(mode+"/"+l.name, func(t *testing.T) {
				t.Parallel()
				g := rigAt(t, server, three, faultproxy.Script(faultproxy.Named("exists"), l.action, l.action), options, l.options)
				n, err := g.Do(t.Context(), g.B().Exists().Key("k").Build()).AsInt64()
				require.NoError(t, err)
				require.Zero(t, n)
				events := g.seen()
				require.Equal(t, "retrying retrying succeeded", reasons(events))
				require.Equal(t, ambiguous(l.kind), events[0].Decision.Verdict)
				if mode == "pipelining" && l.kind == classify.Timeout {
					require.Empty(t, events[0].Node, "rueidis gives up a silent connection by an error of its own")
				} else {
					require.Equal(t, g.proxy.Addr(), events[0].Node)
				}
			})
		}
	}
}

// TestErrorsOfPipelines: each command of a batch has its own end. With pipelining the answers that have arrived are kept,
// without it rueidis forgets them.
func TestErrorsOfPipelines(t *testing.T) {
	t.Parallel()
	for _, l := range lost {
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			g := newRig(t, three, faultproxy.Script(faultproxy.Named("incr"), faultproxy.Action{}, l.action), oneConn, l.options)
			b := g.B()
			results := g.DoMulti(t.Context(), b.Incr().Key("a").Build(), b.Incr().Key("n").Build(), b.Incr().Key("c").Build())
			n, err := results[0].AsInt64()
			require.NoError(t, err)
			require.EqualValues(t, 1, n)
			for _, r := range results[1:] {
				// Of a connection that it gives up with a batch half answered rueidis tells that it has closed it.
				require.Regexp(t, l.text+"|use of closed network connection", r.Error().Error())
				requireDriversOwn(t, r.Error())
			}
			require.Equal(t, []string{"pipeline not_replayable"}, g.why())
			require.Equal(t, "1", g.direct(t, "GET", "a"))
			if l.ran {
				require.Equal(t, "1", g.direct(t, "GET", "n"))
			} else {
				require.Nil(t, g.direct(t, "GET", "n"))
			}
			require.Nil(t, g.direct(t, "GET", "c"))
		})
	}
}
