// Package redisdriver lets a go-redis client run histories.
package redisdriver

import (
	"context"
	"errors"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/histories"
)

// Client is a [histories.Driver] on a go-redis client.
type Client struct {
	redis.UniversalClient
	// Judge is what Classify calls.
	Judge classify.Func
}

var _ histories.Driver = Client{}

// Options returns the options of a client for histories: no pools between it and the dials that the
// proxy counts, and nothing said in the handshake that is not needed.
func Options(o histories.Options) *redis.Options {
	return &redis.Options{
		Addr: o.Addr, ReadTimeout: o.Timeout, WriteTimeout: o.Timeout,
		DisableIdentity:          true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
}

// Classify judges an error.
func (c Client) Classify(err error) classify.Verdict { return c.Judge(err) }

// Do runs a single command.
func (c Client) Do(ctx context.Context, cmd []string) histories.Result {
	return result(c.UniversalClient.Do(ctx, args(cmd)...))
}

// Pipeline sends commands together.
func (c Client) Pipeline(ctx context.Context, cmds [][]string) []histories.Result {
	return batch(ctx, c.UniversalClient.Pipeline(), cmds)
}

// Transaction sends commands within MULTI and EXEC.
func (c Client) Transaction(ctx context.Context, cmds [][]string) []histories.Result {
	return batch(ctx, c.TxPipeline(), cmds)
}

// Watch does so under a WATCH.
func (c Client) Watch(ctx context.Context, key string, between func(), cmds [][]string) []histories.Result {
	var all []histories.Result
	err := c.UniversalClient.Watch(ctx, func(tx *redis.Tx) error {
		between()
		all = batch(ctx, tx.TxPipeline(), cmds)
		return nil
	}, key)
	if all == nil {
		all = make([]histories.Result, len(cmds))
		for i := range all {
			all[i].Err = err
		}
	}
	return all
}

// batch runs commands through a pipeline of either kind.
func batch(ctx context.Context, p redis.Pipeliner, cmds [][]string) []histories.Result {
	sent := make([]*redis.Cmd, len(cmds))
	for i, cmd := range cmds {
		sent[i] = p.Do(ctx, args(cmd)...)
	}
	_, _ = p.Exec(ctx) // each command has its own error
	all := make([]histories.Result, len(cmds))
	for i, cmd := range sent {
		all[i] = result(cmd)
	}
	return all
}

func result(cmd *redis.Cmd) histories.Result {
	v, err := cmd.Result()
	switch {
	case errors.Is(err, redis.Nil):
		return histories.Result{}
	case errors.Is(err, redis.TxFailedErr):
		return histories.Result{Err: histories.ErrAborted}
	case err != nil:
		return histories.Result{Err: err}
	}
	return histories.Result{Value: v}
}

func args(cmd []string) []any {
	all := make([]any, len(cmd))
	for i, word := range cmd {
		all[i] = word
	}
	return all
}
