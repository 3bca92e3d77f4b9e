package redistest

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// StartReplica is Start for a replica of master, and returns when it is in sync. So that this
// takes milliseconds, the master is told not to wait for more replicas (repl-diskless-sync-delay 0).
func StartReplica(tb TB, master *Server, args ...string) *Server {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), patience)
	defer cancel()
	if _, err := master.Do(ctx, "CONFIG", "SET", "repl-diskless-sync-delay", "0"); err != nil {
		tb.Fatal(err)
	}
	s := Start(tb, slices.Concat([]string{"--replicaof", "127.0.0.1", strconv.Itoa(master.port)}, args)...)
	if err := s.waitInSync(ctx); err != nil {
		tb.Fatal(err)
	}
	return s
}

// waitInSync returns when the server's link to its master is up.
func (s *Server) waitInSync(ctx context.Context) error {
	var (
		info map[string]string
		last error
	)
	err := poll(ctx, func() bool {
		var reply any
		if reply, last = s.Do(ctx, "INFO", "replication"); last != nil {
			return false
		}
		info = fields(reply)
		return info["master_link_status"] == "up"
	})
	if err != nil {
		return fmt.Errorf("redistest: replica %s is not in sync: %w (%v, last error: %w)", s.addr, err, info, last)
	}
	return nil
}

// Role returns what the server takes itself for, the first word of ROLE: "master", "slave" or
// "sentinel".
func (s *Server) Role(ctx context.Context) (string, error) {
	reply, err := s.Do(ctx, "ROLE")
	if err != nil {
		return "", err
	}
	if words, ok := reply.([]any); ok && len(words) > 0 {
		return fmt.Sprint(words[0]), nil
	}
	return "", fmt.Errorf("redistest: ROLE: reply %v", reply)
}

// WaitPromoted returns when the server takes itself for a master: the last moment at which it
// is not known to have been one, so that a time measured from there is never too short. It
// returns the context's cause if that ends first.
func (s *Server) WaitPromoted(ctx context.Context) (time.Time, error) {
	_, at, err := firstPromoted(ctx, []*Server{s})
	return at, err
}

// firstPromoted waits for the first of the servers to become a master.
func firstPromoted(ctx context.Context, servers []*Server) (*Server, time.Time, error) {
	found, at, err := firstOf(ctx, servers, func(ctx context.Context, s *Server) bool {
		role, err := s.Role(ctx)
		return err == nil && role == "master"
	})
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("redistest: no replica was promoted: %w", err)
	}
	return found, at, nil
}
