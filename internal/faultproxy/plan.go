package faultproxy

import (
	"slices"
	"strings"
	"time"
)

// Request is what a [Plan] decides about: a dial, or one command.
type Request struct {
	// Seq numbers the decisions of a proxy from 1, dials included.
	Seq int
	// Conn numbers the connections of a proxy from 1, in the order of the dials.
	Conn int
	// Args is the command with its arguments, nil for a dial. It is shared with
	// the proxy's record and must not be changed.
	Args []string
}

// IsDial reports whether the request is a new connection rather than a command.
func (r Request) IsDial() bool { return r.Args == nil }

// Name returns the command's name in upper case, "" for a dial.
func (r Request) Name() string {
	if r.IsDial() {
		return ""
	}
	return strings.ToUpper(r.Args[0])
}

// Action is what the proxy does about a request. The zero value passes it on.
type Action struct {
	Fault Fault
	// Before is waited before anything else is done, counted from the arrival of
	// the bytes: commands that arrive together wait together, as on a slow line.
	// The request is carried out even if the client leaves in the meantime.
	Before time.Duration
	// After keeps the server's reply back, counted from the end of Before. A client
	// that gives up in this time has a command executed without knowing.
	After time.Duration
	// Hold keeps the reply back, after After, until the channel is closed; nil is no
	// channel. A test that closes it when the client has given up has the reply
	// arrive where nobody waits for it.
	Hold <-chan struct{}
	// Bytes is the length at which CutMidReply cuts. It is brought into
	// [1, length of the reply - 1], so 0 lets one byte through.
	Bytes int
	// Orderly cuts with FIN instead of RST: the client reads EOF.
	Orderly bool
	// Reply is what Answer says, one whole RESP reply; "" means [Loading].
	Reply string
}

// Loading is the reply of a server that is still reading its data set.
const Loading = "-LOADING Redis is loading the dataset in memory\r\n"

// Refuse returns an Action that answers with an error, such as "READONLY You
// can't write against a read only replica.", instead of forwarding the command.
func Refuse(message string) Action {
	return Action{Fault: Answer, Reply: "-" + message + "\r\n"}
}

// Plan decides. A proxy asks it once for each dial and each command that is not
// exempt, in their order, never twice at the same time, so a Plan may hold state
// that it does not share.
type Plan func(Request) Action

// Match selects requests.
type Match func(Request) bool

// Named selects the commands with one of the names, in any case.
func Named(names ...string) Match {
	upper := make([]string, len(names))
	for i, name := range names {
		upper[i] = strings.ToUpper(name)
	}
	return func(r Request) bool { return slices.Contains(upper, r.Name()) }
}

// Handshake selects what clients say on a fresh connection before the first
// command of their user. As Config.Exempt it makes runs of different clients
// comparable.
func Handshake(r Request) bool { return handshake(r) }

var handshake = Named("HELLO", "AUTH", "CLIENT", "SELECT", "COMMAND", "READONLY")

// Dials selects the dials.
func Dials(r Request) bool { return r.IsDial() }

// Commands selects every command.
func Commands(r Request) bool { return !r.IsDial() }

// Script returns a Plan that gives the nth request selected by m the nth action
// and passes on everything else.
func Script(m Match, actions ...Action) Plan {
	next := 0
	return func(r Request) Action {
		if next == len(actions) || !m(r) {
			return Action{}
		}
		next++
		return actions[next-1]
	}
}

// On returns a Plan that hurts the commands of one name, one after the other.
func On(name string, faults ...Fault) Plan {
	actions := make([]Action, len(faults))
	for i, f := range faults {
		actions[i].Fault = f
	}
	return Script(Named(name), actions...)
}

// Refused returns a Plan that answers the commands of one name, one after the other, with errors of the server.
func Refused(name string, replies ...string) Plan {
	actions := make([]Action, len(replies))
	for i, text := range replies {
		actions[i] = Refuse(text)
	}
	return Script(Named(name), actions...)
}
