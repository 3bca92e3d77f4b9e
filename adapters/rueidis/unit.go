package rueidis

import (
	"context"
	"slices"
	"strings"

	"github.com/redis/rueidis"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/batch"
	"github.com/reprise-go/reprise/internal/errtree"
	"github.com/reprise-go/reprise/internal/judged"
	"github.com/reprise-go/reprise/policy"
)

// unit is a part of a batch, from and before: one command, or MULTI, commands, EXEC.
type unit struct{ from, to int }

// bound reports whether a batch cannot be run again in parts, or at all, so that it is passed on as it is: it
// subscribes, is under a WATCH of its own, or has half a transaction in it.
func bound(multi []rueidis.Completed) bool {
	open := false
	for i := range multi {
		w := multi[i].Commands()
		switch {
		case multi[i].NoReply(), is(w, "WATCH"), is(w, "DISCARD"), is(w, "MULTI") && open, is(w, "EXEC") && !open:
			return true
		case is(w, "MULTI"):
			open = true
		case is(w, "EXEC"):
			open = false
		}
	}
	return open
}

// is reports whether a command has the name.
func is(w []string, name string) bool {
	return len(w) > 0 && len(w[0]) == len(name) && strings.EqualFold(w[0], name)
}

// units returns the parts of a batch that is not bound.
func units(words []batch.Command) []unit {
	all := make([]unit, 0, len(words))
	for i := 0; i < len(words); i++ {
		u := unit{i, i + 1}
		if is(words[i], "MULTI") {
			u.to += slices.IndexFunc(words[u.to:], func(w batch.Command) bool { return is(w, "EXEC") }) + 1
		}
		all = append(all, u)
		i = u.to - 1
	}
	return all
}

// fail returns the failure of a unit; the zero value if it was answered. Of a transaction EXEC tells, which may
// answer that a watched key was changed. stale means that the connection had failed before the attempt.
func (p *pipeline) fail(ctx context.Context, u unit, before uint64) (_ batch.Failure, stale bool) {
	last := p.results[u.to-1]
	err := last.Error()
	if !failed(err) {
		return batch.Failure{}, false
	}
	stale, err = since(err, before)
	replied := last.NonRedisError() == nil
	if u.to-u.from > 1 {
		return p.failBlock(ctx, u, err, replied), stale
	}
	w, cmd := p.words[u.from], p.like(u.from)
	return batch.Fail(p.c.retry, rung(ctx, w, cmd), p.c.judge(ctx, w, err, replied)), stale
}

// failBlock returns the failure of a transaction.
func (p *pipeline) failBlock(ctx context.Context, u unit, err error, replied bool) batch.Failure {
	exec, block := p.words[u.to-1], p.words[u.from+1:u.to-1]
	j := p.c.judge(ctx, exec, err, replied)
	refused := p.results[u.from].Error()
	switch {
	case replied && refused != nil:
		// MULTI was refused, and what followed it was run, or refused, command by command.
		j = judged.New(err, classify.Verdict{Class: classify.Permanent, Kind: j.Verdict.Kind})
	case replied && classify.Redis(err).Kind == classify.ExecAbort:
		causes := make([]error, 0, len(block))
		for _, r := range p.results[u.from+1 : u.to-1] {
			causes = append(causes, r.Error())
		}
		// rueidis shares the connection, so that no WATCH can be on it.
		if d, ok := errtree.As[*judged.Error](batch.Discarded(err, causes, p.c.retry.Classify)); ok {
			j = d
		}
	}
	r := policy.ReplayFrom(ctx)
	if r == 0 {
		r = batch.Replay(block)
	}
	return batch.Fail(p.c.retry, r, j)
}
