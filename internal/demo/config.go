// Package demo shows what retries do to commands that must not run twice. It runs
// one workload through several clients at once, each behind a faulty proxy of its
// own, and then asks the server, past the proxies, how often every increment was
// executed.
//
// The proxies draw their faults from the same seed and each client runs one
// operation after the other, so a run can be repeated: the same seed gives the same
// report except for the times.
package demo

import (
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/reprise-go/reprise/internal/faultproxy"
)

// Config says what to run.
type Config struct {
	// Ops is the number of operations that each client runs.
	Ops int
	// Seed decides about every fault.
	Seed uint64
	// Rates says how often each fault happens.
	Rates faultproxy.Rates
	// Timeout is the clients' timeout for dials, reads and writes.
	Timeout time.Duration

	// Addr is the host:port of the server to use; "" means one in this process.
	Addr string
	// Username, Password and DB are used at Addr.
	Username, Password string
	DB                 int

	// Progress, if not nil, is called after every operation of any client, from
	// several goroutines.
	Progress func()
}

// Default returns the configuration that makes the difference visible within a few
// seconds. Two replies in a hundred are lost, as in the measurements that the
// README cites; the other faults are rarer, the way they are in life.
func Default() Config {
	return Config{
		Ops:     4000,
		Timeout: 2 * time.Second,
		Rates: faultproxy.Rates{
			RefuseDial:  0.05,
			CutBefore:   0.01,
			CutAfter:    0.015,
			CutMidReply: 0.005,
			Loading:     0.005,
		},
	}
}

// options returns the settings that all clients share, for a server at addr. What
// is not set here is go-redis' default for each of them.
func (c Config) options(addr string) *redis.Options {
	return &redis.Options{
		Addr:         addr,
		Username:     c.Username,
		Password:     c.Password,
		DB:           c.DB,
		DialTimeout:  c.Timeout,
		ReadTimeout:  c.Timeout,
		WriteTimeout: c.Timeout,
		// Two round trips for each connection that have no part in the comparison.
		DisableIdentity:          true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
}
