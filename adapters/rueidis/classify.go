package rueidis

import (
	"context"
	"slices"
	"strings"

	"github.com/redis/rueidis"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/errtree"
	"github.com/reprise-go/reprise/internal/judged"
)

// Classify is the classifier for rueidis' errors: its own, those of the network and the server's replies, which
// rueidis gives without a leading "ERR ". See [classify.Default] for the latter two. Of the errors in a client's
// events it knows what the client knew, so that the decisions can be replayed: whether the command was sent at
// all, whether a refusal came out of a script, whose context it was that ended.
//
// [rueidis.Nil] is an answer, and gets no opinion.
func Classify(err error) classify.Verdict { return known(err, classifyDriver) }

// known asks of about err, unless the client knows better.
func known(err error, of classify.Func) classify.Verdict {
	return judged.Of(err, func(err error) classify.Verdict {
		m, ok := errtree.As[*marked](err)
		if !ok {
			return of(err)
		}
		v := of(m.err)
		if m.unsent {
			return judged.NotSent(m.err, v)
		}
		return inDoubt(m.err, v)
	})
}

// inDoubt returns the verdict of an error that ended a connection with commands under way, given what it looks like.
func inDoubt(err error, v classify.Verdict) classify.Verdict {
	v.Class = classify.Ambiguous
	if v.Kind == "" || v.Kind == classify.Canceled || v.Kind == classify.Closed {
		v.Kind = classify.Connection
		if errtree.Is(err, context.DeadlineExceeded) {
			v.Kind = classify.Timeout
		}
	}
	return v
}

// classifyDriver is Classify for errors as rueidis gives them.
func classifyDriver(err error) classify.Verdict {
	switch {
	case err == nil:
		return classify.Verdict{}
	case errtree.Is(err, rueidis.ErrNoSlot):
		// No node serves the slot by the map that the client has: nothing was sent.
		return classify.Verdict{Class: classify.Transient, Kind: classify.ClusterDown}
	case errtree.Is(err, rueidis.ErrNoAddr):
		return classify.Verdict{Class: classify.Transient, Kind: classify.Connection}
	case errtree.Is(err, rueidis.ErrDoCacheAborted), expired(err):
		return classify.Verdict{Class: classify.Ambiguous, Kind: classify.Connection}
	case errtree.Is(err, rueidis.ErrClosing), errtree.Is(err, rueidis.ErrDedicatedClientRecycled):
		return classify.Verdict{Class: classify.Permanent, Kind: classify.Closed}
	case misused(err):
		return classify.Verdict{Class: classify.Permanent, Kind: classify.Response}
	}
	v := classify.Default(err)
	if v.Class != classify.Unknown {
		return v
	}
	if r, ok := errtree.As[*rueidis.RedisError](err); ok && !r.IsNil() {
		return reply(r)
	}
	return v
}

// reply judges an error reply of which nothing is known: a module's perhaps, or one that has lost its "ERR ".
func reply(r *rueidis.RedisError) classify.Verdict {
	if strings.HasPrefix(r.Error(), "REDIRECT ") { // Valkey's MOVED for a whole server
		return classify.Verdict{Class: classify.Redirect, Kind: classify.Moved}
	}
	return classify.Redis(generic(r.Error()))
}

// generic is an error reply that began with "ERR ".
type generic string

func (g generic) Error() string { return "ERR " + string(g) }

// expired reports whether a connection had lived for ConnLifetime. rueidis takes such a command for one that was
// not sent, but one that the server had not answered a second later ends by this error as well. The variable
// is not exported.
func expired(err error) bool {
	return errtree.Find(err, func(err error) bool { return errtree.Text(err) == "connection is expired" })
}

// misused reports whether a client was made or used in a way that rueidis does not serve.
func misused(err error) bool {
	return slices.ContainsFunc(misuses, func(e error) bool { return errtree.Is(err, e) })
}

var misuses = []error{
	rueidis.ErrNoCache, rueidis.ErrRESP2PubSubMixed, rueidis.ErrBlockingPubSubMixed,
	rueidis.ErrReplicaOnlyNotSupported, rueidis.ErrReplicaOnlyConflict, rueidis.ErrReplicaOnlyConflictWithReplicaSelector,
	rueidis.ErrReplicaOnlyConflictWithReadNodeSelector, rueidis.ErrReplicaSelectorConflictWithReadNodeSelector,
	rueidis.ErrSendToReplicasNotSet, rueidis.ErrNoSendToReplicas, rueidis.ErrWrongPipelineMultiplex,
	rueidis.ErrInvalidShardsRefreshInterval, rueidis.ErrInvalidTopologyRefreshInterval,
}
