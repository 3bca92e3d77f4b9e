package proptest

import (
	"fmt"
	"strconv"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/resp"
)

// replayRuns is what two runs of one command showed.
type replayRuns struct {
	replies   [2]string
	snapshots [3]replayState // before, after the first run, after the second
	begun     [2]int64       // the server's clock before each run, in milliseconds
	ended     [2]int64       // and after it
	unknown   bool           // to the server
}

// replayBatch gathers commands until it has to know what they did.
type replayBatch struct {
	conn    *replayConn
	waiting [][]string
	replies []any
}

// add puts a command behind the others and returns the place of its reply.
func (b *replayBatch) add(args ...string) int {
	b.waiting = append(b.waiting, args)
	return len(b.replies) + len(b.waiting) - 1
}

// run sends what waits.
func (b *replayBatch) run() error {
	replies, err := b.conn.do(b.waiting...)
	b.replies, b.waiting = append(b.replies, replies...), nil
	return err
}

// observe runs a scenario, in a single round trip where nothing has to happen between the runs.
func (s *replayServer) observe(c *ReplayCase, drawn replayScenario) (seen replayRuns, err error) {
	b := &replayBatch{conn: s.replayConn}
	b.add("SELECT", "0")
	b.add("FLUSHALL")
	first := len(b.waiting)
	for _, cmd := range drawn.setup {
		b.add(cmd...)
	}
	var begun, ran [2]int
	looks := [3]int{b.addLook(c)}
	var received [3]int
	for i := range 2 {
		if err := s.between(b, c, i, ran); err != nil {
			return seen, err
		}
		if c.Inbox {
			if received[i], err = s.receive(); err != nil {
				return seen, err
			}
		}
		begun[i] = b.add("TIME")
		ran[i] = b.add(drawn.args...)
		b.add("TIME")
		looks[i+1] = b.addLook(c)
	}
	if err := b.run(); err != nil {
		return seen, err
	}
	if c.Inbox {
		if received[2], err = s.receive(); err != nil {
			return seen, err
		}
	}
	for i, cmd := range drawn.setup {
		reply := b.replies[first+i]
		if unknownCommand(reply) {
			return replayRuns{unknown: true}, nil
		}
		if refused, ok := reply.(resp.Error); ok {
			return seen, fmt.Errorf("setup %s: %w", replayCommandText(cmd), refused)
		}
	}
	if unknownCommand(b.replies[ran[0]]) {
		return replayRuns{unknown: true}, nil
	}
	for i, at := range ran {
		seen.replies[i] = replyText(b.replies[at])
		if seen.begun[i], err = milliseconds(b.replies[begun[i]]); err != nil {
			return seen, err
		}
		if seen.ended[i], err = milliseconds(b.replies[at+1]); err != nil {
			return seen, err
		}
	}
	for i, at := range looks {
		if seen.snapshots[i], err = readReplayState(b.replies[at:at+1+len(c.Probes)], received[i]); err != nil {
			return seen, err
		}
	}
	return seen, nil
}

// between does what has to be done before run i.
func (s *replayServer) between(b *replayBatch, c *ReplayCase, i int, ran [2]int) error {
	wait := i > 0 && (c.Clock || c.Lease)
	if !wait && !c.Inbox {
		return nil
	}
	if err := b.run(); err != nil || !wait {
		return err
	}
	// Two milliseconds are enough for every deadline that counts from a run to differ.
	since, err := milliseconds(b.replies[ran[0]+1])
	for now := since; err == nil && now < since+2; {
		var replies []any
		if replies, err = s.do([]string{"TIME"}); err == nil {
			now, err = milliseconds(replies[0])
		}
	}
	return err
}

// milliseconds reads the reply to TIME.
func milliseconds(reply any) (int64, error) {
	if parts, ok := reply.([]any); ok && len(parts) == 2 {
		seconds, err := strconv.ParseInt(fmt.Sprint(parts[0]), 10, 64)
		micros, err2 := strconv.ParseInt(fmt.Sprint(parts[1]), 10, 64)
		if err == nil && err2 == nil {
			return seconds*1000 + micros/1000, nil
		}
	}
	return 0, fmt.Errorf("proptest: TIME says %s", replyText(reply))
}

// rung returns the lowest rung that the runs allow. With lease, a deadline that moved by no more and no less than the
// time between the runs counts as the same.
func (seen *replayRuns) rung(lease bool) classify.Replay {
	before, first, second := seen.snapshots[0], seen.snapshots[1], seen.snapshots[2]
	same := first.equal(second) || lease && first.body == second.body && seen.leaseKept()
	switch {
	case same && before.equal(first):
		return classify.ReadOnly
	case same && seen.replies[0] == seen.replies[1]:
		return classify.Idempotent
	case same:
		return classify.Convergent
	}
	return classify.Accumulating
}

// leaseKept reports whether every deadline is as far from its run as in the first one.
func (seen *replayRuns) leaseKept() bool {
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
