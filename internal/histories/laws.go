package histories

import (
	"errors"
	"fmt"
	"slices"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/resp"
)

// Law names what a client must not do.
type Law string

// The laws.
const (
	// ExecutedTwice is broken by a command, or a transaction, above the policy's rung that runs twice, and
	// under a policy that forbids counting twice by any whose second run changes the state.
	ExecutedTwice Law = "executed twice"
	// RunAgain is broken by sending a command whose reply had been delivered.
	RunAgain Law = "answered and run again"
	// NeverExecuted is broken by a success that the server knows nothing about.
	NeverExecuted Law = "acknowledged, never executed"
	// OtherReply is broken by a reply that is not that of the command's execution.
	OtherReply Law = "not its own reply"
	// OtherError is broken by an error in other words than the server's, which had arrived.
	OtherError Law = "not the error that was said"
	// ReplyLost is broken by an error for a command whose reply had been delivered.
	ReplyLost Law = "reply dropped"
	// GaveUpEarly is broken by an error that another attempt was allowed to prevent.
	GaveUpEarly Law = "gave up early"
	// Unexplained is broken by an error that claims more than the client can know.
	Unexplained Law = "unexplained error"
	// OutOfOrder is broken by running a command of a batch after a later one that shares a key with
	// it, where one of them writes, by sending one behind a later one for the first time on a connection, and by running
	// a command after its caller was told what became of it.
	OutOfOrder Law = "order changed"
	// TooMany is broken by more attempts than the policy allows.
	TooMany Law = "too many attempts"
	// TookTooLong is broken by an operation that is still under way when its time is over.
	TookTooLong Law = "took too long"
	// ForNoReason is broken by an error before anything has gone wrong.
	ForNoReason Law = "failed for no reason"
	// Torn is broken by a transaction that is not all or nothing.
	Torn Law = "half a transaction"
	// Unwatched is broken by EXEC on a connection that is not under the transaction's WATCH.
	Unwatched Law = "EXEC without WATCH"
	// ModelDiffers is broken by the server, the proxy or the model: never by a client.
	ModelDiffers Law = "model differs"
)

// Violation is one law that was broken.
type Violation struct {
	Law     Law
	Op      int    // the operation, from 1
	Command string // "" if it is about the whole operation
	What    string
}

// String returns the violation in a line.
func (v Violation) String() string {
	if v.Command == "" {
		return fmt.Sprintf("operation %d: %s: %s", v.Op, v.Law, v.What)
	}
	return fmt.Sprintf("operation %d: %s: %s: %s", v.Op, v.Law, v.Command, v.What)
}

// judge returns the violations.
func (t *trace) judge() []Violation {
	t.walk()
	for i := range t.ops {
		op := &t.ops[i]
		for _, d := range op.decisions {
			if t.tooMany(d.attempt) {
				t.report(TooMany, place{op: i, cmd: len(op.Commands)}, "attempt %d of %d", d.attempt, t.history.Retries+1)
			}
		}
		if op.late {
			t.report(TookTooLong, place{op: i, cmd: len(op.Commands)}, "it had not ended after %v", t.history.Within)
		}
		t.judgeReturn(i)
		switch op.Shape {
		case Single, Pipeline:
			for j := range op.Commands {
				t.judgeCommand(place{i, j})
			}
			t.judgeOrder(i)
		default:
			t.judgeBlock(i)
		}
	}
	return t.violations
}

// mayRepeat reports whether the policy allows a second run.
func (t *trace) mayRepeat(rung classify.Replay) bool {
	return rung <= t.history.Replay && rung < classify.Never
}

// limitsReached reports whether the faults were enough to use up the retries: each attempt but the
// last meets one at least.
func (t *trace) limitsReached(op *opTrace) bool { return len(op.met) > t.history.Retries }

// tooMany reports whether the policy allows fewer attempts.
func (t *trace) tooMany(attempts int) bool {
	return t.history.Retries >= 0 && attempts > t.history.Retries+1
}

// judgeReturn looks for commands that ran when the call that sent them was over. Where nobody reads the bytes
// of a client that has left, or the client itself may be late, that is not its doing.
func (t *trace) judgeReturn(i int) {
	op := &t.ops[i]
	if op.late || op.slow || t.history.stalls() || slices.Contains(op.met, Cancel) {
		return
	}
	for j := range op.Commands {
		if last(op.events[j]) >= op.until {
			t.report(OutOfOrder, place{i, j}, "it ran after the call had returned")
		}
	}
}

