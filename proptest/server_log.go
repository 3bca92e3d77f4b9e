package proptest

import (
	"slices"
	"strings"

	"github.com/reprise-go/reprise/internal/faultproxy"
)

// Entry is a command that reached a [Server], and what became of it.
type Entry struct {
	Conn     int      // the number of its connection, in the order of the dials, from 1
	Args     []string // the command
	Executed bool     // it was sent to the server behind, which has executed, queued or refused it
	Answered bool     // a whole reply was sent to the client
	Reply    string   // the reply of the server behind, or in its place, as RESP; "" if there was none

	line string
}

// String returns the entry in a line: conn 1: INCR n: executed, its reply ":1" lost (cut_after).
func (e Entry) String() string { return e.line }

// Log returns the commands in the order in which they reached the server, but for those that set connections up. A
// command is in it before the client can see any effect of it.
func (s *Server) Log() []Entry {
	record := s.proxy.Record()
	entries := make([]Entry, 0, len(record))
	for _, x := range record {
		if !faultproxy.Handshake(x.Request) {
			entries = append(entries, Entry{
				Conn: x.Conn, Args: slices.Clone(x.Args), Executed: x.Forwarded, Answered: x.Delivered,
				Reply: x.Said(), line: x.String(),
			})
		}
	}
	return entries
}

// Executed returns how often a command was executed. The words are the first of the command, of which the name may be in
// any case of letters: Executed("INCR", "n"). None are any command. What a transaction has queued counts when it was
// queued.
func (s *Server) Executed(words ...string) int {
	return s.count(words, func(e Entry) bool { return e.Executed })
}

// Received returns how often a command reached the server, whether it was executed or not.
func (s *Server) Received(words ...string) int {
	return s.count(words, func(Entry) bool { return true })
}

// Dials returns how many connections reached the server. Those that fail while it is [Server.Down] do not.
func (s *Server) Dials() int { return s.proxy.Counts().Dials }

func (s *Server) count(words []string, which func(Entry) bool) int {
	n := 0
	for _, e := range s.Log() {
		if which(e) && begins(e.Args, words) {
			n++
		}
	}
	return n
}

// begins reports whether a command begins with the words.
func begins(args, words []string) bool {
	if len(words) == 0 {
		return true
	}
	return len(args) >= len(words) && strings.EqualFold(args[0], words[0]) && slices.Equal(args[1:len(words)], words[1:])
}
