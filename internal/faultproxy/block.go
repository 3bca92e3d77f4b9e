package faultproxy

import "strings"

// discard ends a transaction at the server that the proxy has refused.
const discard = "*1\r\n$7\r\nDISCARD\r\n"

const execAbort = "-EXECABORT Transaction discarded because of previous errors.\r\n"

// block follows one connection's transactions. Without it a refused command would
// be missing from a block that is executed all the same, and the commands behind a
// refused MULTI would run on their own: no server does either.
type block struct {
	open    bool   // the server is in MULTI
	spoiled bool   // a queued command was answered by the proxy
	refused string // what MULTI was answered by the proxy, "" if it was not
}

// forced returns what must be done with the command whatever the plan says, or nil.
func (b *block) forced(name string) *Action {
	switch {
	case b.refused != "":
		return &Action{Fault: Answer, Reply: b.refused}
	case b.spoiled && name == "EXEC":
		return &Action{Fault: Answer, Reply: execAbort}
	}
	return nil
}

// answer follows a command that the proxy answers with reply. It returns what the
// client is told and whether the server has to discard its transaction.
func (b *block) answer(name, reply string) (told string, abort bool) {
	switch {
	case b.refused != "":
		if name == "EXEC" || name == "DISCARD" {
			b.refused = ""
		}
	case name == "MULTI" && !b.open:
		b.refused = reply
	case b.open && name == "EXEC":
		*b = block{}
		// As Redis words it when EXEC itself is refused.
		if cause, isError := strings.CutPrefix(reply, "-"); isError && reply != execAbort {
			reply = "-EXECABORT Transaction discarded because of: " + cause
		}
		return reply, true
	case b.open:
		b.spoiled = true
	}
	return reply, false
}

// forward follows a command that the server has answered.
func (b *block) forward(name string, reply []byte) {
	switch name {
	case "MULTI":
		b.open = b.open || reply[0] == '+'
	case "EXEC", "DISCARD", "RESET":
		*b = block{}
	}
}
