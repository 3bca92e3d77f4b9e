package cluster

import (
	"context"
	"errors"
	"net"
	"slices"

	"github.com/reprise-go/reprise/classify"
)

// redirects is how many MOVED and ASK are followed within one attempt: Lettuce and Jedis follow 5.
const redirects = 5

type redirectKey struct{}

// RedirectFrom returns where the present attempt is to go, if a node has said so in answer to the last: to the node of the
// Redirect, after ASKING if it is an Ask. If it is not, the driver notes that the slot has moved there.
func RedirectFrom(ctx context.Context) (Redirect, bool) {
	r, ok := ctx.Value(redirectKey{}).(Redirect)
	return r, ok
}

// redirect returns where an error of a node sends the operation.
func (r *run) redirect(err error, node string) (Redirect, bool) {
	if r.s.classify(err).Class != classify.Redirect {
		return Redirect{}, false
	}
	for ; err != nil; err = errors.Unwrap(err) {
		to, ok := ParseRedirect(err.Error())
		if !ok {
			continue
		}
		if host, port, _ := net.SplitHostPort(to.Addr); host == "" {
			host, _, _ = net.SplitHostPort(node)
			to.Addr = net.JoinHostPort(host, port)
		}
		if !to.Ask {
			r.s.o.refresh.trail(r.seen, err)
		}
		return to, true
	}
	return Redirect{}, false
}

// follow makes one attempt: it goes where the nodes say, until one answers otherwise.
func (r *run) follow(ctx context.Context, fn attempts) (node string, err error) {
	node, err = fn(ctx)
	var visited []string // by MOVED; an ASK leads back as a rule
	for hop := 0; err != nil && !r.named; hop++ {
		next, ok := r.redirect(err, node)
		if !ok {
			break
		}
		if hop == redirects || slices.Contains(visited, next.Addr) {
			return node, &motionError{err}
		}
		if !next.Ask {
			visited = append(visited, next.Addr)
		}
		node, err = fn(context.WithValue(ctx, redirectKey{}, next))
	}
	return node, err
}

// motionError is a redirect that is not followed any more: the nodes do not agree yet on who serves the slot.
type motionError struct{ error }

// Unwrap returns the node's own error.
func (m *motionError) Unwrap() error { return m.error }
