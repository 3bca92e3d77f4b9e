package classify

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/internal/redissyntax"
	"github.com/reprise-go/reprise/internal/redistest"
)

// oracle runs commands twice on a real server and says what the second run did.
type oracle struct {
	client     *redis.Client
	inbox      *redis.PubSub
	received   int // by inbox
	vocabulary redissyntax.Vocabulary
}

func newOracle(t *testing.T) *oracle {
	// Small stream nodes let approximate trimming, which removes whole nodes, happen at all.
	server := redistest.Start(t, "--stream-node-max-entries", "2", "--maxmemory-policy", "allkeys-lfu")
	client := redis.NewClient(&redis.Options{
		Addr: server.Addr(), Protocol: 2, PoolSize: 1, MaxRetries: -1, DisableIdentity: true,
	})
	t.Cleanup(func() { _ = client.Close() })
	ctx := t.Context()
	inbox := client.Subscribe(ctx, "news")
	t.Cleanup(func() { _ = inbox.Close() })
	if err := inbox.SSubscribe(ctx, "news"); err != nil {
		t.Fatal(err)
	}
	o := &oracle{client: client, inbox: inbox, vocabulary: baseVocabulary()}
	o.vocabulary["dump"] = redissyntax.Pick(o.dump(t, "SET", "k", "1"), o.dump(t, "RPUSH", "k", "x", "y"), "malformed")
	if err := client.FunctionLoad(ctx, library("1")).Err(); err != nil {
		t.Fatal(err)
	}
	o.vocabulary["fdump"] = redissyntax.Pick(client.FunctionDump(ctx).Val())
	return o
}

// dump returns the payload for RESTORE of what a command writes to the key k.
func (o *oracle) dump(t *testing.T, cmd ...string) string {
	o.client.FlushAll(t.Context())
	if err := o.client.Do(t.Context(), anys(cmd)...).Err(); err != nil {
		t.Fatal(err)
	}
	return o.client.Dump(t.Context(), "k").Val()
}

// scenario is one drawn case: the commands that build a state, and the command that is
// run twice on it.
type scenario struct {
	setup [][]string
	args  []string
}

func (s scenario) String() string {
	var b strings.Builder
	for _, cmd := range s.setup {
		fmt.Fprintf(&b, "\t%q\n", cmd)
	}
	fmt.Fprintf(&b, "twice\t%q", s.args)
	return b.String()
}

// observation is what two runs of one command showed.
type observation struct {
	replies   [2]string
	snapshots [3]snapshot // before, after the first run, after the second
	begun     [2]int64    // the server's clock before each run, in milliseconds
	ended     [2]int64    // and after it
}

// observe runs a scenario, in a single round trip where nothing has to happen between
// the runs.
func (o *oracle) observe(ctx context.Context, c *oracleCase, s scenario) (seen observation, err error) {
	pipe := o.client.Pipeline()
	pipe.FlushAll(ctx)
	var setup []*redis.Cmd
	for _, cmd := range s.setup {
		setup = append(setup, pipe.Do(ctx, anys(cmd)...))
	}
	snapshots := []queued{queue(ctx, pipe, c)}
	var runs []run
	for i := range 2 {
		if i > 0 && c.clock || c.inbox {
			_, _ = pipe.Exec(ctx) // refusals are replies; other errors show below
			pipe = o.client.Pipeline()
		}
		if i > 0 && c.clock {
			if err := o.passTime(ctx, runs[0].ended.Val().UnixMilli()); err != nil {
				return seen, err
			}
		}
		if c.inbox {
			if err := o.receive(ctx, &snapshots[i]); err != nil {
				return seen, err
			}
		}
		runs = append(runs, run{begun: pipe.Time(ctx), cmd: pipe.Do(ctx, anys(s.args)...), ended: pipe.Time(ctx)})
		snapshots = append(snapshots, queue(ctx, pipe, c))
	}
	_, _ = pipe.Exec(ctx)
	if c.inbox {
		if err := o.receive(ctx, &snapshots[2]); err != nil {
			return seen, err
		}
	}
	for i, cmd := range setup {
		if err := cmd.Err(); err != nil && !errors.Is(err, redis.Nil) {
			return seen, fmt.Errorf("setup %q: %w", s.setup[i], err)
		}
	}
	for i, r := range runs {
		if err := errors.Join(r.begun.Err(), r.ended.Err()); err != nil {
			return seen, err
		}
		seen.begun[i], seen.ended[i] = r.begun.Val().UnixMilli(), r.ended.Val().UnixMilli()
		seen.replies[i] = replyText(r.cmd)
	}
	for i := range snapshots {
		if seen.snapshots[i], err = snapshots[i].read(); err != nil {
			return seen, err
		}
	}
	return seen, nil
}

