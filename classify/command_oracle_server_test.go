package classify

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/internal/redistest"
)

// oracle runs commands twice on a real server and says what the second run did.
type oracle struct {
	client   *redis.Client
	inbox    *redis.PubSub
	received int // by inbox
	vocabulary
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
	o.vocabulary["dump"] = pick(o.dump(t, "SET", "k", "1"), o.dump(t, "RPUSH", "k", "x", "y"), "malformed")
	if err := client.FunctionLoad(ctx, library("1")).Err(); err != nil {
		t.Fatal(err)
	}
	o.vocabulary["fdump"] = pick(client.FunctionDump(ctx).Val())
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

// snapshot is the state of the server as far as commands are graded by it.
type snapshot struct {
	body      string           // all keys with their values, in order; what probes replied
	deadlines map[string]int64 // in Unix milliseconds, by database and key
}

func (s snapshot) equal(other snapshot) bool {
	return s.body == other.body && maps.Equal(s.deadlines, other.deadlines)
}

// dumpState returns all keys of two databases with their values, in a canonical order,
// and their deadlines. Left out is what is no state: access times, the layout of radix
// trees, and the cached count in the header of a HyperLogLog.
const dumpState = `
local skip = {['seen-time']=1, ['active-time']=1, ['radix-tree-keys']=1, ['radix-tree-nodes']=1}
local function text(v)
  if type(v) ~= 'table' then return tostring(v) end
  if v.ok then return v.ok end
  local out, i = {}, 1
  while i <= #v do
    if skip[v[i]] then i = i + 2 else out[#out+1] = text(v[i]); i = i + 1 end
  end
  return '[' .. table.concat(out, ' ') .. ']'
end
local function pairs2(flat)
  local out = {}
  for i = 1, #flat, 2 do out[#out+1] = flat[i] .. '=' .. flat[i+1] end
  table.sort(out)
  return text(out)
end
local read = {
  string = function(k)
    local v = redis.call('GET', k)
    if v:sub(1, 4) == 'HYLL' then v = v:sub(1, 8) .. v:sub(17) end
    return v
  end,
  list = function(k) return text(redis.call('LRANGE', k, 0, -1)) end,
  set = function(k) local m = redis.call('SMEMBERS', k); table.sort(m); return text(m) end,
  hash = function(k) return pairs2(redis.call('HGETALL', k)) end,
  zset = function(k) return text(redis.call('ZRANGE', k, 0, -1, 'WITHSCORES')) end,
  stream = function(k) return text(redis.call('XINFO', 'STREAM', k, 'FULL', 'COUNT', 0)) end,
}
local body, deadlines = {}, {}
for db = 0, 1 do
  redis.call('SELECT', db)
  local keys = redis.call('KEYS', '*')
  table.sort(keys)
  for _, k in ipairs(keys) do
    local kind = redis.call('TYPE', k).ok
    body[#body+1] = db .. ' ' .. k .. ' ' .. kind .. ' ' .. read[kind](k)
    local at = redis.call('PEXPIRETIME', k)
    if at >= 0 then
      deadlines[#deadlines+1] = db .. ' ' .. k
      deadlines[#deadlines+1] = at
    end
  end
end
return {table.concat(body, '\n'), deadlines}`

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

// queued is a snapshot on its way.
type queued struct {
	state    *redis.Cmd
	probes   []*redis.Cmd
	received int
}

// queue asks for the state, and the probes of the case.
func queue(ctx context.Context, pipe redis.Pipeliner, c *oracleCase) queued {
	q := queued{state: pipe.EvalRO(ctx, dumpState, nil)}
	for _, probe := range c.probes {
		q.probes = append(q.probes, pipe.Do(ctx, anys(strings.Fields(probe))...))
	}
	return q
}

func (q *queued) read() (snapshot, error) {
	parts, err := q.state.Slice()
	if err != nil {
		return snapshot{}, fmt.Errorf("snapshot: %w", err)
	}
	s := snapshot{body: parts[0].(string), deadlines: map[string]int64{}}
	flat := parts[1].([]any)
	for i := 0; i < len(flat); i += 2 {
		s.deadlines[flat[i].(string)] = flat[i+1].(int64)
	}
	for _, probe := range q.probes {
		s.body += "\n" + replyText(probe)
	}
	if q.received > 0 {
		s.body += fmt.Sprintf("\n%d messages received", q.received)
	}
	return s, nil
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
	command := parseSyntax(c.syntax)
	setup := make([]seq, len(c.setup))
	for i, text := range c.setup {
		setup[i] = parseSyntax(text)
	}
	return rapid.Custom(func(t *rapid.T) scenario {
		var s scenario
		for _, part := range setup {
			if cmd := part.emit(t, o.vocabulary, nil); len(cmd) > 0 {
				s.setup = append(s.setup, cmd)
			}
		}
		s.setup = append(s.setup, drawState(t, c.kind)...)
		s.args = command.emit(t, o.vocabulary, nil)
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
