// Package clusterdemo shows what the loss of a master does to the clients of a Redis Cluster. It runs a real cluster,
// puts two clients under the same load, go-redis by itself and with Reprise, kills a master and draws how many
// operations succeeded, each tenth of a second, until some time after its replica was promoted.
//
// Both clients use one cluster at the same time. How long an election takes differs from one to the next, by chance, so
// on a cluster each they would not live through the same; and they hardly feel each other: the load is light, they
// share no connections, and a dead node costs those that are alive nothing.
//
// The load is goroutines at a steady pace. Each keeps to the slots of one master, so that none of those whose master
// lives waits for the dead one. While an operation waits its goroutine does no other.
package clusterdemo

import "time"

// Step is how much time one number of a timeline stands for.
const Step = 100 * time.Millisecond

const (
	// masters is how many masters there are, each with one replica: the least with which the others can agree
	// on the loss of one.
	masters = 3
	// workersEach is how many goroutines of a client work on the slots of each master: fewer than the connections
	// that go-redis' pool has for a node on a single processor, so that none waits for one.
	workersEach = 8
	// pace is the time from one operation of a goroutine to the next, if that does not have to wait.
	pace = 50 * time.Millisecond
	// lead is how long all is well before the master is killed.
	lead = 2 * time.Second
	// tail is how long a run goes on after the promotion, at least: Reprise is back within half a second.
	tail = 2 * time.Second
)

// Config says what to run.
type Config struct {
	// For is how long the load runs. It runs longer if two seconds after the promotion are later.
	For time.Duration
	// Progress, if not nil, is called after each Step of For.
	Progress func()
}

// Default returns the configuration that shows the difference in a short time. go-redis alone is back after a minute,
// which is how often it reads the slot map.
func Default() Config { return Config{For: 10 * time.Second} }
