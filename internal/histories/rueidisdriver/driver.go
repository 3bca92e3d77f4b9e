// Package rueidisdriver lets a rueidis client run histories.
package rueidisdriver

import (
	"context"
	"errors"
	"net"
	"unicode"

	"github.com/redis/rueidis"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/histories"
)

// Client is a [histories.Driver] on a rueidis client.
type Client struct {
	rueidis.Client
	// Judge is what Classify calls.
	Judge classify.Func
}

var _ histories.Driver = Client{}

// Options returns the options of a client for histories: one connection, so that commands reach the proxy in order, and
// nothing said in the handshake that is not needed.
func Options(o histories.Options) rueidis.ClientOption {
	return rueidis.ClientOption{
		InitAddress: []string{o.Addr}, ForceSingleClient: true, DisableCache: true, PipelineMultiplex: -1,
		ClientSetInfo: rueidis.DisableClientSetInfo, ConnWriteTimeout: o.Timeout,
		// A connection on which nothing comes for so long is asked for a sign of life, and given up after the timeout.
		Dialer: net.Dialer{KeepAlive: o.Timeout},
		// The least that rueidis works with. A history has one client, and few commands at a time.
		RingScaleEachConn: 8, ReadBufferEachConn: 1 << 12, WriteBufferEachConn: 1 << 12,
	}
}

// Classify judges an error.
func (c Client) Classify(err error) classify.Verdict { return c.Judge(err) }

// Do runs a single command.
func (c Client) Do(ctx context.Context, cmd []string) histories.Result {
	return result(c.Client.Do(ctx, c.build(cmd)).ToMessage())
}

// Pipeline sends commands together.
func (c Client) Pipeline(ctx context.Context, cmds [][]string) []histories.Result {
	multi := make([]rueidis.Completed, len(cmds))
	for i, cmd := range cmds {
		multi[i] = c.build(cmd)
	}
	all := make([]histories.Result, len(cmds))
	for i, r := range c.DoMulti(ctx, multi...) {
		all[i] = result(r.ToMessage())
	}
	return all
}

// Transaction sends commands within MULTI and EXEC.
func (c Client) Transaction(ctx context.Context, cmds [][]string) []histories.Result {
	return c.transaction(ctx, c.Client, cmds)
}

// Watch does so under a WATCH, on a connection of its own.
func (c Client) Watch(ctx context.Context, key string, between func(), cmds [][]string) []histories.Result {
	own, release := c.Dedicate()
	defer release()
	if err := own.Do(ctx, c.build([]string{"WATCH", key})).Error(); err != nil {
		return same(len(cmds), err)
	}
	between()
	return c.transaction(ctx, own, cmds)
}

// Close closes every connection.
func (c Client) Close() error {
	c.Client.Close()
	return nil
}

func (c Client) transaction(ctx context.Context, on rueidis.CommandClient, cmds [][]string) []histories.Result {
	multi := make([]rueidis.Completed, 0, len(cmds)+2)
	multi = append(multi, c.build([]string{"MULTI"}))
	for _, cmd := range cmds {
		multi = append(multi, c.build(cmd))
	}
	multi = append(multi, c.build([]string{"EXEC"}))
	got := on.DoMulti(ctx, multi...)
	exec, err := got[len(got)-1].ToArray()
	switch {
	case rueidis.IsRedisNil(err):
		return same(len(cmds), histories.ErrAborted)
	case err != nil:
		all := same(len(cmds), err)
		for i := range all {
			if own := got[i+1].Error(); own != nil {
				all[i].Err = said(own)
			}
		}
		return all
	}
	all := make([]histories.Result, len(cmds))
	for i := range exec {
		all[i] = result(exec[i], exec[i].Error())
	}
	return all
}

// build makes a command, marked as one that only reads where it does, as rueidis' own builders mark it.
func (c Client) build(cmd []string) rueidis.Completed {
	b := c.B().Arbitrary(cmd...)
	if c.Mode() == rueidis.ClientModeCluster && len(cmd) > 1 {
		b = c.B().Arbitrary(cmd[0]).Keys(cmd[1]).Args(cmd[2:]...) // it goes by its slot
	}
	if classify.Command(cmd...) == classify.ReadOnly {
		return b.ReadOnly()
	}
	return b.Build()
}

func same(n int, err error) []histories.Result {
	all := make([]histories.Result, n)
	for i := range all {
		all[i].Err = said(err)
	}
	return all
}

func result(m rueidis.RedisMessage, err error) histories.Result {
	if rueidis.IsRedisNil(err) {
		return histories.Result{}
	}
	if err != nil {
		return histories.Result{Err: said(err)}
	}
	return histories.Result{Value: value(m)}
}

// value returns the value of a message that is no error.
func value(m rueidis.RedisMessage) any {
	switch {
	case m.IsNil():
		return nil
	case m.IsInt64():
		n, _ := m.AsInt64()
		return n
	case m.IsArray():
		all := []any{}
		elements, _ := m.ToArray()
		for _, e := range elements {
			all = append(all, value(e))
		}
		return all
	}
	s, _ := m.ToString()
	return s
}

// said returns the error with the words of the server, of which rueidis leaves out a leading "ERR ".
func said(err error) error {
	var reply *rueidis.RedisError
	if errors.As(err, &reply) && unicode.IsLower(rune(reply.Error()[0])) {
		return generic{reply}
	}
	return err
}

type generic struct{ *rueidis.RedisError }

func (g generic) Error() string { return "ERR " + g.RedisError.Error() }

func (g generic) Unwrap() error { return g.RedisError }
