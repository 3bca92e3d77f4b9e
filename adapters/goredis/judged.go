package goredis

import (
	"errors"

	"github.com/reprise-go/reprise/classify"
)

// judged is an error of which the hook knows more than its text says.
type judged struct {
	error
	verdict classify.Verdict
}

func (j *judged) Unwrap() error { return j.error }

// handshake is a transport error from the setting up of a connection: the command that needed
// the connection was not sent. go-redis runs the set-up within that command, and what it returns
// looks the same as if the command had failed.
type handshake struct{ err error }

func (h *handshake) Error() string { return h.err.Error() }

// Unwrap returns a slice, since go-redis takes one wrapping off the errors of a new connection,
// and errors.Unwrap leaves this form alone.
func (h *handshake) Unwrap() []error { return []error{h.err} }

// inHandshake marks an error that is not a reply as one of the set-up.
func inHandshake(err error) error {
	if err == nil || isReply(err) {
		return err
	}
	return &handshake{err}
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
	case *handshake:
		return e.err
	}
	return err
}

// known asks of about err, unless the hook knows better.
func known(err error, of classify.Func) classify.Verdict {
	if j := (*judged)(nil); errors.As(err, &j) {
		return j.verdict
	}
	v := of(err)
	if h := (*handshake)(nil); v.Class == classify.Ambiguous && errors.As(err, &h) {
		v.Class = classify.Transient
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
	switch v.Class {
	case classify.Transient, classify.Overloaded, classify.Redirect:
		v.Class = classify.Ambiguous
		return &judged{err, v}
	}
	return err
}
