package proptest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/alicebob/miniredis/v2"
	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/faultproxy"
	"github.com/reprise-go/reprise/internal/histories"
)

// Client is a client of Redis that is tested, and what it promises. Its functions are called by up to four goroutines at
// the same time, and Close when these are done. Where a client cannot be shared, they are to lock a mutex.
type Client struct {
	// Do runs one command and returns its reply: a string or bytes, an integer, nil for null, or a slice of these. An
	// error reply is an error; of null, an error may be made too.
	Do func(ctx context.Context, args []string) (any, error)
	// Pipeline sends commands together and returns their results in the same order. nil: there is none to test.
	Pipeline func(ctx context.Context, cmds [][]string) []Result
	// Transaction runs commands between MULTI and EXEC and returns their results in the same order: what EXEC said of
	// each, and if it said nothing of them, errors. nil: there is none to test.
	Transaction func(ctx context.Context, cmds [][]string) []Result
	// Close closes the connections; nil: nothing is to be done.
	Close func() error

	// Replay is the highest rung of which a command that may have been executed is run again. Not said means
	// Idempotent, as in a policy.
	Replay classify.Replay
	// Attempts is how often a command is sent at most: one more than there are retries. 0 means that nothing is promised.
	Attempts int
	// Within is how long one call takes at most, whatever the server does, the waiting for replies that never come
	// and for other callers included. 0 means 10 s, and that no reply stays away: a client should have a short timeout for
	// those, of 100 ms or so, and each costs it.
	Within time.Duration
}

// Result is what the caller of a command in a pipeline or a transaction gets, as from Client.Do.
type Result struct {
	Value any
	Err   error
}

// The laws of a client.
const (
	// ClientAnswers is broken by an error while nothing has gone wrong.
	ClientAnswers Law = "a client answers when nothing is in its way"
	// ClientAcknowledged is broken by a reply to a command that was never executed.
	ClientAcknowledged Law = "what a client acknowledges was executed"
	// ClientOnce is broken by a second execution above Client.Replay. Below Accumulating it is also broken by one that
	// changes the state again, since something else was executed in between.
	ClientOnce Law = "nothing is executed twice above the rung that a client promises"
	// ClientWhole is broken by a command of a transaction that is executed outside of MULTI and EXEC.
	ClientWhole Law = "a transaction is executed as a whole or not at all"
	// ClientReplies is broken by a reply that is not the one of the command's own execution.
	ClientReplies Law = "each reply is that of its own request"
	// ClientOrder is broken by a command that is executed behind a later one of its pipeline, where the two share a key and
	// one writes; by one that a connection gets behind a later one, whatever their keys, unless it had it before, since
	// what was refused may be sent again; and by one that is executed when its call is over.
	ClientOrder Law = "a connection's commands are executed in their order"
	// ClientEnds is broken by a call that takes longer than Client.Within, and by more attempts than Client.Attempts.
	ClientEnds Law = "a call ends in the time and the attempts that a client promises"
)

// clientLaws are the laws of a client, in the order in which they are reported, and what breaks them.
var clientLaws = []struct {
	law    Law
	broken []histories.Law
}{
	{ClientAnswers, []histories.Law{histories.ForNoReason}},
	{ClientAcknowledged, []histories.Law{histories.NeverExecuted}},
	{ClientReplies, []histories.Law{histories.OtherReply}},
	{ClientOnce, []histories.Law{histories.ExecutedTwice}},
	{ClientWhole, []histories.Law{histories.Torn}},
	{ClientOrder, []histories.Law{histories.OutOfOrder}},
	{ClientEnds, []histories.Law{histories.TooMany, histories.TookTooLong}},
}

// ClientLaws returns the laws of a client, in the order in which they are reported.
func ClientLaws() []Law {
	var laws []Law
	for _, l := range clientLaws {
		laws = append(laws, l.law)
	}
	return laws
}

// TestClient draws histories, runs each through a fresh client, and holds it to its laws, or to some of them if laws are
// given. A history is some commands, single, in pipelines and in transactions, one after the other and of up to four
// callers at the same time, and what happens to them on their way: refused and reset dials, connections lost before, after
// and within a reply and between commands, or with all replies to what was sent together, refusals, callers that leave,
// and faults without an end. Each caller has keys of its own. A lost connection is lost to all who share it. The client
// dials the address that open is given; what it says to set a connection up meets faults too. open is also called once
// before, to learn what the client promises. If it cannot make a client it should fail the test.
//
// The server is a miniredis: see [TestClientAt] for a real one. A test takes some tenths of a second, and more for a client
// that waits between attempts: give it short delays. If a law is broken, the test prints the law, the smallest
// history that rapid found, and what the server saw of it.
func TestClient(t rapid.TB, open func(addr string) Client, laws ...Law) {
	t.Helper()
	memory := miniredis.NewMiniRedis()
	if err := memory.StartAddr(faultproxy.OwnAddr()); err != nil {
		t.Fatalf("proptest: %v", err)
	}
	defer memory.Close()
	TestClientAt(t, memory.Addr(), open, laws...)
}

