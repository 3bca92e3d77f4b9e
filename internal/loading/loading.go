// Package loading asks servers that answer LOADING how long it will take. One caller asks, and all who wait for the same
// server share the answer: ten thousand who are refused cause one INFO.
package loading

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	// again is how long an answer, or none, is good for at least, even if by it the server should be done.
	again = time.Second
	// patience is how long the server may take to answer.
	patience = time.Second
)

// Estimates are what servers have said. The zero value is ready; it may be shared by any number of goroutines, and must not
// be copied.
type Estimates struct {
	mu sync.Mutex
	of map[string]*estimate // by address
}

// estimate is of one server.
type estimate struct {
	turn  chan struct{} // holds one while somebody asks or reads
	asked time.Time     // when it was last asked; zero if never
	ready time.Time     // when it will have loaded, by its own word; zero if it does not know
}

// Left returns how long the server at an address will go on loading by its own estimate, loading_eta_seconds; 0 if it does
// not know. info asks it INFO persistence, once for all callers until the time it said is over, and at most once a second.
func (e *Estimates) Left(ctx context.Context, addr string, info func(context.Context) (string, error)) time.Duration {
	e.mu.Lock()
	if e.of == nil {
		e.of = map[string]*estimate{}
	}
	one := e.of[addr]
	if one == nil {
		one = &estimate{turn: make(chan struct{}, 1)}
		e.of[addr] = one
	}
	e.mu.Unlock()

	select {
	case one.turn <- struct{}{}:
		defer func() { <-one.turn }()
	case <-ctx.Done():
		return 0
	}
	if now := time.Now(); one.asked.IsZero() || now.Sub(one.asked) >= again && !now.Before(one.ready) {
		one.ask(ctx, info)
	}
	return max(time.Until(one.ready), 0)
}

// ask asks, and forgets what was said before.
func (e *estimate) ask(ctx context.Context, info func(context.Context) (string, error)) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	text, err := info(ctx)
	e.asked, e.ready = time.Now(), time.Time{}
	if eta, ok := parse(text); ok && err == nil {
		e.ready = e.asked.Add(eta)
	}
}

// most is how far away what a server says is believed: far beyond what anybody waits for, and far from overflow.
const most = 24 * time.Hour

// parse returns loading_eta_seconds of a reply to INFO. A server that has loaded has no such line.
func parse(info string) (time.Duration, bool) {
	for line := range strings.Lines(info) {
		value, ok := strings.CutPrefix(strings.TrimSpace(line), "loading_eta_seconds:")
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil || n < 0 {
			return 0, false
		}
		return time.Duration(min(n, int64(most/time.Second))) * time.Second, true
	}
	return 0, false
}
