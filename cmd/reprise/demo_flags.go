package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"slices"
	"time"

	"github.com/reprise-go/reprise/internal/clusterdemo"
	"github.com/reprise-go/reprise/internal/demo"
)

// The shortest and the longest -for. The shortest has some time after the promotion, which takes two to three seconds
// from the loss; the longest shows twice how go-redis alone comes back.
const (
	minFor = 5 * time.Second
	maxFor = 2 * time.Minute
)

const demoHelp = `Usage: reprise demo [flags]

Four clients run a workload through a lossy network. The same -seed gives the same report, except for the times.

       reprise demo -cluster [-for duration] [-json]

Two clients, go-redis alone and with Reprise, use a Redis Cluster that loses a master. It is a real one, on free ports
of this machine, and goes when the demo ends. It needs redis-server 7.0 or newer.

`

// demoFlags is what the flags of demo say.
type demoFlags struct {
	onCluster bool
	cluster   clusterdemo.Config // with onCluster
	faults    demo.Config        // without
	asJSON    bool
}

// withCluster lists the flags that go with -cluster, and onlyCluster those that need it.
var (
	withCluster = []string{"cluster", "for", "json"}
	onlyCluster = "for"
)

// parseDemo reads the flags. With -h it prints them to help and returns
// flag.ErrHelp. Any other error is one line that names the flag, the value and what
// is allowed.
func parseDemo(args []string, help io.Writer) (demoFlags, error) {
	d := demoFlags{cluster: clusterdemo.Default(), faults: demo.Default()}
	f := d.define()
	f.SetOutput(io.Discard)
	if err := f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			fmt.Fprint(help, demoHelp)
			f.SetOutput(help)
			f.PrintDefaults()
		}
		return d, err
	}
	if f.NArg() > 0 {
		return d, fmt.Errorf("unexpected argument %q; allowed: flags only, see -h", f.Arg(0))
	}
	var given []string
	f.Visit(func(set *flag.Flag) { given = append(given, set.Name) })
	if d.onCluster {
		for _, name := range given {
			if !slices.Contains(withCluster, name) {
				return d, fmt.Errorf("flag -%s is given with -cluster; allowed: without -cluster", name)
			}
		}
		return d, nil
	}
	if slices.Contains(given, onlyCluster) {
		return d, fmt.Errorf("flag -%s is given without -cluster; allowed: with -cluster", onlyCluster)
	}
	return d, completeFaults(&d.faults, given)
}

// define returns the flags, which store into d.
func (d *demoFlags) define() *flag.FlagSet {
	f := flag.NewFlagSet("reprise demo", flag.ContinueOnError)
	f.BoolVar(&d.asJSON, "json", false, "print the report as JSON")
	f.BoolVar(&d.onCluster, "cluster", false, "kill a master of a Redis Cluster, and draw how two clients fare")
	f.Var(ranged(&d.cluster.For, parseDuration, minFor, maxFor), "for",
		"`duration` of the run, with -cluster; 70s shows go-redis alone come back")

	c := &d.faults
	f.Var(ranged(&c.Ops, parseInt, 1, 1_000_000), "ops", "operations that each client runs, `N`")
	f.Var(ranged(&c.Seed, parseUint, 0, ^uint64(0)), "seed", "seed of the faults, `N`; random if not given, and printed")
	f.Var(ranged(&c.Rates.RefuseDial, parseFloat, 0, 1), "refuse", "share of dials refused, a `rate` from 0 to 1")
	f.Var(ranged(&c.Rates.CutBefore, parseFloat, 0, 1), "cut-before", "share of commands cut off before the server has them, a `rate`")
	f.Var(ranged(&c.Rates.CutAfter, parseFloat, 0, 1), "cut-after", "share of commands whose reply is lost after the server has run them, a `rate`")
	f.Var(ranged(&c.Rates.CutMidReply, parseFloat, 0, 1), "cut-reply", "share of commands cut off in the middle of the reply, a `rate`")
	f.Var(ranged(&c.Rates.Loading, parseFloat, 0, 1), "loading", "share of commands refused with LOADING, a `rate`")
	f.Var(ranged(&c.Rates.Latency, parseDuration, 0, maxTimeout), "latency", "`duration` added to every command or batch")
	f.Var(ranged(&c.Timeout, parseDuration, minTimeout, maxTimeout), "timeout", "timeout of the clients, a `duration`")
	f.StringVar(&c.Addr, "addr", "", "use the Redis at `host:port` instead of one in this process; only keys of the demo's own are written, and removed")
	f.StringVar(&c.Username, "username", "", "`name` of the user at -addr")
	f.StringVar(&c.Password, "password", "", "`password` at -addr; better in REDISCLI_AUTH, where no process list shows it")
	f.Var(ranged(&c.DB, parseInt, 0, 1<<20), "db", "database `number` at -addr")
	return f
}

// completeFaults checks the flags of the demo without a cluster against each other, and fills in what was not given.
func completeFaults(c *demo.Config, given []string) error {
	if sum := c.Rates.PerCommand(); sum > 1 {
		return fmt.Errorf("flags -cut-before, -cut-after, -cut-reply and -loading sum to %v; allowed: at most 1", sum)
	}
	if c.Rates.Latency >= c.Timeout {
		return fmt.Errorf("flag -latency is %v; allowed: less than -timeout, which is %v", c.Rates.Latency, c.Timeout)
	}
	if !slices.Contains(given, "seed") {
		c.Seed = rand.Uint64N(1_000_000) // short enough to type
	}
	if c.Addr == "" {
		for _, name := range []string{"username", "password", "db"} {
			if slices.Contains(given, name) {
				return fmt.Errorf("flag -%s is given without -addr; allowed: with -addr", name)
			}
		}
		return nil
	}
	if _, port, err := net.SplitHostPort(c.Addr); err != nil || port == "" {
		return fmt.Errorf("invalid value %q for flag -addr; allowed: host:port", c.Addr)
	}
	if c.Password == "" {
		c.Password = os.Getenv("REDISCLI_AUTH") // as redis-cli does
	}
	return nil
}
