package rueidis

import (
	"context"
	"slices"
	"sync"

	"github.com/redis/rueidis"

	"github.com/reprise-go/reprise/internal/batch"
	"github.com/reprise-go/reprise/internal/errtree"
	"github.com/reprise-go/reprise/policy"
)

// DoMulti sends commands together. Each is judged by itself and ends with its own reply or its own error: replies
// that arrived are kept, and the next attempt sends only what is safe to run again, in its order. MULTI, commands,
// EXEC are run again as a whole or not at all.
func (c *client) DoMulti(ctx context.Context, multi ...rueidis.Completed) []rueidis.RedisResult {
	if len(multi) == 0 || bound(multi) {
		return plains(c.Client.DoMulti(ctx, multi...))
	}
	if name := helperOf(multi); name != "" {
		return c.help(ctx, name, multi)
	}
	return c.pipeline(ctx, multi, false)
}

// pipeline runs a batch. own says that not even the first attempt is to send the caller's commands.
func (c *client) pipeline(ctx context.Context, multi []rueidis.Completed, own bool) []rueidis.RedisResult {
	p := pipeline{c: c.begin(), multi: multi, own: own}
	p.words = keep(len(multi), func(i int) []string { return multi[i].Commands() })
	return p.run(ctx)
}

// DoMultiCache runs commands whose replies are cached.
func (c *client) DoMultiCache(ctx context.Context, multi ...rueidis.CacheableTTL) []rueidis.RedisResult {
	if len(multi) == 0 {
		return c.Client.DoMultiCache(ctx, multi...)
	}
	if c.uncached && isMGetCache(multi) {
		return c.helpCache(ctx, multi)
	}
	p := pipeline{c: c.begin(), cached: multi}
	p.words = keep(len(multi), func(i int) []string { return multi[i].Cmd.Commands() })
	return p.run(ctx)
}

// keep copies the words of n commands, as words does those of one.
func keep(n int, of func(i int) []string) []batch.Command {
	total := 0
	for i := range n {
		total += len(of(i))
	}
	all, words := make([]string, 0, total), make([]batch.Command, n)
	for i := range n {
		from := len(all)
		all = append(all, of(i)...)
		words[i] = batch.Command(all[from:len(all):len(all)])
	}
	return words
}

// pipeline is a batch under way, of DoMulti or of DoMultiCache.
type pipeline struct {
	c      under
	multi  []rueidis.Completed    // the caller's
	cached []rueidis.CacheableTTL // or these
	own    bool                   // the first attempt, too, sends commands of our own
	words  []batch.Command

	results []rueidis.RedisResult
	units   []unit       // nil until something fails
	items   []batch.Item // the units
	sent    []int        // the units of the attempt
	again   []int        // their commands
	closed  bool         // the client, before the attempt
}

func (p *pipeline) run(ctx context.Context) []rueidis.RedisResult {
	op := policy.Op{Name: "pipeline", Node: p.c.node}
	err := p.c.loop(ctx, &op, func(ctx context.Context) error {
		if p.closed = p.c.closed.Load(); p.closed {
			return closing()
		}
		for tries := 0; ; tries++ {
			before := p.c.dials.failures.Load()
			p.send(ctx)
			p.c.credit(&op, p.like(min(1, len(p.words)-1))) // not MULTI
			stale, err := p.settle(ctx, &op, before)
			if !stale || tries == staleTries || ctx.Err() != nil {
				return p.c.estimated(ctx, op.Replay, err)
			}
		}
	})
	if err != nil {
		p.finish(err)
	}
	return p.results
}

// send makes an attempt and takes its results.
func (p *pipeline) send(ctx context.Context) {
	ctx = p.c.queued(ctx)
	first := p.results == nil
	switch {
	case first && p.cached != nil:
		p.results = p.c.Client.DoMultiCache(ctx, p.cached...) // no connection keeps this slice
		return
	case first && !p.own:
		// A copy: rueidis goes on reading the slice when the call has returned since its context ended.
		p.results = p.c.Client.DoMulti(ctx, slices.Clone(p.multi)...)
		return
	case first:
		p.results = make([]rueidis.RedisResult, len(p.words))
		p.again = upTo(len(p.words))
	}
	for k, r := range p.sendAgain(ctx) {
		p.results[p.again[k]] = r
	}
}

