package faultproxy

import "fmt"

// Fault is one way to hurt a client.
type Fault uint8

// The faults. The zero value passes the request on. For a dial only RefuseDial,
// ResetDial and StallBefore mean anything, and the first two mean nothing for a
// command; what means nothing is not done and not counted.
const (
	None Fault = iota
	// RefuseDial resets a new connection as soon as the client speaks.
	RefuseDial
	// ResetDial resets a new connection at once, without reading.
	ResetDial
	// CutBefore cuts the connection instead of forwarding: not executed.
	CutBefore
	// CutAfter cuts once the server has answered: executed, the reply is lost.
	CutAfter
	// CutMidReply cuts within the reply: executed, some bytes arrive.
	CutMidReply
	// Answer replies in the server's place: not executed, the connection stays.
	Answer
	// StallBefore never forwards and never answers: not executed.
	StallBefore
	// StallAfter keeps the server's reply: executed, nothing arrives.
	StallAfter
	// HalfClose ends the proxy's half of the connection in place of the reply:
	// executed, and so is what follows on the connection, unanswered.
	HalfClose
	// HangUp cuts once the whole reply is sent: what comes next on the connection
	// is lost.
	HangUp
	// CutAll cuts once nothing more comes: executed, and so is what has come with it,
	// and all these replies are lost.
	CutAll

	faults // how many there are
)

var faultNames = [faults]string{
	"none", "refuse_dial", "reset_dial", "cut_before", "cut_after", "cut_mid_reply", "answer", "stall_before", "stall_after",
	"half_close", "hang_up", "cut_all",
}

// String returns the name in lower case, "cut_after" for example.
func (f Fault) String() string {
	if f < faults {
		return faultNames[f]
	}
	return fmt.Sprintf("fault(%d)", uint8(f))
}

// onDial reports whether the fault means something for a new connection.
func (f Fault) onDial() bool { return f == RefuseDial || f == ResetDial || f == StallBefore }

// onCommand reports whether the fault means something for a command.
func (f Fault) onCommand() bool { return f > ResetDial && f < faults }
