package rueidis

import (
	"os"

	"github.com/reprise-go/reprise/internal/errtree"
)

// marked is an error of a connection or its making, of which more is known than it says.
type marked struct {
	err    error
	addr   string // where it was
	unsent bool   // no command can have been sent
	at     uint64 // which of the client's failures it was; 0 if there was no connection yet
}

func (m *marked) Error() string { return m.err.Error() }

// Unwrap returns the error, but for a timeout of a handshake: rueidis would put a bare context.DeadlineExceeded in
// its place, which is what a context of the caller gives too.
func (m *marked) Unwrap() error {
	if m.unsent && errtree.Is(m.err, os.ErrDeadlineExceeded) {
		return nil
	}
	return m.err
}

// since returns err with what the number of failures before the attempt says of it: a connection that had failed by
// then was given the command, but did not send it. stale reports whether that is so.
func since(err error, before uint64) (stale bool, _ error) {
	m, ok := err.(*marked) //nolint:errorlint // rueidis returns it unwrapped
	if !ok || m.unsent || m.at > before {
		return false, err
	}
	return true, &marked{err: m.err, addr: m.addr, unsent: true, at: m.at}
}

// driver returns the error without the mark.
func driver(err error) error {
	if m, ok := err.(*marked); ok { //nolint:errorlint // rueidis returns it unwrapped
		return m.err
	}
	return err
}
