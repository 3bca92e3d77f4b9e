package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/reprise-go/reprise/internal/redistest"
	"github.com/reprise-go/reprise/proptest"
)

// single writes what becomes of one command that meets one fault.
func single(w io.Writer, tb redistest.TB, addr string) {
	fmt.Fprintf(w, "\n## One command, one fault\n\nHow often the command reached the server, how often it was executed, "+
		"and what the caller got.\n\n| command | fault | %s |\n|---|---|%s\n", strings.Join(names(), " | "), strings.Repeat("---|", len(contenders)))
	for _, fault := range []proptest.Fault{
		proptest.DropRequest(), proptest.DropReply(), proptest.StallReply(),
		proptest.RefuseWith("LOADING Redis is loading the dataset in memory"),
	} {
		for _, cmd := range [][]string{{"GET", "k"}, {"SET", "k", "v"}, {"INCR", "n"}} {
			row := []string{"`" + strings.Join(cmd, " ") + "`", fault.String()}
			for _, c := range contenders {
				row = append(row, meet(tb, addr, c, cmd, fault))
			}
			fmt.Fprintf(w, "| %s |\n", strings.Join(row, " | "))
		}
	}
}

// meet returns what becomes of a command that meets a fault, on a connection that is there.
func meet(tb redistest.TB, addr string, c contender, cmd []string, fault proptest.Fault) string {
	s := proptest.NewServerAt(tb, addr)
	client := c.open(s.Addr())
	defer func() { _ = client.Close() }()
	ctx, cancel := context.WithTimeout(tb.Context(), 10*time.Second)
	defer cancel()
	_, _ = client.Do(ctx, []string{"FLUSHALL"})
	s.Script(cmd[0], fault)
	v, err := client.Do(ctx, cmd)
	got := fmt.Sprintf("`%v`", v)
	switch {
	case err != nil:
		got = "an error"
	case v == nil:
		got = "null"
	}
	return fmt.Sprintf("%d, %d, %s", s.Received(cmd...), s.Executed(cmd...), got)
}
