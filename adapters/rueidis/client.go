package rueidis

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/redis/rueidis"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/loading"
	"github.com/reprise-go/reprise/policy"
)

// client is a rueidis.Client whose operations run under a policy. It embeds what it wraps, so that methods that a
// later rueidis adds pass through without retries and break nothing. Today B and Mode do, which send nothing.
type client struct {
	rueidis.Client

	// policies are for operations that begin now; those of a cluster have the orchestrator's.
	policies func() *rules
	// wrapped is what is wrong with who has wrapped the client of a cluster.
	wrapped error
	// closed is shared with the nodes. rueidis' own state does not do: the second call after its Close dials
	// again, and succeeds.
	closed *atomic.Bool
	// dials knows when connections have failed, if we made the client.
	dials *dials
	// hides means that a batch may be sent under a context that hides its deadline, see queued.
	hides bool
	// uncached means that the client may have no cache.
	uncached bool
	// follows means that rueidis follows MOVED and ASK before we hear of them.
	follows bool
	// node is the address of a client that Nodes returned, "" for any other.
	node string
	// loading is what servers have said of how long they go on loading; nil for the client of a cluster, and its nodes.
	loading *loading.Estimates
	// cluster runs the operations of a cluster; nil if the policy alone does.
	cluster *orchestrated
}

// Wrap returns a client that does as c does, under the policy r. It is for a client that somebody else has made;
// where you have the options, use [NewClient], which knows more. Of c it cannot know:
//
//   - whether rueidis retries by itself. Set ClientOption.DisableRetry: otherwise each attempt is a loop of its own,
//     which for reads has no end.
//   - how often MOVED and ASK are followed within one attempt. Set ClusterOption.MaxMovedRedirections: 0 means
//     for ever.
//   - what fails in a handshake: it looks like a lost reply, so that only what may run twice is tried again.
//     And a failing AuthCredentialsFn looks as if nothing had been sent, even where it was asked to renew
//     the password of a connection in use.
//   - whether a batch is answered as far as it went, if the context has a deadline. Set ClientOption.AlwaysPipelining:
//     until two calls meet on a connection, rueidis otherwise forgets the replies of a batch that was cut off.
//   - whether it follows REDIRECT (Standalone.EnableRedirect). Then rueidis recycles even commands that are pinned,
//     and pins those that it is given, which is a data race where they are shared.
//
// A c that has a policy already, since it came from here, gets r in its place; but one that NewClusterClient made keeps its
// own, and its failures come back joined with the complaint. A nil c is nil. Of an r that
// [policy.Retry.Validate] refuses, or that has an AttemptTimeout or MinAttempt (see [NewClient]), nothing is retried, and failures
// come back joined with the complaint; a Live may come by such a policy later. The client may be shared by any number of
// goroutines.
func Wrap(c rueidis.Client, r policy.Retry) rueidis.Client {
	if c == nil {
		return nil
	}
	return wrap(c, r)
}

func wrap(c rueidis.Client, r policy.Retry) *client {
	w := &client{Client: c, closed: new(atomic.Bool), dials: new(dials), uncached: true}
	if again, ok := c.(*client); ok {
		*w = *again
	} else if c.Mode() == rueidis.ClientModeCluster {
		w.follows = true
	} else {
		w.loading = new(loading.Estimates)
	}
	if w.cluster != nil {
		w.wrapped = errWrapped
	}
	w.policies = follow(r)
	return w
}

var errWrapped = errors.New("rueidis: Wrap was given the client of a cluster, which has a cluster.Config; allowed: another one by NewClusterClient")

// Nodes returns the nodes that the client knows, each under the same policy. Their connections are those of the
// client, so that to Close a node does nothing. A node follows no MOVED: what it answers is final.
func (c *client) Nodes() map[string]rueidis.Client {
	nodes := c.Client.Nodes()
	for addr, plain := range nodes {
		n := *c
		n.Client, n.node, n.follows = plain, addr, false
		nodes[addr] = &n
	}
	return nodes
}

// Close closes the client. Calls from then on return [rueidis.ErrClosing], and so do those that are waiting to
// try again.
func (c *client) Close() {
	if c.node != "" {
		return // the connections are the client's
	}
	c.closed.Store(true)
	c.Client.Close()
	if c.cluster != nil {
		c.cluster.close()
	}
}

// WithReplay returns a context under which commands have the given rung, whatever [classify.Command] says of
// them: it is [policy.WithReplay], the same for every adapter.
func WithReplay(ctx context.Context, rung classify.Replay) context.Context {
	return policy.WithReplay(ctx, rung)
}
