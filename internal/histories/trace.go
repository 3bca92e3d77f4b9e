package histories

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/faultproxy"
)

// trace is what was to be seen of a history.
type trace struct {
	history History
	ops     []opTrace
	record  []faultproxy.Exchange
	state   string // of the server in the end

	violations []Violation
}

// opTrace is what was to be seen of one operation.
type opTrace struct {
	Op
	outcome
	met       []Fault    // by its requests, and those that ran at the same time
	hurt      bool       // it, or an operation before it or at the same time, has met a fault or was slow
	slow      bool       // these took so long that the client may have lost its patience
	decisions []decision // of its loop, and of those at the same time; none if it does not report them
	classify  classify.Func

	events [][]event // of each command, in order
	blocks []block   // EXECs
}

// event is what became of a command that reached the proxy.
type event struct {
	at        int  // in the proxy's record; of a command in a transaction, where EXEC is
	conn      int  // its connection
	executed  bool // the server has run it and replied
	reply     any  // the server's, or the proxy's own
	delivered bool // the reply was sent to the client
	cut       bool // the client got no reply, and no refusal
	readOnly  bool // refused with READONLY, after which a client may try its other connections
	loose     bool // outside MULTI, though it belongs into a transaction
	harmful   bool // a further execution, and the state is another than after the first
}

// block is an EXEC that has reached the server, or has not.
type block struct {
	executed, delivered, aborted, cut bool
	watched                           bool // under its WATCH
	harmful                           bool
}

// place is where a command stands in the history.
type place struct{ op, cmd int }

// connState follows one connection's transactions.
type connState struct {
	open    bool
	queue   []place // since MULTI
	watched bool    // a WATCH holds
	op      int     // whose the last command was
}

// walk goes through the record, runs what the server has run through the model, and files each
// exchange under its command.
func (t *trace) walk() {
	places := map[string]place{}
	for i := range t.ops {
		op := &t.ops[i]
		op.events = make([][]event, len(op.Commands))
		for j, c := range op.Commands {
			places[c.id()] = place{i, j}
		}
	}
	m, conns := model{}, map[int]*connState{}
	current := 0 // the operation under way; WATCH, MULTI and EXEC do not say theirs, but for others on their connection
	for at, x := range t.record {
		s := conns[x.Conn]
		if s == nil {
			s = &connState{op: current}
			conns[x.Conn] = s
		}
		p, known := places[idOf(x.Args)]
		if known {
			current, s.op = p.op, p.op
		}
		switch name := x.Name(); {
		case x.Conn == rival && name == "SET":
			m.run(x.Args)
		case known:
			t.command(m, s, p, at, x)
		case name == "WATCH" && x.Forwarded:
			s.watched = true
		case name == "UNWATCH" && x.Forwarded:
			s.watched = false
		case name == "MULTI":
			s.open, s.queue = x.Forwarded, nil
		case name == "EXEC":
			t.exec(m, s, at, x)
		}
	}
	if got := m.String(); got != t.state {
		t.report(ModelDiffers, place{op: -1}, "the server holds\n%s\nand should\n%s", t.state, got)
	}
}

// command files one command.
func (t *trace) command(m model, s *connState, p place, at int, x faultproxy.Exchange) {
	op := &t.ops[p.op]
	e := event{at: at, conn: x.Conn, delivered: x.Delivered}
	reply := x.Reply
	switch x.Action.Fault {
	case faultproxy.Answer:
		reply = x.Action.Reply
		if reply == "" {
			reply = faultproxy.Loading
		}
		e.readOnly = strings.HasPrefix(reply, "-READONLY")
	case faultproxy.None, faultproxy.HangUp:
	default:
		e.cut = true
	}
	e.reply = parse(reply)
	if s.open && x.Forwarded {
		// Queued: EXEC will tell.
		s.queue = append(s.queue, p)
		if e.cut {
			op.events[p.cmd] = append(op.events[p.cmd], e)
		}
		return
	}
	e.executed = x.Forwarded
	e.loose = e.executed && op.Shape >= Transaction
	if e.executed {
		e.harmful = t.execute(m, p, e.reply)
	}
	op.events[p.cmd] = append(op.events[p.cmd], e)
}

// execute runs a command through the model, compares the reply, and reports whether it had run before and the
// state now is another than it was.
func (t *trace) execute(m model, p place, reply any) bool {
	op := &t.ops[p.op]
	before := ""
	again := t.executions(p) > 0
	if again {
		before = m.String()
	}
	if want := m.run(op.Commands[p.cmd].Args); text(want) != text(reply) {
		t.report(ModelDiffers, p, "the server replied %s and should %s", text(reply), text(want))
	}
	return again && m.String() != before
}

// executions returns how often the command has run so far.
func (t *trace) executions(p place) int {
	n := 0
	for _, e := range t.ops[p.op].events[p.cmd] {
		if e.executed {
			n++
		}
	}
	return n
}

// exec files the end of a transaction.
func (t *trace) exec(m model, s *connState, at int, x faultproxy.Exchange) {
	queue, current := s.queue, s.op
	if len(queue) > 0 {
		current = queue[0].op
	}
	op := &t.ops[current]
	b := block{delivered: x.Delivered, watched: s.watched}
	b.cut = !x.Delivered && x.Action.Fault != faultproxy.None
	replies, array := parse(x.Reply).([]any)
	switch {
	case !x.Forwarded:
	case !array:
		b.aborted = true
	case len(replies) != len(queue):
		t.report(ModelDiffers, place{op: current}, "EXEC replied to %d commands, queued were %d", len(replies), len(queue))
	default:
		b.executed = true
		again := false
		before := maps.Clone(m)
		for i, p := range queue {
			again = again || t.executions(p) > 0
			e := event{at: at, conn: x.Conn, executed: true, reply: replies[i], delivered: x.Delivered, cut: b.cut}
			t.execute(m, p, e.reply)
			t.ops[p.op].events[p.cmd] = append(t.ops[p.op].events[p.cmd], e)
		}
		b.harmful = again && before.String() != m.String()
	}
	op.blocks = append(op.blocks, b)
	*s = connState{op: current}
}

// report notes a violation.
func (t *trace) report(law Law, p place, format string, args ...any) {
	v := Violation{Law: law, Op: p.op + 1, What: fmt.Sprintf(format, args...)}
	if first := !slices.ContainsFunc(t.violations, func(o Violation) bool { return o.Op == v.Op }); first && p.op >= 0 {
		for _, d := range t.ops[p.op].decisions {
			v.What += "\n\t" + d.why
		}
	}
	if p.op >= 0 && p.cmd < len(t.ops[p.op].Commands) {
		v.Command = t.ops[p.op].Commands[p.cmd].String()
	}
	t.violations = append(t.violations, v)
}
