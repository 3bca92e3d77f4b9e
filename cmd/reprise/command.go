package main

import (
	"context"
	"fmt"
	"io"
	"strings"
)

// The exit statuses.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 128 + 2 // as a shell reports SIGINT
)

// command is a subcommand: what comes behind its name, and the exit status.
type command struct {
	name, summary string
	run           func(ctx context.Context, args []string, stdout, stderr io.Writer) int
}

var commands = []command{
	{"demo", "run a workload through faults, and count what was executed twice; -cluster kills a master", runDemo},
}

// run carries out a command line without the program's name.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		usage(stderr)
		return exitUsage
	}
	switch args[0] {
	case "help", "-h", "-help", "--help":
		usage(stdout)
		return exitOK
	}
	var names []string
	for _, c := range commands {
		if c.name == args[0] {
			return c.run(ctx, args[1:], stdout, stderr)
		}
		names = append(names, c.name)
	}
	fmt.Fprintf(stderr, "reprise: unknown command %q; allowed: %s, help\n", args[0], strings.Join(names, ", "))
	return exitUsage
}

func usage(w io.Writer) {
	fmt.Fprint(w, "Reprise shows what retries of Redis commands do.\n\nUsage:\n\n")
	for _, c := range commands {
		fmt.Fprintf(w, "  reprise %-6s %s\n", c.name, c.summary)
	}
	fmt.Fprint(w, "  reprise help   print this\n\n\"reprise COMMAND -h\" prints the flags of a command.\n")
}
