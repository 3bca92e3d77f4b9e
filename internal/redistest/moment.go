package redistest

import (
	"context"
	"time"
)

// since polls until done reports true and returns the last moment at which that was not known, so
// that a time measured from there is never too short.
func since(ctx context.Context, done func() bool) (time.Time, error) {
	var at time.Time
	err := poll(ctx, func() bool {
		asked := time.Now()
		if at.IsZero() {
			at = asked
		}
		if done() {
			return true
		}
		at = asked
		return false
	})
	return at, err
}

// firstOf returns the first of the servers that done reports true for, and since when. Each is
// asked on its own, since one that is frozen keeps its asker waiting.
func firstOf(ctx context.Context, servers []*Server, done func(context.Context, *Server) bool) (*Server, time.Time, error) {
	type found struct {
		s  *Server
		at time.Time
	}
	asking, cancel := context.WithCancel(ctx)
	defer cancel()
	won := make(chan found, len(servers)) // so that those who come too late need nobody to listen
	for _, s := range servers {
		go func() {
			if at, err := since(asking, func() bool { return done(asking, s) }); err == nil {
				won <- found{s, at}
			}
		}()
	}
	select {
	case f := <-won:
		return f.s, f.at, nil
	case <-ctx.Done():
		return nil, time.Time{}, context.Cause(ctx)
	}
}
