package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/reprise-go/reprise/internal/clusterdemo"
	"github.com/reprise-go/reprise/internal/demo"
)

// report is what a demo has shown.
type report interface{ Write(io.Writer) error }

// runDemo is the command demo.
func runDemo(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	d, err := parseDemo(args, stdout)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return exitOK
	case err != nil:
		fmt.Fprintf(stderr, "reprise demo: %v\n", err)
		return exitUsage
	}

	var r report
	if d.onCluster {
		r, err = demoCluster(ctx, d.cluster, look(stdout), stderr)
	} else {
		r, err = demoFaults(ctx, d.faults, stderr)
	}
	if err != nil {
		// errors.Join puts each error on a line of its own.
		fmt.Fprintf(stderr, "reprise demo: %s\n", strings.ReplaceAll(err.Error(), "\n", "; "))
		if ctx.Err() != nil {
			return exitInterrupted
		}
		return exitFailed
	}

	if d.asJSON {
		enc := json.NewEncoder(stdout)
		enc.SetIndent("", "  ")
		err = enc.Encode(r)
	} else {
		err = r.Write(stdout)
	}
	if err != nil {
		fmt.Fprintf(stderr, "reprise demo: write the report: %v\n", err)
		return exitFailed
	}
	return exitOK
}

// demoFaults runs four clients through a lossy network.
func demoFaults(ctx context.Context, c demo.Config, stderr io.Writer) (demo.Report, error) {
	clients := len(demo.Clients())
	p := newProgress(stderr, clients*c.Ops, fmt.Sprintf("%d clients, %d operations each, seed %d", clients, c.Ops, c.Seed))
	defer p.end()
	c.Progress = p.step
	return demo.Run(ctx, c)
}

// demoCluster runs two clients through the loss of a cluster's master.
func demoCluster(ctx context.Context, c clusterdemo.Config, l clusterdemo.Look, stderr io.Writer) (clusterdemo.Report, error) {
	p := newProgress(stderr, int(c.For/clusterdemo.Step), fmt.Sprintf("a cluster that loses a master, for %v", c.For))
	defer p.end()
	c.Progress = p.step
	r, err := clusterdemo.Run(ctx, c)
	r.Look = l
	return r, err
}

// look returns how a report is drawn on w: as wide as a terminal, and in color unless the user has set NO_COLOR
// (https://no-color.org).
func look(w io.Writer) clusterdemo.Look {
	fd, ok := terminal(w)
	if !ok {
		return clusterdemo.Look{}
	}
	return clusterdemo.Look{Columns: width(fd), Color: os.Getenv("NO_COLOR") == ""}
}
