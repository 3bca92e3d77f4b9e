package goredis

import (
	"github.com/redis/go-redis/v9"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/batch"
	"github.com/reprise-go/reprise/internal/errtree"
	"github.com/reprise-go/reprise/internal/judged"
)

// unsent is an error from the making of a connection, dial or handshake: the command that needed
// it was not sent. go-redis makes connections within commands, and without the mark the errors
// look the same as the command's own.
type unsent struct {
	err  error
	addr string // where nobody answered the dial, or where the gate is shut; "" for the handshake's own failure
}

func (u *unsent) Error() string { return u.err.Error() }

// Unwrap returns a slice, since go-redis takes one wrapping off the errors of a new connection,
// and errors.Unwrap leaves this form alone.
func (u *unsent) Unwrap() []error { return []error{u.err} }

// turnedAwayError is a server's refusal of a connection, in reply to HELLO. It does not unwrap: where go-redis
// sees a reply it takes the server for an old one without HELLO, gives up RESP3 for good, and goes on to
// the command, of which it learns no more than that nobody is there.
type turnedAwayError struct{ err error }

func (t *turnedAwayError) Error() string { return t.err.Error() }

// notSent marks an error that ends the making of a connection. Other replies to HELLO do not.
func notSent(err error) error {
	switch {
	case err == nil:
		return nil
	case redis.IsMaxClientsError(err):
		err = &turnedAwayError{err}
	case isReply(err):
		return err
	}
	if _, ok := errtree.As[*unsent](err); ok {
		return err // of the dial, which had the address
	}
	return &unsent{err: err}
}

// orBefore returns err, or the error of the attempt before it if err only says that the connection
// was broken already. A Conn or Tx has no other: there is nothing to retry on.
func orBefore(err, before error) error {
	if before == nil || !badConn(err) {
		return err
	}
	return judged.New(driver(before), classify.Verdict{Class: classify.Permanent, Kind: classify.Connection})
}

// driver returns go-redis' own error.
func driver(err error) error {
	switch e := err.(type) { //nolint:errorlint // the hook made them, and nobody wraps them
	case *judged.Error:
		return driver(e.Err)
	case *unsent:
		return driver(e.err)
	case *turnedAwayError:
		return e.err
	}
	return err
}

// known asks of about err, unless the hook knows better.
func known(err error, of classify.Func) classify.Verdict {
	if u, ok := errtree.As[*unwatchedError](err); ok {
		err = u.err
	}
	return judged.Of(err, func(err error) classify.Verdict {
		v := of(err)
		if _, ok := errtree.As[*unsent](err); ok {
			v = judged.NotSent(err, v)
		}
		return v
	})
}

// judge returns err with what the command says of it: an error reply of one that runs code tells less.
func (u under) judge(c batch.Command, err error) error {
	if !c.RunsCode() || !isReply(err) {
		return err
	}
	return judged.New(err, judged.FromCode(u.retry.Classify(err)))
}
