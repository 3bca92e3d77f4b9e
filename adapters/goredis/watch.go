package goredis

import (
	"context"
	"errors"
	"io"
	"slices"
	"strconv"

	"github.com/redis/go-redis/v9"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/cluster"
	"github.com/reprise-go/reprise/internal/errtree"
	"github.com/reprise-go/reprise/internal/judged"
	"github.com/reprise-go/reprise/policy"
)

// A Watch of a cluster client goes past its hooks, to the node that has the slot, and there it makes a Tx. What
// go-redis does of its own when WATCH fails is to try the same node again, MaxRedirects times: in a failover in vain. It
// goes elsewhere when it reads MOVED. So the WATCH is an operation of the orchestrator here. A Tx has one connection and
// no other: as long as that stands, and the map has the same node, attempts are made on it, and else they look for a node
// where the same WATCH succeeds; there go-redis is sent. fn runs once at most: what fails in it go-redis returns as it is.

// watch runs the WATCH with which a Tx begins.
func (m member) watch(ctx context.Context, cmd redis.Cmder, process redis.ProcessHook) error {
	if ctx.Value(lookingKey{}) != nil {
		return process(ctx, cmd)
	}
	if m.client.Options().MaxRedirects == 0 { // it cannot be sent anywhere
		err := process(ctx, cmd)
		if err != nil {
			m.of.orchestrator.Stale(err)
		}
		return err
	}
	var w watching
	u := m.of.begin()
	op := policy.Op{Name: "watch", Replay: classify.ReadOnly}
	err := u.run.DoOp(ctx, &op, func(ctx context.Context) (string, error) {
		err := w.attempt(ctx, m, cmd, process)
		return nodeOf(err), err
	})
	switch {
	case err != nil && w.tries == 0:
		return err // the context had ended
	case err != nil:
		return u.unwatched(err)
	case w.moved != nil:
		return w.moved
	case w.at != "":
		return &elsewhereError{slot: cluster.Slot(read(cmd)[1]), addr: w.at, err: w.failed}
	}
	return nil
}

// watching is the WATCH of a Tx under way.
type watching struct {
	tries  int
	broken bool   // the connection of the Tx
	failed error  // what the Tx has met last
	moved  error  // what go-redis follows
	at     string // where the last attempt was made, if that was not the node of the Tx
}

// attempt makes one.
func (w *watching) attempt(ctx context.Context, m member, cmd redis.Cmder, process redis.ProcessHook) error {
	w.tries++
	err := w.run(ctx, m, cmd, process)
	switch _, moved := redis.IsMovedError(err); {
	case moved:
		m.of.orchestrator.Stale(err)
		w.moved = err
		return nil
	case isAsk(err):
		// There go-redis would go without ASKING, and be sent back. The slot is in motion: it is waited for.
		return judged.New(err, classify.Verdict{Class: classify.Transient, Kind: classify.TryAgain})
	}
	return err
}

// run has the keys watched by the Tx, or on trial where the slot is served now.
func (w *watching) run(ctx context.Context, m member, cmd redis.Cmder, process redis.ProcessHook) error {
	w.at = ""
	if w.tries == 1 {
		w.failed = process(ctx, cmd)
		return w.failed
	}
	keys := read(cmd)[1:]
	n, err := m.client.MasterForKey(ctx, keys[0])
	if err != nil {
		return err
	}
	addr := n.Options().Addr
	if !w.broken && named(addr) == named(m.addr) {
		if err := process(ctx, cmd); err == nil || !badConn(err) {
			w.failed = err
			return err
		}
		w.broken = true
	}
	w.at = addr
	// Not on one of the client's own connections: they may all be in the hands of those who look.
	c := redis.NewClient(apart(m.client.Options(), addr))
	defer c.Close()
	c.AddHook(member{m.node, m.client, addr, m.gates, m.pooled})
	return c.Watch(context.WithValue(ctx, lookingKey{}, true), func(*redis.Tx) error { return nil }, keys...)
}

func isAsk(err error) bool {
	_, ok := redis.IsAskError(err)
	return ok
}

// lookingKey marks the context of a WATCH that looks for a node.
type lookingKey struct{}

// elsewhereError sends go-redis to the node where the WATCH has succeeded: it reads the text.
type elsewhereError struct {
	slot int
	addr string
	err  error // what the Tx has met
}

func (e *elsewhereError) Error() string { return "MOVED " + strconv.Itoa(e.slot) + " " + e.addr }

// Unwrap returns why there has to be another.
func (e *elsewhereError) Unwrap() error { return e.err }

// unwatched returns what the caller of Watch gets when no node would have the WATCH.
func (u under) unwatched(err error) error {
	if _, loop := err.(*policy.Error); !loop && u.retry.Classify(err).Class == classify.Permanent { //nolint:errorlint // as it was returned
		return driver(err)
	}
	return &unwatchedError{err}
}

// unwatchedError is the end of a WATCH. It does not unwrap: for the errors inside go-redis would begin anew, as
// often as MaxRedirects says. Nor does its text begin as a server's.
type unwatchedError struct{ err error }

func (u *unwatchedError) Error() string { return "goredis: watch: " + bare(u.err).Error() }

// Is tells what the errors inside are, but for those by which go-redis would go on.
func (u *unwatchedError) Is(target error) bool {
	if target == io.EOF || target == io.ErrUnexpectedEOF || target == redis.ErrPoolTimeout {
		return false
	}
	return errtree.Is(u.err, target)
}

// As finds the errors of this module, which unwrap to all others.
func (u *unwatchedError) As(target any) bool {
	switch target.(type) {
	case **policy.Error, **cluster.RefreshError:
		return errors.As(u.err, target)
	}
	return false
}

// block takes the outcome of a transaction on a node. That of a Tx which has met a slot that moves, or is gone, has
// not run, and its WATCH is of no use any more: it has failed as if a key had changed, and the caller's answer is the
// same, to begin anew. Those of the cluster client itself are go-redis' to send on.
func (m member) block(cmds []redis.Cmder, err error) error {
	if slices.ContainsFunc(cmds, redis.Cmder.NoRetry) {
		return err
	}
	failures := []error{err}
	if redis.IsExecAbortError(err) {
		failures = append(failures, errorsOf(cmds)...)
	}
	for _, failure := range failures {
		_, moved := redis.IsMovedError(failure)
		if moved {
			m.of.orchestrator.Stale(failure)
		}
		if moved || isAsk(failure) {
			return redis.TxFailedErr
		}
	}
	return err
}