// run is one run of the command, between two looks at the server's clock.
type run struct {
	begun, ended *redis.TimeCmd
	cmd          *redis.Cmd
}

// passTime returns when the server's clock is past a moment by two milliseconds: enough
// for every deadline that counts from a run to differ.
func (o *oracle) passTime(ctx context.Context, since int64) error {
	for {
		now, err := o.client.Time(ctx).Result()
		if err != nil || now.UnixMilli() >= since+2 {
			return err
		}
	}
}

// receive counts the messages that have come in. The answer to a PING comes behind them.
func (o *oracle) receive(ctx context.Context, q *queued) error {
	if err := o.inbox.Ping(ctx); err != nil {
		return err
	}
	for {
		switch got, err := o.inbox.Receive(ctx); got.(type) {
		case *redis.Message:
			o.received++
		case *redis.Pong:
			q.received = o.received
			return nil
		case *redis.Subscription:
		default:
			return fmt.Errorf("inbox: unexpected %v, %w", got, err)
		}
	}
}

// rung returns the lowest rung that the observation allows. With lease, a deadline that
// moved by no more and no less than the time between the runs counts as the same.
func (seen *observation) rung(lease bool) Replay {
	before, first, second := seen.snapshots[0], seen.snapshots[1], seen.snapshots[2]
	same := first.equal(second) || lease && first.body == second.body && seen.leaseKept()
	switch {
	case same && before.equal(first):
		return ReadOnly
	case same && seen.replies[0] == seen.replies[1]:
		return Idempotent
	case same:
		return Convergent
	}
	return Accumulating
}

// leaseKept reports whether every deadline is as far from its run as in the first one.
func (seen *observation) leaseKept() bool {
	first, second := seen.snapshots[1].deadlines, seen.snapshots[2].deadlines
	if len(first) != len(second) {
		return false
	}
	for key, at := range first {
		later, ok := second[key]
		moved := later - at
		atLeast, atMost := seen.begun[1]-seen.ended[0], seen.ended[1]-seen.begun[0]
		if !ok || moved != 0 && (moved < atLeast || moved > atMost) {
			return false
		}
	}
	return true
}

// draw returns a generator of the scenarios of a case.
func (o *oracle) draw(c *oracleCase) *rapid.Generator[scenario] {
	command := redissyntax.Parse(c.syntax)
	setup := make([]redissyntax.Syntax, len(c.setup))
	for i, text := range c.setup {
		setup[i] = redissyntax.Parse(text)
	}
	return rapid.Custom(func(t *rapid.T) scenario {
		var s scenario
		for _, part := range setup {
			if cmd := part.Draw(t, o.vocabulary); len(cmd) > 0 {
				s.setup = append(s.setup, cmd)
			}
		}
		s.setup = append(s.setup, drawState(t, c.kind)...)
		s.args = command.Draw(t, o.vocabulary)
		return s
	})
}

// replyText returns a reply, an error reply included, as text.
func replyText(cmd *redis.Cmd) string {
	if err := cmd.Err(); err != nil {
		return "error " + err.Error()
	}
	return fmt.Sprintf("%#v", cmd.Val())
}

func anys(args []string) []any {
	out := make([]any, len(args))
	for i, a := range args {
		out[i] = a
	}
	return out
}
