package histories

import (
	"errors"
	"slices"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/resp"
)

// judgeBlock judges a transaction.
func (t *trace) judgeBlock(i int) {
	op, whole := &t.ops[i], place{op: i, cmd: len(t.ops[i].Commands)}
	for j := range op.Commands {
		if slices.ContainsFunc(op.events[j], func(e event) bool { return e.loose }) {
			t.report(Torn, place{i, j}, "it ran outside of MULTI and EXEC")
		}
	}
	if n := t.attempts(op); t.tooMany(n) {
		t.report(TooMany, whole, "%d of %d", n, t.history.Retries+1)
	}
	executions, replied := 0, false
	var answered *block
	for n := range op.blocks {
		b := &op.blocks[n]
		if replied {
			t.report(RunAgain, whole, "EXEC had replied")
		}
		replied = replied || b.delivered && (b.executed || b.aborted)
		if op.Shape == Watch && (b.executed || b.aborted) && !b.watched {
			t.report(Unwatched, whole, "it was executed")
		}
		if !b.executed {
			continue
		}
		executions++
		if b.harmful && t.history.Replay < classify.Accumulating {
			t.report(ExecutedTwice, whole, "the second run changed the state")
		}
		if b.delivered {
			answered = b
		}
	}
	rung, _ := op.rung()
	if executions > 1 && (op.Shape == Watch || !t.mayRepeat(rung)) {
		t.report(ExecutedTwice, whole, "it is %v, and ran %d times", rung, executions)
	}
	for j := range op.Commands {
		t.judgeInBlock(place{i, j}, answered)
	}
}

// attempts returns how often a transaction was sent, as far as one of its commands was refused or executed. After
// READONLY a client may try its other connections.
func (t *trace) attempts(op *opTrace) int {
	most := 0
	for _, events := range op.events {
		n := 0
		for _, e := range events {
			if (e.executed || e.delivered) && !e.readOnly {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

// judgeInBlock judges what the caller got of one command of a transaction.
func (t *trace) judgeInBlock(p place, answered *block) {
	op := &t.ops[p.op]
	result := op.results[p.cmd]
	refusal := func(e event) bool { return e.executed && refuses(e.reply) }
	if result.Err != nil && op.Shape == Transaction && !op.hurt && !slices.ContainsFunc(op.events[p.cmd], refusal) {
		t.report(ForNoReason, p, "nothing had gone wrong, and the client got the error %q", result.Err)
	}
	if result.Err == nil || answered != nil {
		t.judgeReply(p, answered)
		return
	}
	if errors.Is(result.Err, ErrAborted) {
		if !slices.ContainsFunc(op.blocks, func(b block) bool { return b.aborted && b.delivered }) {
			t.report(Unexplained, p, "no EXEC was told that a watched key had changed")
		}
		return
	}
	if op.Shape == Watch {
		// What a WATCH guards is for the caller to run again, from the reads on.
		if len(op.met) == 0 {
			t.report(GaveUpEarly, p, "no fault, and the error %q", result.Err)
		}
		return
	}
	rung, sure := op.rung()
	forbidden := op.lost() && (!sure || !t.mayRepeat(rung))
	if !forbidden && !t.limitsReached(op) {
		t.report(GaveUpEarly, p, "%d faults %v and the error %q", len(op.met), op.met, result.Err)
	}
	refused := slices.ContainsFunc(op.events[p.cmd], func(e event) bool { return e.delivered })
	if op.lost() && !refused && !t.limitsReached(op) && op.class(result.Err) != classify.Ambiguous {
		t.report(Unexplained, p, "the error %q is %v, the transaction may have been executed", result.Err, op.class(result.Err))
	}
}

// judgeReply judges the reply of a command in a transaction.
func (t *trace) judgeReply(p place, answered *block) {
	op := &t.ops[p.op]
	result := op.results[p.cmd]
	var got event
	for _, e := range op.events[p.cmd] {
		if e.executed && e.delivered {
			got = e
		}
	}
	refusal, refused := got.reply.(resp.Error)
	switch {
	case answered == nil:
		t.report(NeverExecuted, p, "the client got %s, and no reply of EXEC", text(result.Value))
	case refused && (result.Err == nil || result.Err.Error() != string(refusal)):
		t.report(OtherReply, p, "the client got %s and the error %v, the server said %q", text(result.Value), result.Err, refusal)
	case refused:
	case result.Err != nil:
		t.report(ReplyLost, p, "the client got the error %q, the reply was %s", result.Err, text(got.reply))
	case text(got.reply) != text(result.Value):
		t.report(OtherReply, p, "the client got %s, the reply was %s", text(result.Value), text(got.reply))
	}
}

// rung returns the worst rung in the transaction. It is sure if the commands have nothing to do with
// each other: else a second run of the whole may do what none does by itself.
func (op *opTrace) rung() (worst classify.Replay, sure bool) {
	worst, sure = classify.ReadOnly, true
	for j, c := range op.Commands {
		worst = max(worst, c.rung())
		sure = sure && !slices.ContainsFunc(op.Commands[j+1:], c.near)
	}
	return worst, sure
}

// lost reports whether a connection was lost with a part of the operation under way.
func (op *opTrace) lost() bool {
	return slices.ContainsFunc(op.met, func(f Fault) bool { return f >= CutAfter && !f.refuses() })
}
