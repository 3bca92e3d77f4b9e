package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strconv"
	"strings"

	"github.com/reprise-go/reprise/bench/speed"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "waiting:", err)
		stop()
		os.Exit(1) //nolint:gocritic // stop has been called
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("waiting", flag.ContinueOnError)
	n := flags.Int("n", 100_000, "how many operations wait")
	cell := flags.String("cell", "", "measure this library alone, in this process")
	depth := flags.Int("depth", 0, "with -cell: bytes of stack that the caller has in use: "+fmt.Sprint(depths()))
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *n < 1 {
		return fmt.Errorf("-n is %d; allowed: 1 or more", *n)
	}
	if *cell == "" {
		t, err := all(ctx, *n)
		if err != nil {
			return err
		}
		t.write(out, *n)
		return nil
	}
	i := slices.IndexFunc(speed.Waiting, func(c speed.Column) bool { return c.Name == *cell })
	if i < 0 {
		return fmt.Errorf("-cell is %q; allowed: %s", *cell, names())
	}
	c, err := measure(ctx, speed.Waiting[i], *n, *depth)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, c.Heap, c.Stack)
	return nil
}

func names() string {
	var all []string
	for _, c := range speed.Waiting {
		all = append(all, c.Name)
	}
	return strings.Join(all, ", ")
}

// all measures each cell in a process of its own.
func all(ctx context.Context, n int) (table, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program, to run it for each cell: %w", err)
	}
	var t table
	for _, c := range speed.Waiting {
		r := row{Name: c.Name, Measure: c.Measure}
		for _, depth := range depths() {
			child := exec.CommandContext(ctx, self, "-n", strconv.Itoa(n), "-cell", c.Name, "-depth", strconv.Itoa(depth))
			child.Stderr = os.Stderr
			text, err := child.Output()
			if err != nil {
				return nil, fmt.Errorf("measure %s at a depth of %d B: %w", c.Name, depth, errors.Join(err, context.Cause(ctx)))
			}
			var one cost
			if _, err := fmt.Sscan(string(text), &one.Heap, &one.Stack); err != nil {
				return nil, fmt.Errorf("%s at a depth of %d B printed %q: %w", c.Name, depth, text, err)
			}
			r.Costs = append(r.Costs, one)
		}
		t = append(t, r)
	}
	return t, nil
}
