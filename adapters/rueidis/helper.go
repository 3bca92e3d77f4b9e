package rueidis

import (
	"context"
	"slices"
	"strconv"

	"github.com/redis/rueidis"

	"github.com/reprise-go/reprise/internal/batch"
	"github.com/reprise-go/reprise/internal/errtree"
)

// help answers the batch of one of rueidis' helpers. On a cluster it is the right batch, sent as commands that are
// not the helper's. Elsewhere the same helper is called, with rueidis' own client.
func (c *client) help(ctx context.Context, name string, multi []rueidis.Completed) []rueidis.RedisResult {
	reads := name == "MGet" || name == "JsonMGet"
	switch {
	case c.Mode() == rueidis.ClientModeCluster, reads && len(multi) == 1:
		return c.pipeline(ctx, multi, true)
	case reads:
		return c.together(ctx, multi)
	}
	words := keep(len(multi), func(i int) []string { return multi[i].Commands() })
	keys := make([]string, len(words))
	for i, w := range words {
		keys[i] = w[1]
	}
	// values returns the values by their keys; at is where a value stands.
	values := func(at int) map[string]string {
		kvs := map[string]string{}
		for _, w := range words {
			kvs[w[1]] = w[at]
		}
		return kvs
	}
	var w batch.Command
	var call func() map[string]error
	switch name {
	case "MDel":
		w = slices.Concat(batch.Command{"DEL"}, keys)
		call = func() map[string]error { return rueidis.MDel(c.Client, ctx, keys) }
	case "MUnlink":
		w = slices.Concat(batch.Command{"UNLINK"}, keys)
		call = func() map[string]error { return rueidis.MUnlink(c.Client, ctx, keys) }
	case "MSet":
		kvs := values(2)
		w = slices.Concat(batch.Command{"MSET"}, pairs(kvs))
		call = func() map[string]error { return rueidis.MSet(c.Client, ctx, kvs) }
	case "MSetNX":
		kvs := values(2)
		w = slices.Concat(batch.Command{"MSETNX"}, pairs(kvs))
		call = func() map[string]error { return rueidis.MSetNX(c.Client, ctx, kvs) }
	case "MSetEX":
		kvs, options := values(2), words[0][3:]
		w = slices.Concat(batch.Command{"MSETEX", strconv.Itoa(len(kvs))}, pairs(kvs), options)
		call = func() map[string]error { return rueidis.MSetEX(c.Client, ctx, kvs, options...) }
	case "JsonMSet":
		path, kvs := words[0][2], values(3)
		w = batch.Command{"JSON.MSET"}
		for k, v := range kvs {
			w = append(w, k, path, v)
		}
		call = func() map[string]error { return rueidis.JsonMSet(c.Client, ctx, kvs, path) }
	default:
		return c.pipeline(ctx, multi, true) // one of a later rueidis
	}
	var ended map[string]error
	err := c.whole(ctx, w, multi[0], func() error {
		ended = call()
		return ended[keys[0]] // the same for all
	})
	results := make([]rueidis.RedisResult, len(multi)) // zero is a success
	for i, key := range keys {
		if err == nil {
			err = ended[key] // that no key was set, which is an answer
		}
		if err != nil {
			results[i] = rueidis.NewErrorResult(err)
		}
	}
	return results
}

func pairs(kvs map[string]string) (all []string) {
	for k, v := range kvs {
		all = append(all, k, v)
	}
	return all
}

// together answers several MGETs, of which a helper has made one for each slot, at one moment, as one would be. It
// is not one, since a reply cannot be taken apart.
func (c *client) together(ctx context.Context, multi []rueidis.Completed) []rueidis.RedisResult {
	// As reads, so that who sends reads to replicas (SendToReplicas) sends all of them there.
	block := make([]rueidis.Completed, 0, len(multi)+2)
	block = append(block, c.B().Arbitrary("MULTI").ReadOnly())
	for _, cmd := range multi {
		block = append(block, rebuild(c.B(), slices.Clone(cmd.Commands()), cmd))
	}
	block = append(block, c.B().Arbitrary("EXEC").ReadOnly())
	got := c.pipeline(ctx, block, false)
	all, err := got[len(got)-1].ToArray()
	results := make([]rueidis.RedisResult, len(multi))
	for i := range results {
		switch cause := got[i+1].Error(); {
		case err == nil:
			results[i] = rueidis.NewResult(all[i], nil)
		case cause != nil:
			results[i] = rueidis.NewErrorResult(cause)
		default:
			results[i] = rueidis.NewErrorResult(err)
		}
	}
	return results
}

// helpCache answers the batch of rueidis.MGetCache, which is one MGET where there is no cache.
func (c *client) helpCache(ctx context.Context, multi []rueidis.CacheableTTL) []rueidis.RedisResult {
	keys := make([]string, len(multi))
	for i := range multi {
		keys[i] = multi[i].Cmd.Commands()[1]
	}
	var got map[string]rueidis.RedisMessage
	err := c.whole(ctx, slices.Concat(batch.Command{"MGET"}, keys), rueidis.Completed(multi[0].Cmd), func() (err error) {
		got, err = rueidis.MGetCache(c.Client, ctx, multi[0].TTL, keys)
		return err
	})
	results := make([]rueidis.RedisResult, len(multi))
	for i, key := range keys {
		if results[i] = rueidis.NewResult(got[key], nil); err != nil {
			results[i] = rueidis.NewErrorResult(err)
		}
	}
	return results
}

// whole runs under the policy what a helper does with one command, of which all are the words.
func (c *client) whole(ctx context.Context, all batch.Command, like rueidis.Completed, call func() error) error {
	var w words
	w.keep(all)
	return c.begin().run(ctx, &w, like, func(bool) (bool, error) {
		err := call()
		if errtree.Is(err, rueidis.ErrMSetNXNotSet) || errtree.Is(err, rueidis.ErrMSetEXNotSet) {
			err = nil // an answer
		}
		return true, err
	})
}
