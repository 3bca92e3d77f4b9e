package goredis

import (
	"context"
	"errors"

	"github.com/redis/go-redis/v9"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

// judged is an error of which the hook knows more than its text says.
type judged struct {
	error
	verdict classify.Verdict
}

func (j *judged) Unwrap() error { return j.error }

// unsent is an error from the making of a connection, dial or handshake: the command that needed
// it was not sent. go-redis makes connections within commands, and without the mark the errors
// look the same as the command's own.
type unsent struct{ err error }

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
	return &unsent{err}
}

// orBefore returns err, or the error of the attempt before it if err only says that the connection
// was broken already. A Conn or Tx has no other: there is nothing to retry on.
func orBefore(err, before error) error {
	if before == nil || !badConn(err) {
		return err
	}
	return &judged{driver(before), classify.Verdict{Class: classify.Permanent, Kind: classify.Connection}}
}

// driver returns go-redis' own error.
func driver(err error) error {
	switch e := err.(type) { //nolint:errorlint // the hook made them, and nobody wraps them
	case *judged:
		return driver(e.error)
	case *unsent:
		return driver(e.err)
	case *turnedAwayError:
		return e.err
	}
	return err
}

// known asks of about err, unless the hook knows better.
func known(err error, of classify.Func) classify.Verdict {
	if e := (*policy.Error)(nil); errors.As(err, &e) && e.Reason == policy.Canceled {
		// A loop that the caller's context ended, whatever its last error was.
		return classify.Verdict{Class: classify.Permanent, Kind: classify.Canceled}
	}
	if j := (*judged)(nil); errors.As(err, &j) {
		return j.verdict
	}
	v := of(err)
	if u := (*unsent)(nil); errors.As(err, &u) {
		switch {
		case v.Class == classify.Permanent && v.Kind == classify.Canceled:
			// A context of go-redis' own, or of a dialer: the caller's is asked by the loop.
			v = classify.Verdict{Class: classify.Transient, Kind: classify.Connection}
			if errors.Is(err, context.DeadlineExceeded) {
				v.Kind = classify.Timeout
			}
		case v.Class == classify.Ambiguous:
			v.Class = classify.Transient
		case v.Class == classify.Unknown:
			v = classify.Verdict{Class: classify.Transient, Kind: classify.Connection}
		}
	}
	return v
}

// judge returns err with what the command says of it: a refusal in the reply of a script may
// come from inside it, after it has written.
func (h *Hook) judge(c command, err error) error {
	if !c.runsCode() || !isReply(err) {
		return err
	}
	v := h.retry.Classify(err)
	switch {
	case unexecuted(v):
		v.Class = classify.Ambiguous
	case v.Kind == classify.Response:
		v.Kind = classify.Script // which no list of kinds makes a refusal
	default:
		return err
	}
	return &judged{err, v}
}

// unexecuted reports whether the verdict says that the command was not sent, or refused for now.
func unexecuted(v classify.Verdict) bool {
	switch v.Class {
	case classify.Transient, classify.Overloaded, classify.Redirect:
		return true
	}
	return false
}
