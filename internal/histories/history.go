package histories

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/faultproxy"
	"github.com/reprise-go/reprise/policy"
)

// History is what happens to one fresh client in front of an empty server. It is a plain value: the
// same history runs the same way each time, but for who comes first of those that run at the same time.
type History struct {
	Replay  classify.Replay // the highest rung that the policy runs again
	Retries int             // [policy.Unlimited]: nothing was said of their number
	Within  time.Duration   // each operation ends in this time; 0 means that nothing was said
	Ops     []Op
}

// Shape tells how an operation's commands are sent.
type Shape uint8

// The shapes.
const (
	Single Shape = iota
	Pipeline
	Transaction
	Watch // WATCH on the first key of the first command, then a transaction
)

// String returns the name in lower case.
func (s Shape) String() string {
	return [...]string{"single", "pipeline", "transaction", "watch"}[s]
}

// Op is one operation and what the proxy does to it.
type Op struct {
	// Beside says that it runs at the same time as the operation before it, by another caller. Each caller has keys of
	// his own. The first of a history is beside none.
	Beside   bool
	Shape    Shape
	Commands []Command
	// Rival says that somebody else writes to the watched key between WATCH and MULTI.
	Rival bool
	// Dials and Faults are met by the dials and the commands in the order in which they reach the
	// proxy; what comes after the last is passed on. Dials belong to no operation: of those that run at the same
	// time, the faults of the first come first.
	Dials, Faults []Fault
	// Ever is met by every command behind Faults: CutBefore, Loading, or RefuseDial, which is met by
	// every dial behind Dials as well. Pass is none.
	Ever Fault
}

// Fault is what the proxy does to one dial or command.
type Fault uint8

// The faults. Dials meet those up to ResetDial, commands all others.
const (
	Pass        Fault = iota
	RefuseDial        // the connection is reset at once
	CutHello          // the connection is closed within its handshake
	ResetDial         // the connection is reset before anything is read
	CutAfter          // executed, the reply is lost
	CutBefore         // not executed, the connection is lost
	CutMidReply       // executed, a part of the reply arrives
	Loading           // refused: LOADING
	ReadOnly          // refused: READONLY
	Reset             // as CutAfter, with a reset where that loses no reply before it
	StallAfter        // executed, the reply never comes
	StallBefore       // not executed, and nothing comes
	HangUp            // executed and answered, then the connection is closed
	Cancel            // the caller's context ends while the command is executed, and the reply comes late
	CutAll            // executed with all that was sent with it, these replies are lost
)

// String returns the name in lower case.
func (f Fault) String() string {
	return [...]string{"-", "refuse_dial", "cut_hello", "reset_dial", "cut_after", "cut_before", "cut_mid_reply", "loading",
		"readonly", "reset", "stall_after", "stall_before", "hang_up", "cancel", "cut_all"}[f]
}

// refuses reports whether the command is answered by an error without being executed.
func (f Fault) refuses() bool { return f == Loading || f == ReadOnly }

func (f Fault) stalls() bool { return f == StallAfter || f == StallBefore }

// action returns the fault as the proxy takes it.
func (f Fault) action() faultproxy.Action {
	switch f {
	case RefuseDial:
		return faultproxy.Action{Fault: faultproxy.RefuseDial}
	case ResetDial:
		return faultproxy.Action{Fault: faultproxy.ResetDial}
	case CutHello, CutAfter:
		return faultproxy.Action{Fault: faultproxy.CutAfter, Orderly: true}
	case Reset:
		return faultproxy.Action{Fault: faultproxy.CutAfter}
	case CutBefore:
		return faultproxy.Action{Fault: faultproxy.CutBefore, Orderly: true}
	case CutMidReply:
		return faultproxy.Action{Fault: faultproxy.CutMidReply, Bytes: 2}
	case Loading:
		return faultproxy.Action{Fault: faultproxy.Answer}
	case ReadOnly:
		return faultproxy.Refuse("READONLY You can't write against a read only replica.")
	case StallAfter:
		return faultproxy.Action{Fault: faultproxy.StallAfter}
	case StallBefore:
		return faultproxy.Action{Fault: faultproxy.StallBefore}
	case CutAll:
		return faultproxy.Action{Fault: faultproxy.CutAll}
	case HangUp:
		return faultproxy.Action{Fault: faultproxy.HangUp}
	}
	return faultproxy.Action{}
}

// Policy returns the policy under which the history runs. It has no delays.
func (h History) Policy() policy.Retry {
	return policy.Retry{Retries: h.Retries, Replay: h.Replay, Backoff: backoff.NoBackoff{}}
}

const (
	// patience is a client's timeout where nothing stalls. It only bounds what a defect costs.
	patience = 20 * time.Second
	// impatience is its timeout where something does, since each stall takes as long.
	impatience = 200 * time.Millisecond
)

// stalls reports whether the client has to lose its patience.
func (h History) stalls() bool {
	return slices.ContainsFunc(h.Ops, func(op Op) bool { return slices.ContainsFunc(op.Faults, Fault.stalls) })
}

// timeout returns how long the client waits for a reply.
func (h History) timeout() time.Duration {
	if h.stalls() {
		return impatience
	}
	return patience
}

// String returns the history, a line per operation and, in those of several commands, per command.
func (h History) String() string {
	var b strings.Builder
	if h.Retries >= 0 {
		fmt.Fprintf(&b, "up to %d retries, ", h.Retries)
	}
	fmt.Fprintf(&b, "%v commands again\n", h.Replay)
	for i, op := range h.Ops {
		fmt.Fprintf(&b, "%d. %v\n", i+1, op)
	}
	return b.String()
}

// Concurrent reports whether operations run at the same time.
func (h History) Concurrent() bool {
	return slices.ContainsFunc(h.Ops, func(op Op) bool { return op.Beside })
}

// together returns where the operations end that run at the same time as the one at i.
func (h History) together(i int) int {
	for i++; i < len(h.Ops) && h.Ops[i].Beside; i++ {
	}
	return i
}

// String returns the operation, and in further lines its commands if they are several.
func (op Op) String() string {
	var b strings.Builder
	if op.Beside {
		b.WriteString("at the same time ")
	}
	b.WriteString(op.Shape.String())
	if op.Rival {
		b.WriteString(" with a rival")
	}
	if op.Shape == Single {
		fmt.Fprintf(&b, " %v", op.Commands[0])
	}
	if len(op.Dials) > 0 {
		fmt.Fprintf(&b, "  dials %v", op.Dials)
	}
	if len(op.Faults) > 0 {
		fmt.Fprintf(&b, "  faults %v", op.Faults)
	}
	if op.Ever != Pass {
		fmt.Fprintf(&b, "  then %v for ever", op.Ever)
	}
	if op.Shape != Single {
		for _, c := range op.Commands {
			fmt.Fprintf(&b, "\n     %v", c)
		}
	}
	return b.String()
}

// GoString returns the same: rapid prints what it draws with %#v.
func (op Op) GoString() string { return op.String() }

// GoString returns the same as String.
func (h History) GoString() string { return h.String() }
