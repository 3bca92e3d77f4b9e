package proptest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/classify"
)

// ErrOccupied is the error of an [Oracle] whose server holds something that it may not flush.
var ErrOccupied = errors.New("proptest: the server is not empty")

const (
	// defaultChecks is rapid's default too.
	replayChecks = 100
	// patience is how many more scenarios are run to see a rung that a table says. Of Redis' commands the rarest, ZDIFFSTORE
	// and ZREMRANGEBYRANK on their rare rungs, need some hundreds.
	replayPatience = 3000
)

// Oracle says what a second run of a command does, by running it twice on a real server. It is a value; what it does not
// say has a default. Two must not use one server at once.
type Oracle struct {
	// Addr is the host and port of a Redis server, version 7.0 or newer, or of one that does the same, Valkey for example,
	// which asks for no password and is not in cluster mode. It loses all that it holds: keys of every database,
	// functions, scripts, statistics, and the ACL users u and v.
	//
	// Whether XTRIM removes whole nodes of a stream is only seen if these are small: --stream-node-max-entries 2.
	Addr string
	// MayFlush allows a server that holds keys or functions. Without it such a server is refused, with ErrOccupied.
	MayFlush bool
	// Cases are what is run; nil means [ReplayCases]. To add to those, append to them.
	Cases []ReplayCase
	// Words fill holes of the cases' templates, beside those that [ReplayCase] lists, or in their place.
	Words map[string][]string
	// Checks is how many scenarios are drawn for a case; 0 means 100.
	Checks int
	// Exact holds the table to ReplayExact too. Some thousands of scenarios are run before a rung is called too high.
	Exact bool
}

// Wrong is [Oracle.Ask] without those rungs that are right.
func (o Oracle) Wrong(ctx context.Context, table func(args ...string) classify.Replay) ([]RungSeen, error) {
	seen, err := o.Ask(ctx, table)
	return slices.DeleteFunc(seen, func(s RungSeen) bool { return s.Broken == "" }), err
}

// Ask runs commands of every case twice and returns what it saw of each rung that the table says of them: in the order of
// the cases, and from the lowest rung in each. The server is empty afterwards.
//
// The error is one of the server or of a case: no answer, [ErrOccupied], a template that cannot be read, a setup that is
// refused. What was seen before it comes back too.
func (o Oracle) Ask(ctx context.Context, table func(args ...string) classify.Replay) ([]RungSeen, error) {
	cases := o.Cases
	if cases == nil {
		cases = ReplayCases()
	}
	server, err := openReplay(ctx, o)
	if err != nil {
		return nil, err
	}
	defer server.close()
	var all []RungSeen
	for _, c := range cases {
		seen, err := o.ask(server, table, c)
		for _, said := range slices.Sorted(maps.Keys(seen.rungs)) {
			all = append(all, *seen.rungs[said])
		}
		if err != nil {
			return all, fmt.Errorf("case %s: %w", c.Syntax, err)
		}
	}
	return all, nil
}

// ask runs one case.
func (o Oracle) ask(server *replayServer, table func(...string) classify.Replay, c ReplayCase) (v replayVerdict, err error) {
	v = replayVerdict{Case: c, server: server, table: table, rungs: map[classify.Replay]*RungSeen{}}
	if v.scenarios, err = c.scenarios(server.words); err != nil {
		return v, err
	}
	checks := o.Checks
	if checks == 0 {
		checks = replayChecks
	}
	if c.Draws > 0 {
		checks = min(checks, c.Draws)
	}
	every := func(classify.Replay) bool { return true }
	// Below 2^31, so that the seeds are the same int on every platform.
	for seed := int(rand.Int32N(1 << 30)); checks > 0; seed, checks = seed+1, checks-1 {
		if err := v.try(seed, every); err != nil {
			return v, err
		}
	}
	if !o.Exact {
		return v, nil
	}
	for said, seen := range v.rungs {
		if said == c.Caution && seen.Seen == said {
			return v, fmt.Errorf("%v is called a caution, but the server shows it", said)
		}
		if seen.Broken != "" || seen.Seen == 0 || seen.Seen == said || said == c.Caution {
			continue
		}
		// Never is about connections and about others, of which two runs show nothing.
		for seed := 0; seen.Seen < said && said != classify.Never && seed < replayPatience; seed++ {
			if err := v.try(seed, func(r classify.Replay) bool { return r == said }); err != nil {
				return v, err
			}
		}
		if seen.Seen < said {
			seen.Broken = ReplayExact
		}
	}
	if c.Lease && !v.moved && !v.unknown {
		return v, errors.New("it is called a lease, but no deadline moved with the second run")
	}
	return v, nil
}

// verdict is what is known of one case.
type replayVerdict struct {
	Case      ReplayCase
	server    *replayServer
	table     func(...string) classify.Replay
	scenarios *rapid.Generator[replayScenario]
	rungs     map[classify.Replay]*RungSeen
	moved     bool // a deadline moved with the second run, and that was no harm
	unknown   bool // to the server
}

// try runs the scenario of a seed, if the rung of its command is one of those.
func (v *replayVerdict) try(seed int, only func(classify.Replay) bool) error {
	s := v.scenarios.Example(seed)
	seen, moved, err := v.look(s, only)
	if err != nil || seen == nil {
		return err
	}
	v.moved = v.moved || moved
	v.unknown = v.unknown || seen.Seen == 0
	known, ok := v.rungs[seen.Said]
	switch {
	case !ok:
		v.rungs[seen.Said] = seen
	case known.Broken == "" && (seen.Broken != "" || seen.Seen > known.Seen):
		*known = *seen
	default:
		return nil
	}
	if seen.Broken != "" && seen.Seen != 0 {
		*v.rungs[seen.Said] = *v.shrink(s, seen)
	}
	return nil
}

// look runs one scenario and judges it; the result is nil if the rung of its command is not one of those.
func (v *replayVerdict) look(s replayScenario, only func(classify.Replay) bool) (seen *RungSeen, moved bool, err error) {
	said := v.table(slices.Clone(s.args)...)
	if !only(said) {
		return nil, false, nil
	}
	seen = &RungSeen{Case: v.Case, Said: said, Setup: s.setup, Args: s.args}
	got, err := v.server.observe(&v.Case, s)
	if err != nil {
		return nil, false, err
	}
	if !got.unknown {
		seen.Seen = got.rung(v.Case.Lease)
		seen.Replies = got.replies
		for i := range got.snapshots {
			seen.States[i] = got.snapshots[i].String()
		}
	}
	seen.Broken = brokenRung(said, seen.Seen)
	if again := v.table(slices.Clone(s.args)...); again != said && seen.Broken != ReplayOnLadder {
		seen.Broken = ReplayFunction
	}
	return seen, seen.Seen != 0 && got.rung(false) > seen.Seen, nil
}

// broken returns the law that a rung breaks of which the server shows another.
func brokenRung(said, seen classify.Replay) Law {
	switch {
	case said < classify.ReadOnly || said > classify.Never:
		return ReplayOnLadder
	case seen <= said:
		return ""
	case said == classify.ReadOnly:
		return ReplayReadOnly
	case said == classify.Idempotent:
		return ReplayIdempotent
	}
	return ReplayConvergent
}
