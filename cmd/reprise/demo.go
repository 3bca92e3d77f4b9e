package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"strings"

	"github.com/reprise-go/reprise/internal/demo"
)

// runDemo is the command demo.
func runDemo(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	c, asJSON, err := parseDemo(args, stdout)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return exitOK
	case err != nil:
		fmt.Fprintf(stderr, "reprise demo: %v\n", err)
		return exitUsage
	}

	clients := len(demo.Clients())
	p := newProgress(stderr, clients*c.Ops, fmt.Sprintf("%d clients, %d operations each, seed %d", clients, c.Ops, c.Seed))
	c.Progress = p.step
	report, err := demo.Run(ctx, c)
	p.end()
	if err != nil {
		// errors.Join puts each error on a line of its own.
		fmt.Fprintf(stderr, "reprise demo: %s\n", strings.ReplaceAll(err.Error(), "\n", "; "))
		if ctx.Err() != nil {
			return exitInterrupted
		}
		return exitFailed
	}

	if asJSON {
		enc := json.NewEncoder(stdout)
		enc.SetIndent("", "  ")
		err = enc.Encode(report)
	} else {
		err = report.Write(stdout)
	}
	if err != nil {
		fmt.Fprintf(stderr, "reprise demo: write the report: %v\n", err)
		return exitFailed
	}
	return exitOK
}

// parseDemo reads the flags. With -h it prints them to help and returns
// flag.ErrHelp. Any other error is one line that names the flag, the value and what
// is allowed.
func parseDemo(args []string, help io.Writer) (c demo.Config, asJSON bool, err error) {
	c = demo.Default()
	f := flag.NewFlagSet("reprise demo", flag.ContinueOnError)
	f.SetOutput(io.Discard)

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
	f.BoolVar(&asJSON, "json", false, "print the report as JSON")

	if err := f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			fmt.Fprint(help, "Usage: reprise demo [flags]\n\nThe same -seed gives the same report, except for the times.\n\n")
			f.SetOutput(help)
			f.PrintDefaults()
		}
		return c, false, err
	}
	if f.NArg() > 0 {
		return c, false, fmt.Errorf("unexpected argument %q; allowed: flags only, see -h", f.Arg(0))
	}
	if sum := c.Rates.PerCommand(); sum > 1 {
		return c, false, fmt.Errorf("flags -cut-before, -cut-after, -cut-reply and -loading sum to %v; allowed: at most 1", sum)
	}
	if c.Rates.Latency >= c.Timeout {
		return c, false, fmt.Errorf("flag -latency is %v; allowed: less than -timeout, which is %v", c.Rates.Latency, c.Timeout)
	}
	given := make(map[string]bool)
	f.Visit(func(set *flag.Flag) { given[set.Name] = true })
	if !given["seed"] {
		c.Seed = rand.Uint64N(1_000_000) // short enough to type
	}
	if c.Addr == "" {
		for _, name := range []string{"username", "password", "db"} {
			if given[name] {
				return c, false, fmt.Errorf("flag -%s is given without -addr; allowed: with -addr", name)
			}
		}
		return c, asJSON, nil
	}
	if _, port, err := net.SplitHostPort(c.Addr); err != nil || port == "" {
		return c, false, fmt.Errorf("invalid value %q for flag -addr; allowed: host:port", c.Addr)
	}
	if c.Password == "" {
		c.Password = os.Getenv("REDISCLI_AUTH") // as redis-cli does
	}
	return c, asJSON, nil
}
