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
// same history runs the same way each time.
type History struct {
	Replay  classify.Replay // the highest rung that the policy runs again
	Retries int
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
	Shape    Shape
	Commands []Command
	// Rival says that somebody else writes to the watched key between WATCH and MULTI.
	Rival bool
	// Dials and Faults are met by the dials and the commands in the order in which they reach the
	// proxy; what comes after the last is passed on.
	Dials, Faults []Fault
}

// Fault is what the proxy does to one dial or command.
type Fault uint8

// The faults. Dials meet the first three, commands all others.
const (
	Pass        Fault = iota
	RefuseDial        // the connection is reset at once
	CutHello          // the connection is closed within its handshake
	CutAfter          // executed, the reply is lost
	CutBefore         // not executed, the connection is lost
	CutMidReply       // executed, a part of the reply arrives
	Loading           // refused: LOADING
	ReadOnly          // refused: READONLY
	Reset             // as CutAfter, with a reset where that loses no reply before it
	StallAfter        // executed, the reply never comes
	StallBefore       // not executed, and nothing comes
	faults
)

// String returns the name in lower case.
func (f Fault) String() string {
	return [...]string{"-", "refuse_dial", "cut_hello", "cut_after", "cut_before", "cut_mid_reply", "loading", "readonly",
		"reset", "stall_after", "stall_before"}[f]
}

// refuses reports whether the command is answered by an error without being executed.
func (f Fault) refuses() bool { return f == Loading || f == ReadOnly }

func (f Fault) stalls() bool { return f == StallAfter || f == StallBefore }

// action returns the fault as the proxy takes it.
func (f Fault) action() faultproxy.Action {
	switch f {
	case RefuseDial:
		return faultproxy.Action{Fault: faultproxy.RefuseDial}
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

// timeout returns how long the client waits for a reply.
func (h History) timeout() time.Duration {
	for _, op := range h.Ops {
		if slices.ContainsFunc(op.Faults, Fault.stalls) {
			return impatience
		}
	}
	return patience
}

// String returns the history, a line per operation and, in those of several commands, per command.
func (h History) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "up to %d retries, %v commands again\n", h.Retries, h.Replay)
	for i, op := range h.Ops {
		fmt.Fprintf(&b, "%d. %v", i+1, op.Shape)
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
		b.WriteByte('\n')
		if op.Shape != Single {
			for _, c := range op.Commands {
				fmt.Fprintf(&b, "     %v\n", c)
			}
		}
	}
	return b.String()
}
