package proptest

import (
	"fmt"
	"time"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/internal/faultproxy"
)

// Fault is what a [Server] does to one command, or to one dial. The zero value passes it on. A Fault is a value that
// may be compared and shared; its String is in words.
type Fault struct {
	text   string
	action faultproxy.Action
}

// PassOn does nothing: it lets one command, or one dial, of a script through.
func PassOn() Fault { return Fault{} }

// RefuseDial takes the connection, and resets it as soon as the client says something, as a load balancer without a
// backend does. For a dial that fails by itself see [Server.Down].
func RefuseDial() Fault {
	return Fault{"refuse the dial", faultproxy.Action{Fault: faultproxy.RefuseDial}}
}

// ResetDial resets the connection before it has read anything. The client sees it in connect, in its first write or in
// its first read: which, is chance.
func ResetDial() Fault {
	return Fault{"reset the dial", faultproxy.Action{Fault: faultproxy.ResetDial}}
}

// DropRequest closes the connection instead of executing the command: the client reads EOF.
func DropRequest() Fault {
	return Fault{"drop the request", faultproxy.Action{Fault: faultproxy.CutBefore, Orderly: true}}
}

// ResetRequest is DropRequest with a reset: the client reads ECONNRESET.
func ResetRequest() Fault {
	return Fault{"reset at the request", faultproxy.Action{Fault: faultproxy.CutBefore}}
}

// DropReply executes the command, and closes the connection instead of answering: to the client it looks like
// [DropRequest].
func DropReply() Fault {
	return Fault{"drop the reply", faultproxy.Action{Fault: faultproxy.CutAfter, Orderly: true}}
}

// ResetReply is DropReply with a reset.
func ResetReply() Fault {
	return Fault{"reset at the reply", faultproxy.Action{Fault: faultproxy.CutAfter}}
}

// CutReply executes the command, sends the first k bytes of the reply, at least one and not all, and closes the
// connection.
func CutReply(k int) Fault {
	return Fault{fmt.Sprintf("cut the reply at byte %d", k), faultproxy.Action{Fault: faultproxy.CutMidReply, Bytes: k}}
}

// HalfClose executes the command, and ends the server's half of the connection instead of answering. The client reads
// EOF, while what it writes to the connection is executed, unanswered.
func HalfClose() Fault {
	return Fault{"half-close", faultproxy.Action{Fault: faultproxy.HalfClose}}
}

// HangUp executes and answers, and closes the connection then: the next command finds it dead.
func HangUp() Fault {
	return Fault{"hang up behind the reply", faultproxy.Action{Fault: faultproxy.HangUp}}
}

// RefuseWith answers with an error instead of executing the command. The text is the server's, without a leading
// "-": "LOADING Redis is loading the dataset in memory".
func RefuseWith(text string) Fault {
	return Fault{"answer -" + text, faultproxy.Refuse(text)}
}

// DelayRequest waits, and executes the command then, even if the client has left.
func DelayRequest(d time.Duration) Fault {
	return Fault{fmt.Sprintf("delay the request by %v", d), faultproxy.Action{Before: d}}
}

// DelayReply executes the command at once, and waits before it answers: a client that gives up in this time does not
// know what became of its command.
func DelayReply(d time.Duration) Fault {
	return Fault{fmt.Sprintf("delay the reply by %v", d), faultproxy.Action{After: d}}
}

// StallRequest does not execute the command, and says nothing until the client leaves.
func StallRequest() Fault {
	return Fault{"stall before the command", faultproxy.Action{Fault: faultproxy.StallBefore}}
}

// StallReply executes the command, and says nothing until the client leaves.
func StallReply() Fault {
	return Fault{"stall behind the command", faultproxy.Action{Fault: faultproxy.StallAfter}}
}

// String returns the fault in words: "drop the reply".
func (f Fault) String() string {
	if f.text == "" {
		return "pass on"
	}
	return f.text
}

// GoString returns the same: rapid prints what it draws with %#v.
func (f Fault) GoString() string { return f.String() }

// Executes reports whether a command that meets the fault is executed.
func (f Fault) Executes() bool {
	switch f.action.Fault {
	case faultproxy.CutBefore, faultproxy.Answer, faultproxy.StallBefore, faultproxy.RefuseDial, faultproxy.ResetDial:
		return false
	}
	return true
}

// Faults draws faults of commands, the harmless ones first. None takes a client longer than its timeout, and delays
// are of a millisecond at most.
func Faults() *rapid.Generator[Fault] {
	return rapid.OneOf(
		rapid.SampledFrom([]Fault{
			PassOn(), DropReply(), DropRequest(), ResetReply(), ResetRequest(), HangUp(), HalfClose(),
			RefuseWith("LOADING Redis is loading the dataset in memory"),
			RefuseWith("READONLY You can't write against a read only replica."),
		}),
		rapid.Map(rapid.IntRange(1, 16), CutReply),
		rapid.Map(rapid.IntRange(1, 1000), func(n int) Fault { return DelayReply(time.Duration(n) * time.Microsecond) }),
		rapid.SampledFrom([]Fault{StallReply(), StallRequest()}),
	)
}
