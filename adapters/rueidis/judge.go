package rueidis

import (
	"context"
	"errors"
	"net"
	"slices"

	"github.com/redis/rueidis"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/batch"
	"github.com/reprise-go/reprise/internal/errtree"
	"github.com/reprise-go/reprise/internal/judged"
	"github.com/reprise-go/reprise/policy"
)

// failed reports whether an error is a failure: that there is no value is an answer.
func failed(err error) bool {
	return err != nil && err != rueidis.Nil //nolint:errorlint // as rueidis itself asks
}

// judge returns err with all that is known of it.
func (u under) judge(ctx context.Context, w batch.Command, err error, replied bool) *judged.Error {
	v := u.retry.Classify(err)
	switch {
	case replied && w.RunsCode():
		v = judged.FromCode(v)
	case replied && v.Class == classify.Redirect && u.follows && u.cluster != nil:
		// The orchestrator knows how often to follow.
	case replied && v.Class == classify.Redirect && u.follows:
		// As many as are allowed have been followed, so the map is in motion, and has to be waited for.
		v.Class = classify.Transient
	case replied && v.Class == classify.Redirect:
		v.Class = classify.Permanent // nobody follows it, and the same node will say the same
	case errtree.Is(err, rueidis.ErrClosing) && !u.closed.Load():
		// The connection was replaced, after a failover, with the command under way.
		v = classify.Verdict{Class: classify.Ambiguous, Kind: classify.Connection}
	case ended(err) && ctx.Err() == nil && !judged.Unexecuted(v):
		// The context was somebody else's, whose command was before this one on the same connection, or who dialled.
		v = inDoubt(err, v)
	}
	return judged.New(err, v)
}

// ended reports whether err says that a context has ended. Only the caller's own may say whether it was his.
func ended(err error) bool {
	return errtree.Is(err, context.Canceled) || errtree.Is(err, context.DeadlineExceeded)
}

// rung returns the command's rung: the one that the caller gave the context, or classify's, or a safer one that
// whoever built the command has vouched for. A builder's own word that XREAD BLOCK only reads is not taken
// where it waits for what is new from now on ("$"): the second time that is something else.
func rung(ctx context.Context, w batch.Command, cmd rueidis.Completed) classify.Replay {
	if said := policy.ReplayFrom(ctx); said != 0 {
		return said
	}
	switch {
	case cmd.IsReadOnly() && !(cmd.IsBlock() && slices.Contains(w, "$")):
		return classify.ReadOnly
	case cmd.IsRetryable() && !cmd.IsReadOnly(): // ToRetryable
		return min(w.Replay(), classify.Idempotent)
	}
	return w.Replay()
}

// at returns the address that an error tells, or that of the node that the caller has chosen; "" if nobody knows.
func (c *client) at(err error) string {
	if m, ok := err.(*marked); ok { //nolint:errorlint // rueidis returns it unwrapped
		return m.addr
	}
	if c.node != "" {
		return c.node
	}
	if op, ok := errtree.As[*net.OpError](err); ok && op.Addr != nil {
		return op.Addr.String()
	}
	return ""
}

// closing is the failure of an attempt after Close.
func closing() error {
	return judged.New(rueidis.ErrClosing, classify.Verdict{Class: classify.Permanent, Kind: classify.Closed})
}

// bare returns what callers get of what the loop returned: the driver's own error, which they may compare with ==.
// Only an ended context is told as well, and what is wrong with the policy.
func (u under) bare(err error) error {
	if err == nil {
		return nil
	}
	switch e, looped := err.(*policy.Error); { //nolint:errorlint // the loop returns it unwrapped
	case !looped:
		err = driver(driverOf(err))
	case e.Reason == policy.Canceled:
		e.Err = driver(driverOf(e.Err))
	default:
		err = driver(driverOf(e.Err))
	}
	if u.invalid != nil {
		err = errors.Join(err, u.invalid)
	}
	return err
}

// driverOf returns the driver's error in one that was judged, marks included.
func driverOf(err error) error {
	for {
		j, ok := err.(*judged.Error) //nolint:errorlint // ours, and nobody wraps it
		if !ok {
			return err
		}
		err = j.Err
	}
}
