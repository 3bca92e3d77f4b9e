package proptest_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/proptest"
)

// bare is a small client of Redis that keeps every law, and of which each liar changes one thing. It dials when it has
// to, sends once more what is idempotent and was lost, and what was refused, and gives up then.
type bare struct {
	addr     string
	attempts int
	timeout  time.Duration

	conn net.Conn
	in   *bufio.Reader

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
		Do: b.do, Pipeline: b.pipeline, Close: b.close,
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

func (b *bare) run(ctx context.Context, cmds [][]string, again func(proptest.Result) bool) []proptest.Result {
	var all []proptest.Result
	for attempt := 1; ; attempt++ {
		if attempt > 10 {
			<-time.After(time.Millisecond)
		}
		all = b.once(ctx, cmds)
		first := all[0]
		var refusal refused
		switch {
		case ctx.Err() != nil, attempt == b.attempts, first.Err == nil, len(cmds) > 1:
			return all
		case errors.As(first.Err, &refusal) && (strings.HasPrefix(string(refusal), "LOADING") || strings.HasPrefix(string(refusal), "READONLY")):
		case errors.As(first.Err, &refusal), !again(first):
			return all
		}
	}
}

// once sends commands once.
func (b *bare) once(ctx context.Context, cmds [][]string) []proptest.Result {
	all := make([]proptest.Result, len(cmds))
	err := b.dial(ctx)
	if err == nil {
		err = b.send(ctx, cmds)
	}
	for i := range all {
		if err == nil {
			all[i].Value, err = readReply(b.in)
		}
		if err == nil {
			if r, ok := all[i].Value.(refused); ok {
				all[i] = proptest.Result{Err: r}
			}
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
	var text strings.Builder
	for _, args := range cmds {
		fmt.Fprintf(&text, "*%d\r\n", len(args))
		for _, arg := range args {
			fmt.Fprintf(&text, "$%d\r\n%s\r\n", len(arg), arg)
		}
	}
	_ = b.conn.SetDeadline(time.Now().Add(b.timeout))
	conn := b.conn
	b.leave = context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	_, err := io.WriteString(b.conn, text.String())
	return err
}

func (b *bare) close() error {
	if b.conn != nil {
		_ = b.conn.Close()
		b.conn = nil
	}
	return nil
}

// refused is an error reply.
type refused string

func (r refused) Error() string { return string(r) }

func readReply(in *bufio.Reader) (any, error) {
	line, err := in.ReadString('\n')
	if err != nil {
		return nil, err
	}
	kind, rest := line[0], strings.TrimSpace(line[1:])
	n, _ := strconv.Atoi(rest)
	switch {
	case kind == '+':
		return rest, nil
	case kind == '-':
		return refused(rest), nil
	case kind == ':':
		return n, nil
	case n < 0:
		return nil, nil
	case kind == '$':
		text := make([]byte, n+2)
		_, err := io.ReadFull(in, text)
		return text[:n], err
	}
	all := make([]any, n)
	for i := range all {
		if all[i], err = readReply(in); err != nil {
			return nil, err
		}
	}
	return all, nil
}