// sendAgain sends commands that are rebuilt.
func (p *pipeline) sendAgain(ctx context.Context) []rueidis.RedisResult {
	if p.cached != nil {
		next := make([]rueidis.CacheableTTL, len(p.again))
		for k, i := range p.again {
			next[k] = rueidis.CT(rebuildCache(p.c.B(), p.words[i], p.cached[i].Cmd), p.cached[i].TTL)
		}
		return p.c.Client.DoMultiCache(ctx, next...)
	}
	next := make([]rueidis.Completed, len(p.again))
	wellKey := sync.OnceValue(p.c.wellKey)
	again := func(w []string, like rueidis.Completed) rueidis.Completed { return p.c.rebuiltFor(wellKey, w, like) }
	if slices.ContainsFunc(p.again, func(i int) bool { return p.multi[i].Slot() != noKey }) {
		// Those without a key go with the others: rueidis takes no second slot beside them.
		again = func(w []string, like rueidis.Completed) rueidis.Completed { return rebuild(p.c.B(), w, like) }
	}
	for k, i := range p.again {
		next[k] = again(p.words[i], p.multi[i])
	}
	return p.c.Client.DoMulti(ctx, next...)
}

// like returns the caller's command.
func (p *pipeline) like(i int) rueidis.Completed {
	if p.cached != nil {
		return rueidis.Completed(p.cached[i].Cmd)
	}
	return p.multi[i]
}

// settle takes the outcome of an attempt: it chooses the commands for the next one, and returns the error by
// which the policy shall judge the batch. nil means that it is done. stale means that all that failed did so since
// connections had failed before.
func (p *pipeline) settle(ctx context.Context, op *policy.Op, before uint64) (stale bool, _ error) {
	if !slices.ContainsFunc(p.results, func(r rueidis.RedisResult) bool { return failed(r.Error()) }) {
		return false, nil
	}
	if p.units == nil {
		p.units = units(p.words)
		p.items = make([]batch.Item, len(p.units))
		for k, u := range p.units {
			for _, w := range p.words[u.from:u.to] {
				p.items[k].Reach = p.items[k].Reach.Union(w.Reach())
				p.items[k].Writes = p.items[k].Writes || w.Writes()
			}
		}
		p.sent = upTo(len(p.units))
	}
	stale = true
	for _, k := range p.sent {
		// The others keep what they have: seen from this attempt, their connections had failed before.
		f, old := p.fail(ctx, p.units[k], before)
		p.items[k].Failure = f
		stale = stale && (old || f.Err == nil)
	}
	var worst batch.Failure
	p.sent, worst = batch.Settle(p.items)
	p.again = p.again[:0]
	for _, k := range p.sent {
		for i := p.units[k].from; i < p.units[k].to; i++ {
			p.again = append(p.again, i)
		}
	}
	op.Replay = worst.Replay
	if worst.Err == nil {
		return false, nil
	}
	op.Node = p.where(driverOf(worst.Err))
	return stale && len(p.sent) > 0, worst.Err
}

// where returns the node at which the batch failed with err, the driver's own error: that of the first unit that did,
// if the error does not say.
func (p *pipeline) where(err error) string {
	addr := p.c.at(err)
	k := slices.IndexFunc(p.items, func(i batch.Item) bool { return errtree.Is(i.Failure.Err, err) })
	if addr != "" || k < 0 {
		return addr
	}
	u := p.units[k]
	return p.c.where(err, p.like(min(u.from+(u.to-u.from)/2, u.to-1))) // not MULTI, and not EXEC
}

// finish puts the errors of an operation that failed in their places.
func (p *pipeline) finish(err error) {
	e, looped := err.(*policy.Error) //nolint:errorlint // the loop returns it unwrapped
	canceled := looped && e.Reason == policy.Canceled
	whole := rueidis.NewErrorResult(p.c.bare(err))
	for i, r := range p.results {
		own := r.Error()
		_, mark := own.(*marked) //nolint:errorlint // rueidis returns it unwrapped
		switch {
		case canceled && ended(own):
			p.results[i] = whole // which tells the cause
		case mark, p.c.invalid != nil && failed(own):
			p.results[i] = rueidis.NewErrorResult(p.c.bare(own))
		}
	}
	switch {
	case p.results == nil:
		p.results = make([]rueidis.RedisResult, len(p.words))
		p.again = upTo(len(p.words))
	case p.closed, canceled:
		// The commands that were to be sent again were not.
	default:
		return
	}
	for _, i := range p.again {
		p.results[i] = whole
	}
}

// upTo returns 0 to n-1.
func upTo(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}