// judgeCommand judges a command that stands for itself: single, or of a pipeline.
func (t *trace) judgeCommand(p place) {
	op := &t.ops[p.op]
	events, result := op.events[p.cmd], op.results[p.cmd]
	attempts, executions := 0, 0
	var answered *event // the reply that the client got
	for i := range events {
		e := &events[i]
		if !e.readOnly {
			attempts++
		}
		if answered != nil {
			t.report(RunAgain, p, "its reply %s had been delivered", text(answered.reply))
		}
		if !e.executed {
			continue
		}
		executions++
		if e.harmful && t.history.Replay < classify.Accumulating {
			t.report(ExecutedTwice, p, "the second run changed the state")
		}
		if e.delivered {
			answered = e
		}
	}
	if t.tooMany(attempts) {
		t.report(TooMany, p, "%d of %d", attempts, t.history.Retries+1)
	}
	if rung := op.Commands[p.cmd].rung(); executions > 1 && !t.mayRepeat(rung) {
		t.report(ExecutedTwice, p, "it is %v, and ran %d times", rung, executions)
	}
	switch {
	case result.Err != nil:
		t.judgeError(p, answered)
	case executions == 0:
		t.report(NeverExecuted, p, "the client got %s", text(result.Value))
	case answered == nil || text(answered.reply) != text(result.Value):
		t.report(OtherReply, p, "the client got %s of %v", text(result.Value), replies(events))
	}
}

// judgeError judges the error of a command.
func (t *trace) judgeError(p place, answered *event) {
	op := &t.ops[p.op]
	err := op.results[p.cmd].Err
	if !op.hurt && (answered == nil || !refuses(answered.reply)) {
		t.report(ForNoReason, p, "nothing had gone wrong, and the client got the error %q", err)
	}
	if answered != nil {
		if refusal, ok := answered.reply.(resp.Error); !ok {
			t.report(ReplyLost, p, "the client got the error %q, the reply was %s", err, text(answered.reply))
		} else if err.Error() != string(refusal) {
			t.report(OtherError, p, "the client got the error %q, the server said %q", err, refusal)
		}
		return
	}
	maybe := op.maybeExecuted(p.cmd)
	forbidden := maybe && !t.mayRepeat(op.Commands[p.cmd].rung())
	if !forbidden && !t.limitsReached(op) && !op.blocked(p.cmd) {
		t.report(GaveUpEarly, p, "%d faults %v and the error %q", len(op.met), op.met, err)
	}
	switch class := op.class(err); {
	case class == classify.Ambiguous:
	case class != classify.Transient && class != classify.Overloaded:
		t.report(Unexplained, p, "the error %q is %v, and no server said it", err, class)
	case forbidden && !t.limitsReached(op) && !op.blocked(p.cmd):
		t.report(Unexplained, p, "the error %q is %v, the command may have been executed", err, class)
	}
}

// refuses reports whether clients may make an error of the reply: of null, many do.
func refuses(reply any) bool {
	_, refusal := reply.(resp.Error)
	return refusal || reply == nil
}

// maybeExecuted reports whether the client cannot know that the command was not executed: the
// connection was lost at it or before it.
func (op *opTrace) maybeExecuted(cmd int) bool {
	for _, events := range op.events[:cmd+1] {
		if slices.ContainsFunc(events, func(e event) bool { return e.cut }) {
			return true
		}
	}
	return false
}

// blocked reports whether a later command that may have been executed keeps the command of a batch
// from being run again.
func (op *opTrace) blocked(cmd int) bool {
	for j := cmd + 1; j < len(op.Commands); j++ {
		if !op.Commands[cmd].near(op.Commands[j]) {
			continue
		}
		if op.maybeExecuted(j) || slices.ContainsFunc(op.events[j], func(e event) bool { return e.executed }) {
			return true
		}
	}
	return false
}

// judgeOrder looks for commands of a batch that ran after a later one that conflicts with them, or came behind any
// later one when they were new to its connection: what was refused may come again behind it.
func (t *trace) judgeOrder(i int) {
	op := &t.ops[i]
	for j, c := range op.Commands {
		for k := j + 1; k < len(op.Commands); k++ {
			if d := op.Commands[k]; c.conflicts(d) && last(op.events[j]) > effect(op.events[k], d.writes()) {
				t.report(OutOfOrder, place{i, j}, "it ran after %v", d)
			} else if overtaken(op.events[j], op.events[k]) {
				t.report(OutOfOrder, place{i, j}, "it was sent after %v", d)
			}
		}
	}
}

// overtaken reports whether a connection had a command for the first time after it had a later one.
func overtaken(events, later []event) bool {
	for n, e := range events {
		on := func(o event) bool { return o.conn == e.conn }
		if slices.ContainsFunc(events[:n], on) {
			continue
		}
		if k := slices.IndexFunc(later, on); k >= 0 && later[k].at < e.at {
			return true
		}
	}
	return false
}

// last returns when a command ran last, -1 for never.
func last(events []event) int {
	at := -1
	for _, e := range events {
		if e.executed {
			at = e.at
		}
	}
	return at
}

// effect returns when a command first mattered: a write as it ran, a read as its caller got the
// reply. It is never if it did not.
func effect(events []event, writes bool) int {
	for _, e := range events {
		if e.executed && (writes || e.delivered) {
			return e.at
		}
	}
	return int(^uint(0) >> 1)
}

// class returns the driver's opinion of an error.
func (op *opTrace) class(err error) classify.Class {
	if errors.Is(err, ErrAborted) {
		return classify.Permanent
	}
	return op.classify(err).Class
}

func replies(events []event) []string {
	var all []string
	for _, e := range events {
		all = append(all, text(e.reply))
	}
	return all
}
