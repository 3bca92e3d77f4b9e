package rueidis

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/redis/rueidis"

	"github.com/reprise-go/reprise/policy"
)

const (
	// redirects is how many MOVED and ASK are followed within one attempt: Lettuce and Jedis follow 5. rueidis'
	// default is to follow them for ever, at once.
	redirects = 5
	// sentinelRefresh is how often Sentinels are asked for the master besides listening to them: rueidis recommends
	// 5 s. Without it one missed message binds a client to a demoted master for good.
	sentinelRefresh = 5 * time.Second
	// leastWait is the shortest time in which a server counts as hung: one that is busy is not.
	leastWait = 100 * time.Millisecond
)

// NewClient returns a client as rueidis.NewClient makes it from o, under the policy r. It owns the options
// that have to do with retries, and sets them whatever o says:
//
//	DisableRetry                  true: rueidis retries reads without an end, and no refused write at all
//	DialCtxFn                     yours, or that of DialFn or rueidis, with errors marked that say "not sent"
//	AuthCredentialsFn             yours, with errors marked likewise
//
// and these where o leaves them 0:
//
//	MaxMovedRedirections          5 within an attempt
//	TopologyRefreshInterval       5s, with Sentinels
//	ConnWriteTimeout              three quarters of r.MaxElapsed, if that is shorter than rueidis' 10 s
//	Dialer.KeepAlive              an eighth of r.MaxElapsed, if that is shorter than rueidis' 1 s
//	Dialer.Timeout                r.MaxElapsed, if that is shorter than rueidis' 5 s
//
// The last three, none of them set below 100 ms, are how long a server that hangs can hold an attempt: a reply is given
// up after ConnWriteTimeout and twice KeepAlive at most, which is r.MaxElapsed. An attempt that begins when that is all
// but over may be held by a handshake, for ConnWriteTimeout again. A command that is to take longer needs a longer
// ConnWriteTimeout. A deadline of the context is kept as well. Commands that block, BLPOP or WAIT, rueidis waits for as
// long as the context lasts.
//
// Refused, with an error that says what is allowed: an r that [policy.Retry.Validate] refuses; AttemptTimeout and
// MinAttempt, since rueidis still sends a command whose context has ended (set ConnWriteTimeout); Standalone.EnableRedirect, since
// rueidis then recycles commands that are pinned. Other errors are those of rueidis.NewClient, and as there, with
// ForceSingleClient, a server that is down gives an error and a client that can be used. It is not retried.
//
// With r.Live the options are by the policy in use now. An operation keeps the policy that it began with; under one that is
// refused, and comes later, nothing is retried, and failures say so.
//
// With ConnLifetime rueidis by itself sends again what an expired connection has not answered within a second.
func NewClient(o rueidis.ClientOption, r policy.Retry) (rueidis.Client, error) {
	if err := validate(r); err != nil {
		return nil, err
	}
	if o.Standalone.EnableRedirect {
		return nil, errors.New("rueidis: Standalone.EnableRedirect is true; allowed: false, since rueidis then recycles commands that are to be sent again")
	}
	own, d := owned(o, r), new(dials)
	d.mark(&own)
	plain, err := rueidis.NewClient(own)
	if plain == nil {
		return nil, driver(err)
	}
	c := wrap(plain, r)
	c.dials, c.uncached, c.hides = d, o.DisableCache, !o.DisableAutoPipelining
	return c, driver(err)
}

// validate returns what is wrong with a policy for rueidis.
func validate(r policy.Retry) error {
	err := r.Validate()
	r = *r.Current()
	if r.AttemptTimeout > 0 {
		err = errors.Join(err, fmt.Errorf("policy: AttemptTimeout is %v; allowed with rueidis: 0, since a command is sent even after its "+
			"context has ended; set ClientOption.ConnWriteTimeout", r.AttemptTimeout))
	}
	if r.MinAttempt > 0 {
		err = errors.Join(err, fmt.Errorf("policy: MinAttempt is %v; allowed with rueidis: 0, since a command is sent even after its "+
			"context has ended; set ClientOption.ConnWriteTimeout", r.MinAttempt))
	}
	if err != nil {
		return fmt.Errorf("rueidis: %w", err)
	}
	return nil
}

// owned returns the options with those set that have to do with retries.
func owned(o rueidis.ClientOption, r policy.Retry) rueidis.ClientOption {
	r = *r.Current()
	o.InitAddress = slices.Clone(o.InitAddress) // rueidis keeps it, and shuffles it
	o.DisableRetry = true
	if o.ClusterOption.MaxMovedRedirections == 0 {
		o.ClusterOption.MaxMovedRedirections = redirects
	}
	if o.Sentinel.MasterSet != "" && o.Sentinel.TopologyRefreshInterval == 0 {
		o.Sentinel.TopologyRefreshInterval = sentinelRefresh
	}
	if r.MaxElapsed > 0 {
		within(&o.ConnWriteTimeout, r.MaxElapsed*3/4, 10*rueidis.DefaultTCPKeepAlive)
		within(&o.Dialer.KeepAlive, r.MaxElapsed/8, rueidis.DefaultTCPKeepAlive)
		within(&o.Dialer.Timeout, r.MaxElapsed, rueidis.DefaultDialTimeout)
	}
	return o
}

// within sets a timeout that is not set, if rueidis' default for it is longer than the limit.
func within(timeout *time.Duration, limit, standard time.Duration) {
	if *timeout == 0 && limit < standard {
		*timeout = max(limit, leastWait)
	}
}