// TestClientAt is TestClient with the real server at an address. The server is emptied for each history, so it must be empty
// when the test begins: else the test fails, and nothing is lost. It is empty when the test ends.
func TestClientAt(t rapid.TB, addr string, open func(addr string) Client, laws ...Law) {
	t.Helper()
	h, err := histories.On(addr, func(o histories.Options) histories.Driver {
		return &clientDriver{Client: open(o.Addr)}
	})
	if err != nil {
		t.Fatalf("proptest: %v", err)
	}
	defer h.Close()
	if n, err := h.Keys(); err != nil || n > 0 {
		t.Fatalf("proptest: the server at %s holds %d keys, and is to be emptied: give the test one of its own (%v)", addr, n, err)
	}
	defer func() { _ = h.Empty() }()
	promised := promises(addr, open)
	judged, broken := laws, false
	rapid.Check(t, func(t *rapid.T) {
		ops := promised.kind(laws).Ops().Draw(t, "operations")
		history := promised.history(ops)
		tries := 1
		if broken && history.Concurrent() {
			tries = mostTries
		}
		for range tries {
			violations, record, err := h.Seen(history)
			if err != nil {
				t.Fatalf("proptest: %v", err)
			}
			law, what := judgeClient(violations, judged)
			if law == "" {
				continue
			}
			judged, broken = []Law{law}, true // a smaller history that breaks another is no smaller one of this
			// What differs from run to run, as ports in errors do, is logged. What fails is the law: rapid takes a
			// failure with other words for another one.
			t.Logf("%s\n%s\nin the history\n%v\nThe server saw\n%s", law, what, history, seen(record))
			t.Fatal(law)
		}
	})
}

// mostTries is how often a history is run, of which a larger one has broken a law, if callers meet in it: who comes first
// is chance, and a counterexample is to fail again.
const mostTries = 30

// promises opens a client to learn what it promises, and closes it.
func promises(addr string, open func(addr string) Client) Client {
	c := open(addr)
	d := clientDriver{Client: c}
	_ = d.Close()
	return c
}

// kind returns which histories suit the client.
func (c Client) kind(laws []Law) histories.Kind {
	k := histories.Kind{
		Shapes: []histories.Shape{histories.Single}, Rough: true, Together: true,
		Without: []string{"BITOP"}, // miniredis keeps the time at which its target expires
	}
	// A client that does not end would take all its time, in each history, for no other law.
	k.Endless = len(laws) == 0 || slices.Contains(laws, ClientEnds)
	if c.Pipeline != nil {
		k.Shapes = append(k.Shapes, histories.Pipeline)
	}
	if c.Transaction != nil {
		k.Shapes = append(k.Shapes, histories.Transaction)
	}
	if c.Within > 0 {
		k.Stalls = 20
	}
	return k
}

// history returns what happens, and what may be expected of the client.
func (c Client) history(ops []histories.Op) histories.History {
	h := histories.History{Replay: c.Replay, Retries: c.Attempts - 1, Within: c.Within, Ops: ops}
	if h.Replay == 0 {
		h.Replay = classify.Idempotent
	}
	if h.Within == 0 {
		h.Within = 10 * time.Second
	}
	return h
}

// judgeClient returns the first law that is broken, and how. No laws are all of them.
func judgeClient(violations []histories.Violation, laws []Law) (Law, string) {
	for _, l := range clientLaws {
		if len(laws) > 0 && !slices.Contains(laws, l.law) {
			continue
		}
		for _, v := range violations {
			if slices.Contains(l.broken, v.Law) {
				return l.law, v.String()
			}
		}
	}
	for _, v := range violations {
		if v.Law == histories.ModelDiffers {
			return "proptest and the server agree on what commands do", v.String()
		}
	}
	return "", ""
}

// mostSeen is how many commands are printed: who reads more has lost the thread.
const mostSeen = 20

// seen returns the record of a proxy, but for what sets connections up and what the kit itself says.
func seen(record []faultproxy.Exchange) string {
	var lines []string
	for _, x := range record {
		if !faultproxy.Handshake(x.Request) && x.Conn > 1 {
			lines = append(lines, "    "+x.String())
		}
	}
	if more := len(lines) - mostSeen; more > 0 {
		lines = append(lines[:mostSeen], fmt.Sprintf("    and %d more", more))
	}
	return strings.Join(lines, "\n")
}
