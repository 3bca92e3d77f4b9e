package proptest_test

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/resp"
	"github.com/reprise-go/reprise/proptest"
)

// bare is a small client of Redis that keeps every law, and of which each liar changes one thing. It dials when it has
// to, sends once more what is idempotent and was lost, and what was refused, and gives up then. Its callers take turns.
type bare struct {
	addr     string
	attempts int
	timeout  time.Duration

	turn sync.Mutex
	conn net.Conn
	in   *bufio.Reader

	closed atomic.Bool // or who never gives up would dial for ever whoever listens at the address later

	leave func() bool // stops what the end of a context does to the connection

	keep  bool                     // the connection when a caller has left
	again func(args []string) bool // which commands may be sent again after a loss
}

func honest(addr string) *bare {
	return &bare{
		addr: addr, attempts: 3, timeout: 100 * time.Millisecond,
		again: func(args []string) bool { return classify.Command(args...) <= classify.Idempotent },
	}
}

// client returns the client with its promises.
func (b *bare) client() proptest.Client {
	return proptest.Client{
		Do: b.do, Pipeline: b.pipeline, Transaction: transaction(b.pipeline),
		Close: func() error {
			b.closed.Store(true)
			b.turn.Lock()
			defer b.turn.Unlock()
			return b.close()
		},
		Replay: classify.Idempotent, Attempts: b.attempts,
	}
}

func (b *bare) do(ctx context.Context, args []string) (any, error) {
	r := b.run(ctx, [][]string{args}, func(proptest.Result) bool { return b.again(args) })[0]
	return r.Value, r.Err
}

// pipeline sends commands together, once: what was lost or refused comes back as an error.
func (b *bare) pipeline(ctx context.Context, cmds [][]string) []proptest.Result {
	return b.run(ctx, cmds, func(proptest.Result) bool { return false })
}

// transaction returns a Client.Transaction that is a pipeline.
func transaction(pipeline func(context.Context, [][]string) []proptest.Result) func(context.Context, [][]string) []proptest.Result {
	return func(ctx context.Context, cmds [][]string) []proptest.Result {
		got := pipeline(ctx, slices.Concat([][]string{{"MULTI"}}, cmds, [][]string{{"EXEC"}}))
		exec := got[len(got)-1]
		all := make([]proptest.Result, len(cmds))
		for i := range all {
			all[i].Err = cmp.Or(got[i+1].Err, exec.Err)
			// A liar may have been handed the reply to another transaction.
			if replies, ok := exec.Value.([]any); ok && i < len(replies) {
				all[i].Value = replies[i]
				all[i].Err, _ = replies[i].(error)
			}
		}
		return all
	}
}

func (b *bare) run(ctx context.Context, cmds [][]string, again func(proptest.Result) bool) []proptest.Result {
	var all []proptest.Result
	for attempt := 1; ; attempt++ {
		if attempt > 10 {
			<-time.After(time.Millisecond)
		}
		all = b.once(ctx, cmds)
		first := all[0]
		var refusal resp.Error
		switch {
		case ctx.Err() != nil, b.closed.Load(), attempt == b.attempts, first.Err == nil, len(cmds) > 1:
			return all
		case errors.As(first.Err, &refusal) && (strings.HasPrefix(string(refusal), "LOADING") || strings.HasPrefix(string(refusal), "READONLY")):
		case errors.As(first.Err, &refusal), !again(first):
			return all
		}
	}
}

// once sends commands once.
func (b *bare) once(ctx context.Context, cmds [][]string) []proptest.Result {
	b.turn.Lock()
	defer b.turn.Unlock()
	all := make([]proptest.Result, len(cmds))
	err := b.dial(ctx)
	if err == nil {
		err = b.send(ctx, cmds)
	}
	for i := range all {
		if err == nil {
			all[i].Value, err = resp.Read(b.in)
		}
		if err == nil {
			if r, ok := all[i].Value.(resp.Error); ok {
				all[i] = proptest.Result{Err: r}
			}
			all[i].Value = asBytes(all[i].Value)
			continue
		}
		all[i] = proptest.Result{Err: err}
	}
	if b.leave != nil && !b.leave() && err == nil {
		err = ctx.Err() // its deadline may yet be set
	}
	b.leave = nil
	if err != nil && (!b.keep || ctx.Err() == nil) {
		_ = b.close()
	}
	return all
}

func (b *bare) dial(ctx context.Context) (err error) {
	if b.conn != nil {
		return nil
	}
	b.conn, err = new(net.Dialer).DialContext(ctx, "tcp", b.addr)
	if err != nil {
		b.conn = nil
		return err
	}
	b.in = bufio.NewReader(b.conn)
	return nil
}

func (b *bare) send(ctx context.Context, cmds [][]string) error {
	_ = b.conn.SetDeadline(time.Now().Add(b.timeout))
	conn := b.conn
	b.leave = context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	return resp.Write(b.conn, cmds...)
}

func (b *bare) close() error {
	if b.conn != nil {
		_ = b.conn.Close()
		b.conn = nil
	}
	return nil
}

// asBytes returns a reply in the types that clients have as well: bytes for strings, and an int.
func asBytes(v any) any {
	switch v := v.(type) {
	case string:
		return []byte(v)
	case int64:
		return int(v)
	case []any:
		for i := range v {
			v[i] = asBytes(v[i])
		}
	}
	return v
}
