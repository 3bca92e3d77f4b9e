package proptest_test

import (
	"bufio"
	"context"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/resp"
	"github.com/reprise-go/reprise/proptest"
)

// shared is a small client of Redis whose callers share a connection: it sends what comes, and hands each reply to who
// has waited longest. It keeps every law, but for the field that makes it a liar.
type shared struct {
	addr string

	mu   sync.Mutex
	line *line // nil: to be dialled

	last bool // hands a reply to whose call came last
}

// line is a connection, and who waits for a reply on it.
type line struct {
	conn    net.Conn
	waiting [][]*waiter // by call
	lost    bool
}

// waiter is one command under way.
type waiter struct {
	args  []string
	got   proptest.Result
	again bool // it may be sent again
	done  chan struct{}
}

func (s *shared) client() proptest.Client {
	pipeline := func(ctx context.Context, cmds [][]string) []proptest.Result {
		all := make([]proptest.Result, len(cmds))
		for i, w := range s.ask(ctx, cmds) {
			all[i] = w.got
		}
		return all
	}
	return proptest.Client{
		Do: func(ctx context.Context, args []string) (any, error) {
			for attempt := 1; ; attempt++ {
				w := s.ask(ctx, [][]string{args})[0]
				if !w.again || attempt == 3 || ctx.Err() != nil {
					return w.got.Value, w.got.Err
				}
			}
		},
		Pipeline: pipeline, Transaction: transaction(pipeline),
		Close: func() error {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.lose(s.line, net.ErrClosed)
			return nil
		},
		Replay: classify.Idempotent, Attempts: 3,
	}
}

// ask sends commands together, and waits for the replies.
func (s *shared) ask(ctx context.Context, cmds [][]string) []*waiter {
	l, all := s.send(cmds)
	timeout := time.After(100 * time.Millisecond)
	for i, w := range all {
		select {
		case <-w.done:
		case <-ctx.Done():
			all[i] = &waiter{got: proptest.Result{Err: ctx.Err()}} // the reply will find nobody
		case <-timeout:
			s.mu.Lock()
			s.lose(l, os.ErrDeadlineExceeded)
			s.mu.Unlock()
			<-w.done
		}
	}
	return all
}

func (s *shared) send(cmds [][]string) (*line, []*waiter) {
	all := make([]*waiter, len(cmds))
	for i, args := range cmds {
		all[i] = &waiter{args: args, done: make(chan struct{})}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.line == nil {
		conn, err := net.Dial("tcp", s.addr)
		if err != nil {
			for _, w := range all {
				w.end(proptest.Result{Err: err}, true)
			}
			return nil, all
		}
		s.line = &line{conn: conn}
		go s.read(s.line)
	}
	l := s.line
	l.waiting = append(l.waiting, slices.Clone(all))
	if err := resp.Write(l.conn, cmds...); err != nil {
		s.lose(l, err)
	}
	return l, all
}

// read hands out the replies.
func (s *shared) read(l *line) {
	for in := bufio.NewReader(l.conn); ; {
		v, err := resp.Read(in)
		s.mu.Lock()
		if err != nil {
			s.lose(l, err)
		}
		if l.lost {
			s.mu.Unlock()
			return
		}
		w := l.next(s.last)
		s.mu.Unlock()
		if refusal, ok := v.(resp.Error); ok {
			w.end(proptest.Result{Err: refusal}, strings.HasPrefix(string(refusal), "LOADING") || strings.HasPrefix(string(refusal), "READONLY"))
			continue
		}
		w.end(proptest.Result{Value: v}, false)
	}
}

// next returns whose the next reply is.
func (l *line) next(last bool) *waiter {
	i := 0
	if last {
		i = len(l.waiting) - 1
	}
	w := l.waiting[i][0]
	if l.waiting[i] = l.waiting[i][1:]; len(l.waiting[i]) == 0 {
		l.waiting = slices.Delete(l.waiting, i, i+1)
	}
	return w
}

// lose closes a connection: nobody knows what became of what is under way. The caller holds the lock.
func (s *shared) lose(l *line, err error) {
	if l == nil || l.lost {
		return
	}
	l.lost = true
	_ = l.conn.Close()
	for _, w := range slices.Concat(l.waiting...) {
		w.end(proptest.Result{Err: err}, classify.Command(w.args...) <= classify.Idempotent)
	}
	if s.line == l {
		s.line = nil
	}
}

func (w *waiter) end(got proptest.Result, again bool) {
	w.got, w.again = got, again
	close(w.done)
}
