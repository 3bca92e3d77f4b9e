package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "storm:", err)
		stop()
		os.Exit(1) //nolint:gocritic // stop has been called
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("storm", flag.ContinueOnError)
	n := flags.Int("n", 10_000, "how many operations are under way")
	client := flags.String("client", "", "for the program itself: be this client, of the cluster in -addrs")
	addrs := flags.String("addrs", "", "with -client: addresses of the cluster, separated by commas")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *n < 1 {
		return fmt.Errorf("-n is %d; allowed: 1 or more", *n)
	}
	if *client != "" {
		return play(ctx, *client, strings.Split(*addrs, ","), *n, os.Stdin, os.Stdout)
	}
	for _, c := range []struct {
		title    string
		replaced bool
	}{
		{"its replica has taken over before", true},
		{"its replica is yet to be elected", false},
	} {
		var rows []row
		for _, name := range names() {
			r, err := stage(ctx, name, *n, c.replaced)
			if err != nil {
				return fmt.Errorf("%s, %s: %w", name, c.title, err)
			}
			rows = append(rows, r)
		}
		write(os.Stdout, fmt.Sprintf("%d operations on a master that is killed; %s", *n, c.title), rows)
	}
	return nil
}

// row is what became of one contender.
type row struct {
	Name string
	outcome
	Maps, Later int64  // readings of the map until all operations had ended, and after
	Promoted    string // how long after the kill, in ms
}

func write(w io.Writer, title string, rows []row) {
	fmt.Fprintf(w, "%s\n\n| | refreshes | second looks | readings | later | dials | refused | CPU ms | promoted after ms | all ended after ms | failed |\n", title)
	fmt.Fprintln(w, "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
	for _, r := range rows {
		refreshes, looks := "–", "–" // a driver alone does not tell
		if strings.HasSuffix(r.Name, "-reprise") {
			refreshes, looks = strconv.FormatInt(r.Refreshes, 10), strconv.FormatInt(r.Looks, 10)
		}
		fmt.Fprintf(w, "| %s | %s | %s | %d | %d | %d | %d | %d | %s | %d | %d |\n",
			r.Name, refreshes, looks, r.Maps, r.Later, r.Dials, r.Refused, r.CPU, r.Promoted, r.Took, r.Failed)
	}
	fmt.Fprintln(w)
}
