package goredis

import (
	"strings"

	"github.com/redis/go-redis/v9"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/errtree"
)

// Classify is the classifier for go-redis' errors: its own of the pool and the client, those
// of the network and the server's replies. See [classify.Default] for the latter two. Of the errors in a
// hook's events it knows what the hook knew, so that the decisions can be replayed.
func Classify(err error) classify.Verdict { return known(err, classifyDriver) }

// classifyDriver is Classify for errors as go-redis gives them.
func classifyDriver(err error) classify.Verdict {
	switch {
	case err == nil:
		return classify.Verdict{}
	case errtree.Is(err, redis.ErrPoolTimeout), errtree.Is(err, redis.ErrPoolExhausted):
		// No connection was to be had, so nothing was sent.
		return classify.Verdict{Class: classify.Transient, Kind: classify.Pool}
	case errtree.Is(err, redis.ErrClosed):
		return classify.Verdict{Class: classify.Permanent, Kind: classify.Closed}
	case badConn(err):
		return classify.Verdict{Class: classify.Permanent, Kind: classify.Connection}
	}
	v := classify.Default(err)
	if v.Class == classify.Unknown && isReply(err) && !isAnswer(err) {
		// An error reply with a prefix that nobody knows, a module's perhaps.
		return classify.Verdict{Class: classify.Permanent, Kind: classify.Response}
	}
	return v
}

// badConn reports whether a Conn or Tx has lost its connection for good: it never
// reconnects, so that a WATCH holds. The error's type is internal to go-redis, and it unwraps to
// what broke the connection, so only its text tells.
func badConn(err error) bool {
	return errtree.Find(err, func(err error) bool {
		return strings.HasPrefix(errtree.Text(err), "redis: Conn is in a bad state")
	})
}

// isReply reports whether err is an error reply of the server, redis.Nil included.
func isReply(err error) bool {
	_, ok := errtree.As[redis.Error](err)
	return ok
}

// isAnswer reports whether err is not a failure: the key is missing, or a watched key changed.
func isAnswer(err error) bool {
	return errtree.Is(err, redis.Nil) || errtree.Is(err, redis.TxFailedErr)
}
