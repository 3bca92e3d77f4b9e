package faultproxy

import (
	"bufio"
	"context"
	"errors"
	"net"
	"sync"
	"time"
)

// session is one client connection and its connection to the server. One
// goroutine, in run, decides and writes; two more only read.
type session struct {
	p      *Proxy
	id     int
	client *net.TCPConn
	server net.Conn // nil until dialed

	ctx   context.Context
	stop  context.CancelFunc
	tasks sync.WaitGroup

	requests chan request // closed when the client has left
	left     chan struct{}
	replies  chan []byte // closed when the server has left

	block   block
	through bool  // no more faults: replies no longer belong to requests
	mute    Fault // HalfClose or CutAll: why nothing more is said to the client

	over func() // notes that nothing more is carried to the server
}

// request is one command as it came.
type request struct {
	args    []string
	raw     []byte
	arrived time.Time
	err     error // not RESP
}

func newSession(p *Proxy, id int, client *net.TCPConn) *session {
	s := &session{
		p: p, id: id, client: client,
		requests: make(chan request),
		left:     make(chan struct{}),
		replies:  make(chan []byte),
		over:     sync.OnceFunc(p.over),
	}
	s.ctx, s.stop = context.WithCancel(p.ctx)
	return s
}

// run carries the connection from the dial to its end.
func (s *session) run(dial Action) {
	defer s.over()
	defer s.tasks.Wait()
	defer s.stop()
	s.closeAtEnd(s.client)
	s.tasks.Go(s.readClient)

	if !s.wait(time.Now(), dial.Before) {
		return
	}
	switch dial.Fault {
	case RefuseDial:
		s.refuse()
		return
	case ResetDial:
		// Close, which follows, then resets.
		_ = s.client.SetLinger(0)
		return
	case StallBefore:
		s.stall()
		return
	}
	server, err := new(net.Dialer).DialContext(s.ctx, "tcp", s.p.target)
	if err != nil {
		s.p.unreachable()
		s.refuse()
		return
	}
	s.server = server
	s.closeAtEnd(server)
	s.tasks.Go(s.readServer)
	s.serve()
}

// serve takes one request after the other until somebody leaves.
func (s *session) serve() {
	for {
		var silence <-chan time.Time
		if s.mute == CutAll {
			silence = time.After(together)
		}
		select {
		case r, ok := <-s.requests:
			if !ok || !s.handle(r) {
				return
			}
		case <-silence:
			s.cut(true)
			return
		case reply, ok := <-s.replies:
			if !ok || !s.write(reply) {
				return
			}
		case <-s.ctx.Done():
			return
		}
	}
}

// together is how long after a command another may come and still be one that was
// sent with it: within a batch, far less passes.
const together = time.Millisecond

// readClient frames the client's requests.
func (s *session) readClient() {
	defer close(s.left)
	defer close(s.requests)
	conn := &stamped{Conn: s.client}
	for in := bufio.NewReader(conn); ; {
		args, raw, err := readRequest(in)
		if err != nil && !errors.Is(err, errProtocol) {
			return
		}
		select {
		case s.requests <- request{args, raw, conn.at, err}:
		case <-s.ctx.Done():
			return
		}
		if err != nil {
			return
		}
	}
}

// readServer frames the server's replies.
func (s *session) readServer() {
	defer close(s.replies)
	for in := bufio.NewReader(s.server); ; {
		reply, err := readReply(in)
		if err != nil {
			return
		}
		select {
		case s.replies <- reply:
		case <-s.ctx.Done():
			return
		}
	}
}

// closeAtEnd closes the connection when the session or the proxy ends, and so
// wakes whoever reads from it or writes to it.
func (s *session) closeAtEnd(conn net.Conn) {
	s.tasks.Go(func() {
		<-s.ctx.Done()
		_ = conn.Close()
	})
}

// write sends bytes to the client and reports whether it could. To one
// that is told nothing more it writes nothing.
func (s *session) write(reply []byte) bool {
	if s.mute != None {
		return true
	}
	_, err := s.client.Write(reply)
	return err == nil
}

// wait lets d pass since the moment from. It reports whether the proxy is still open.
func (s *session) wait(from time.Time, d time.Duration) bool {
	if d -= time.Since(from); d <= 0 {
		return s.ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-s.ctx.Done():
		return false
	}
}

// hold waits until a channel is closed; nil is none. It reports whether the proxy is still open.
func (s *session) hold(until <-chan struct{}) bool {
	if until == nil {
		return true
	}
	select {
	case <-until:
		return true
	case <-s.ctx.Done():
		return false
	}
}

// stamped remembers when the last bytes arrived.
type stamped struct {
	net.Conn
	at time.Time
}

func (c *stamped) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.at = time.Now()
	return n, err
}
