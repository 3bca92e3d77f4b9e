package faultproxy

import "testing"

const queued = "+QUEUED\r\n"

func TestTransactionPassesOn(t *testing.T) {
	s := server(t)
	c := dial(t, start(t, s.Addr(), nil))
	c.send("MULTI", "INCR n", "INCR n", "EXEC", "INCR n")
	c.expect("+OK\r\n", queued, queued, "*2\r\n:1\r\n:2\r\n", ":3\r\n")
}

func TestTransactionCut(t *testing.T) {
	for _, tt := range []struct {
		at       string
		fault    Fault
		executed bool
	}{
		{"INCR", CutBefore, false},
		{"INCR", CutAfter, false}, // queued, and dropped with the connection
		{"EXEC", CutBefore, false},
		{"EXEC", CutAfter, true},
		{"EXEC", CutMidReply, true},
	} {
		s := server(t)
		c := dial(t, start(t, s.Addr(), Script(Named(tt.at), Action{Fault: tt.fault})))
		c.send("MULTI", "INCR n", "EXEC")
		_, _ = c.rest()
		equal(t, tt.executed, s.Exists("n"), tt.at, tt.fault)
	}
}

func TestTransactionAnswered(t *testing.T) {
	const (
		readOnly    = "READONLY You can't write against a read only replica."
		readOnlyErr = "-" + readOnly + "\r\n"
	)
	for _, tt := range []struct {
		at      string
		replies []string // to MULTI, SET, INCR and EXEC
	}{
		{"MULTI", []string{readOnlyErr, readOnlyErr, readOnlyErr, readOnlyErr}},
		{"SET", []string{"+OK\r\n", readOnlyErr, queued, execAbort}},
		{"INCR", []string{"+OK\r\n", queued, readOnlyErr, execAbort}},
		{"EXEC", []string{"+OK\r\n", queued, queued, "-EXECABORT Transaction discarded because of: " + readOnly + "\r\n"}},
	} {
		s := server(t)
		p := start(t, s.Addr(), Script(Named(tt.at), Refuse(readOnly)))
		c := dial(t, p)
		c.send("MULTI", "SET k v", "INCR n", "EXEC")
		c.expect(tt.replies...)
		equal(t, false, s.Exists("k") || s.Exists("n"), "refused at", tt.at)

		// The connection is as good as new, at both ends.
		c.send("INCR n", "MULTI", "INCR n", "EXEC")
		c.expect(":1\r\n", "+OK\r\n", queued, "*1\r\n:2\r\n")
		equal(t, 8, p.Counts().Requests)
	}
}

func TestTransactionDiscarded(t *testing.T) {
	s := server(t)
	c := dial(t, start(t, s.Addr(), Script(Named("SET"), Action{Fault: Answer})))
	c.send("MULTI", "SET k v", "DISCARD", "MULTI", "INCR n", "EXEC")
	c.expect("+OK\r\n", Loading, "+OK\r\n", "+OK\r\n", queued, "*1\r\n:1\r\n")
}
