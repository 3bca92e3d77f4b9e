package redistest

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/reprise-go/reprise/internal/resp"
)

// Do sends one command on a connection of its own and returns the reply: a string, an int64, a
// []any or nil. An error reply comes back as the error. It is for tests of this package's
// users to set servers up with, not to test them with.
func (s *Server) Do(ctx context.Context, args ...string) (any, error) {
	return ask(ctx, s.addr, args...)
}

// DoAll is Do for many commands on one connection, sent together, and returns their replies in order. The first
// error, an error reply too, is returned in their place.
func (s *Server) DoAll(ctx context.Context, commands ...[]string) ([]any, error) {
	return askAll(ctx, s.addr, commands)
}

// Calls returns how often the server has run a command, given its name in lower case.
func (s *Server) Calls(tb TB, name string) (n int) {
	tb.Helper()
	stats, err := s.Do(tb.Context(), "INFO", "commandstats")
	if err != nil {
		tb.Fatal(err)
	}
	for line := range strings.Lines(fmt.Sprint(stats)) {
		if _, err := fmt.Sscanf(line, "cmdstat_"+name+":calls=%d,", &n); err == nil {
			return n
		}
	}
	return 0
}

// ask is Do for an address. Each call dials: a server that is promoted kills its connections.
func ask(ctx context.Context, addr string, args ...string) (any, error) {
	replies, err := askAll(ctx, addr, [][]string{args})
	if err != nil {
		return nil, err
	}
	return replies[0], nil
}

func askAll(ctx context.Context, addr string, commands [][]string) ([]any, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("redistest: %w", err)
	}
	defer conn.Close()
	// A frozen server never answers.
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	if err := resp.Write(conn, commands...); err != nil {
		return nil, fmt.Errorf("redistest: %s: %w", commands[0][0], err)
	}
	replies := make([]any, len(commands))
	r := bufio.NewReader(conn)
	for i, args := range commands {
		if replies[i], err = accepted(resp.Read(r)); err != nil {
			return nil, fmt.Errorf("redistest: %s: %w", args[0], err)
		}
	}
	return replies, nil
}

// accepted returns a reply, or the error reply that it is or has in it.
func accepted(reply any, err error) (any, error) {
	switch r := reply.(type) {
	case resp.Error:
		return nil, r
	case []any:
		for _, item := range r {
			if _, err := accepted(item, nil); err != nil {
				return nil, err
			}
		}
	}
	return reply, err
}

// fields returns the reply as pairs of names and values: INFO's lines, or the flat list that
// Sentinel describes a server with.
func fields(reply any) map[string]string {
	m := map[string]string{}
	switch reply := reply.(type) {
	case string:
		for line := range strings.Lines(reply) {
			if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
				m[name] = value
			}
		}
	case []any:
		for i := 0; i+1 < len(reply); i += 2 {
			m[fmt.Sprint(reply[i])] = fmt.Sprint(reply[i+1])
		}
	}
	return m
}

// tick is how often a state is asked for that no server announces.
const tick = 2 * time.Millisecond

// poll calls done until it reports true, or the context ends.
func poll(ctx context.Context, done func() bool) error {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for !done() {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}
