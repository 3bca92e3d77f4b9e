// Package overload plays what retries do to a server that has too much to do: many clients, each with a policy and a budget
// of its own, a server that falls over at some load, and an outage that starts it all. It is for testing/synctest: a minute
// takes no more than its work does.
package overload

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/reprise-go/reprise/policy"
)

// Config is a play.
type Config struct {
	Clients   int
	PerSecond int     // operations of each client
	Falls     float64 // the load, as a multiple of what the clients do without retries, beyond which all attempts fail
	Healthy   time.Duration
	Outage    time.Duration
	After     time.Duration // how long it goes on behind the outage
	Policy    func() policy.Retry
}

// Second is what the server saw in one second.
type Second struct {
	Load float64 // attempts, as a multiple of what there would be without retries
	Good float64 // operations that succeeded, in the same measure
}

var errFails = errors.New("LOADING the server has fallen over")

// bucketsOf a second are how finely the server looks at its load.
const bucketsOf = 10

// server fails while there is an outage, and while it has had too much to do in the last second.
type server struct {
	began  time.Time
	config Config

	mu      sync.Mutex
	buckets []int // attempts, by tenths of a second
	seconds []Second
}

// attempt takes 1 ms if it succeeds, and 10 if it fails: a client in trouble waits longer, and comes again.
func (s *server) attempt(context.Context) error {
	s.mu.Lock()
	at := time.Since(s.began)
	tenth := int(at * bucketsOf / time.Second)
	s.buckets[tenth]++
	recent := 0
	for i := max(tenth-bucketsOf+1, 0); i <= tenth; i++ {
		recent += s.buckets[i]
	}
	s.mu.Unlock()
	out := at >= s.config.Healthy && at < s.config.Healthy+s.config.Outage
	if out || float64(recent) > s.config.Falls*s.usual() {
		time.Sleep(10 * time.Millisecond)
		return errFails
	}
	time.Sleep(time.Millisecond)
	return nil
}

// usual is the number of operations a second.
func (s *server) usual() float64 { return float64(s.config.Clients * s.config.PerSecond) }

func (s *server) succeeded() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seconds[int(time.Since(s.began)/time.Second)].Good += 1 / s.usual()
}

// Run plays, and returns what each second was like. It must be called in a bubble.
func Run(c Config) []Second {
	total := c.Healthy + c.Outage + c.After
	spare := 10 // for operations that end behind the end
	s := &server{
		began: time.Now(), config: c,
		buckets: make([]int, (int(total/time.Second)+spare)*bucketsOf), seconds: make([]Second, int(total/time.Second)+spare),
	}
	interval := time.Second / time.Duration(c.PerSecond)
	var all sync.WaitGroup
	for i := range c.Clients {
		all.Go(func() {
			r := c.Policy()
			time.Sleep(interval * time.Duration(i) / time.Duration(c.Clients)) // clients do not keep step
			for range int(total / interval) {
				next := time.Now().Add(interval)
				// As requests from outside do, they come whether or not the one before has ended.
				all.Go(func() {
					if r.Do(context.Background(), s.attempt) == nil {
						s.succeeded()
					}
				})
				time.Sleep(time.Until(next))
			}
		})
	}
	all.Wait()
	seconds := s.seconds[:int(total/time.Second)]
	for i := range seconds {
		for _, n := range s.buckets[i*bucketsOf : (i+1)*bucketsOf] {
			seconds[i].Load += float64(n) / s.usual()
		}
	}
	return seconds
}

// Recovered returns how long after the outage the server was as it had been: from then on nine operations in ten succeed
// in each second. It is false if that never came.
func Recovered(c Config, seconds []Second) (time.Duration, bool) {
	end := int((c.Healthy + c.Outage) / time.Second)
	last := len(seconds)
	for last > end && seconds[last-1].Good >= 0.9 {
		last--
	}
	return time.Duration(last-end) * time.Second, last < len(seconds)
}
