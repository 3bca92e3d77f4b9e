package cluster

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/reprise-go/reprise/policy"
)

// RefreshEvent is the start or the end of a refresh of the slot map.
type RefreshEvent struct {
	// Generation numbers the maps, from 1: that of the map which the refresh is to give.
	Generation uint64
	// Ended is false at the start. Of what follows, Nodes, Err and Took are of the end.
	Ended bool
	// Cause is the failure that made it necessary; nil if it is a second look, or if the driver did not say.
	Cause error
	// Seeds are the nodes in the order in which they are asked.
	Seeds []string
	// Demoted are the nodes that are demoted as this is told, and until when, unless they answer before; nil if
	// there are none.
	Demoted map[string]time.Time
	// Nodes are those of the map.
	Nodes []string
	// Err is why there is no map.
	Err error
	// Took is how long it took, retries included.
	Took time.Duration
}

// refresher reads the slot map anew: one refresh at a time, for all who need one.
type refresher struct {
	topology Topology
	seeds    *seeds
	retry    func() *policy.Retry // of a refresh that begins now
	observe  func(RefreshEvent)
	interval time.Duration
	second   time.Duration

	ctx context.Context
	end context.CancelFunc

	gen atomic.Uint64 // of the map in use

	mu     sync.Mutex
	flight *flight
	trails bool        // another is to follow the one in flight
	why    error       // it is to follow
	next   time.Time   // none begins before
	look   *time.Timer // the second look, if one is planned
}

// flight is a refresh under way, or waiting for its turn.
type flight struct {
	done  chan struct{}
	seeds []string // that were asked, once done
	err   error    // once done
}

func newRefresher(t Topology, c Config, s *seeds, reading func() *policy.Retry) *refresher {
	f := &refresher{
		topology: t, seeds: s, retry: reading, observe: c.Observe,
		interval: or(c.Refresh.Interval, defaultInterval),
		second:   or(c.Refresh.SecondLook, defaultSecondLook),
	}
	f.ctx, f.end = context.WithCancel(context.Background())
	return f
}

// generation returns the number of the map in use.
func (f *refresher) generation() uint64 { return f.gen.Load() }

// errClosed is what those get who wait for a refresh that will not be.
var errClosed = errors.New("cluster: the orchestrator is closed")

// close ends what is under way or planned.
func (f *refresher) close() {
	f.end()
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.look != nil {
		f.look.Stop()
		f.look = nil
	}
}

// wait returns when there is a newer map than that of generation seen, or why there is none.
func (f *refresher) wait(ctx context.Context, seen uint64, cause error) error {
	f.mu.Lock()
	if f.gen.Load() > seen {
		f.mu.Unlock()
		return nil
	}
	fl := f.begin(cause)
	f.plan()
	f.mu.Unlock()
	select {
	case <-fl.done:
		if fl.err != nil {
			return &RefreshError{Seeds: fl.seeds, Err: fl.err, Cause: cause}
		}
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// trail has a refresh follow, soon: now, or after the one that is in flight, which may have asked too early. It
// does nothing if there is a newer map than that of generation seen.
func (f *refresher) trail(seen uint64, cause error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.gen.Load() > seen {
		return
	}
	if f.flight != nil {
		f.trails = true
		f.why = cause
		return
	}
	f.begin(cause)
}

// begin returns the refresh in flight, or begins one. mu is held.
func (f *refresher) begin(cause error) *flight {
	if f.flight == nil {
		f.flight = &flight{done: make(chan struct{})}
		go f.run(f.flight, cause)
	}
	return f.flight
}

// plan plans the second look at a cluster in which something has failed. mu is held.
func (f *refresher) plan() {
	if f.second < 0 || f.look != nil || f.ctx.Err() != nil {
		return
	}
	f.look = time.AfterFunc(f.second, func() {
		f.mu.Lock()
		f.look = nil
		f.mu.Unlock()
		if f.ctx.Err() == nil {
			f.trail(f.generation(), nil)
		}
	})
}

// run is one refresh, in a goroutine of its own: a caller who leaves does not end it for the others.
func (f *refresher) run(fl *flight, cause error) {
	for {
		err := f.turn()
		if err == nil {
			fl.seeds, err = f.read(cause)
		}
		f.mu.Lock()
		f.next = time.Now().Add(f.interval + rand.N(f.interval/2+1))
		again := f.trails && f.ctx.Err() == nil
		f.trails = false
		fl.err = err
		close(fl.done)
		if !again {
			f.flight = nil
			f.mu.Unlock()
			return
		}
		fl, cause = &flight{done: make(chan struct{})}, f.why
		f.flight = fl
		f.mu.Unlock()
	}
}

// turn waits until the next refresh may begin.
func (f *refresher) turn() error {
	f.mu.Lock()
	d := time.Until(f.next)
	f.mu.Unlock()
	if d > 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-f.ctx.Done():
		}
	}
	if f.ctx.Err() != nil {
		return errClosed
	}
	return nil
}

// read asks for the map, and again if that fails.
func (f *refresher) read(cause error) (seeds []string, err error) {
	begun := time.Now()
	e := RefreshEvent{Generation: f.gen.Load() + 1, Cause: cause, Seeds: f.seeds.order(begun)}
	f.tell(e)
	err = f.retry().Do(f.ctx, func(ctx context.Context) error {
		asked := time.Now()
		nodes, err := f.topology.Refresh(ctx, f.seeds.order(asked))
		if err != nil {
			return err
		}
		f.seeds.found(nodes, asked)
		e.Nodes = nodes
		return nil
	})
	if err == nil {
		f.gen.Add(1)
	}
	e.Ended, e.Err, e.Took = true, err, time.Since(begun)
	f.tell(e)
	return e.Seeds, err
}

func (f *refresher) tell(e RefreshEvent) {
	if f.observe != nil {
		e.Demoted = f.seeds.unwell(time.Now())
		f.observe(e)
	}
}
