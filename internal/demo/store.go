package demo

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
)

// patience bounds what is asked of the server itself: long enough for one across an
// ocean, short enough for a person at a prompt.
const patience = 2 * time.Second

// store is the server behind the proxies.
type store struct {
	addr   string
	own    *miniredis.Miniredis // nil if the server is the user's
	direct *redis.Client        // past the proxies
	keys   keys
}

// openStore starts a server, or makes sure that the user's takes writes.
func openStore(ctx context.Context, c Config) (*store, error) {
	s := &store{addr: c.Addr, keys: newKeys(c.Ops)}
	if s.addr == "" {
		s.own = miniredis.NewMiniRedis()
		if err := s.own.Start(); err != nil {
			return nil, fmt.Errorf("start a Redis in this process: %w", err)
		}
		s.addr = s.own.Addr()
	}
	o := c.options(s.addr)
	// The demo's own questions: asked once, so that the answer comes soon.
	o.MaxRetries, o.DialerRetries = -1, 1
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout = patience, patience, patience
	o.ContextTimeoutEnabled = true
	s.direct = redis.NewClient(o)

	if err := s.probe(ctx); err != nil {
		return nil, errors.Join(err, s.closeClient())
	}
	return s, nil
}

// probe returns an error that says why the demo cannot run, if it cannot.
func (s *store) probe(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := s.direct.Set(ctx, s.keys.probe(), "1", time.Minute).Err()
	var (
		refused redis.Error
		network net.Error
	)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refused):
		return fmt.Errorf("the Redis at %s does not take writes: %w", s.addr, err)
	case errors.As(err, &network) && network.Timeout():
		return fmt.Errorf("cannot reach Redis at %s: no answer within %v", s.addr, patience)
	default:
		return fmt.Errorf("cannot reach Redis at %s: %w", s.addr, err)
	}
}

// close removes the run's keys, even if ctx has ended, and lets go of the server.
func (s *store) close(ctx context.Context) error {
	// Cleaning up after an interrupt is the case that matters most.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*patience)
	defer cancel()
	err := s.keys.remove(ctx, s.direct)
	return errors.Join(err, s.closeClient())
}

func (s *store) closeClient() error {
	err := s.direct.Close()
	if s.own != nil {
		s.own.Close()
	}
	return err
}
