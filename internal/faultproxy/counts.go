package faultproxy

import (
	"fmt"
	"strconv"
	"strings"
)

// Counts is what a proxy has done so far. Two values may be compared with ==.
type Counts struct {
	// Dials is the number of connections that reached the proxy, the refused ones
	// included.
	Dials int
	// Requests is the number of commands that the plan decided about. A command
	// behind a cut in the same batch is never read and not among them.
	Requests int
	// Forwarded is the number of Requests that were sent to the server.
	Forwarded int
	// Answered is the number of Requests whose whole reply was sent to the client,
	// the server's or a made-up one.
	Answered int
	// Passed is the number of commands outside the plan: exempt, or on a
	// connection that is passed through since it subscribed.
	Passed int
	// Unreachable is the number of connections that the server did not take.
	Unreachable int
	// Faults is the number of faults by type: c.Faults[CutAfter].
	Faults [faults]int
}

// String returns the counts that are not zero in one line.
func (c Counts) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "dials=%d requests=%d forwarded=%d answered=%d", c.Dials, c.Requests, c.Forwarded, c.Answered)
	if c.Passed > 0 {
		fmt.Fprintf(&b, " passed=%d", c.Passed)
	}
	if c.Unreachable > 0 {
		fmt.Fprintf(&b, " unreachable=%d", c.Unreachable)
	}
	for f := RefuseDial; f < faults; f++ {
		if n := c.Faults[f]; n > 0 {
			fmt.Fprintf(&b, " %v=%d", f, n)
		}
	}
	return b.String()
}

// Exchange is one command that reached the proxy and what became of it.
type Exchange struct {
	// Request is the command. Its Seq is 0 if it was outside the plan.
	Request
	// Action is what was done about it.
	Action Action
	// Forwarded says that the command was sent to the server: it was executed, or
	// refused by the server, or queued by MULTI.
	Forwarded bool
	// Reply is the server's whole reply as it came, whether the client got it or
	// not. It is "" while there is none.
	Reply string
	// Delivered says that the whole of a reply was sent to the client.
	Delivered bool
}

// Said returns the reply, the server's or the one in its place; "" if there was none.
func (x Exchange) Said() string {
	if x.Action.Fault != Answer || x.Reply != "" {
		return x.Reply
	}
	if x.Action.Reply == "" {
		return Loading
	}
	return x.Action.Reply
}

// String returns the exchange in a line: conn 1: INCR n: executed, its reply ":1" lost (cut_after).
func (x Exchange) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "conn %d: %s: ", x.Conn, strings.Join(x.Args, " "))
	if x.Forwarded {
		b.WriteString("executed")
	} else {
		b.WriteString("not executed")
	}
	switch said := strconv.Quote(strings.TrimSuffix(x.Said(), "\r\n")); {
	case x.Delivered:
		b.WriteString(", answered " + said)
	case x.Forwarded:
		b.WriteString(", its reply " + said + " lost")
	}
	if x.Action.Fault != None && x.Action.Fault != Answer {
		fmt.Fprintf(&b, " (%v)", x.Action.Fault)
	}
	return b.String()
}
