// Command clienttable prints docs/clients.md: what clients of Redis do under the laws of package proptest.
//
//	go run ./internal/clienttable >docs/clients.md
//
// It needs redis-server.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/internal/rapidtest"
	"github.com/reprise-go/reprise/internal/redistest"
	"github.com/reprise-go/reprise/proptest"
)

func main() {
	testing.Init() // rapid asks for -test.short
	flag.Parse()
	if err := page(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "clienttable:", err)
		os.Exit(1)
	}
}

// page writes the whole page.
func page(w io.Writer) error {
	// The same page each time, as far as clients do the same each time.
	for name, value := range map[string]string{
		"rapid.seed": "1", "rapid.checks": "300", "rapid.shrinktime": "60s", "rapid.nofailfile": "true",
	} {
		if err := flag.Set(name, value); err != nil {
			return err
		}
	}
	return redistest.Run(context.Background(), func(tb redistest.TB) error {
		server := redistest.Start(tb)
		fmt.Fprint(w, head)
		fmt.Fprintf(w, "| law | %s |\n|---|%s\n", strings.Join(names(), " | "), strings.Repeat("---|", len(contenders)))
		var broken []string
		for _, law := range proptest.ClientLaws() {
			row := []string{law.String()}
			for _, c := range contenders {
				example := breaks(server.Addr(), c, law)
				if example == "" {
					row = append(row, "kept")
					continue
				}
				row = append(row, "**broken**")
				broken = append(broken, fmt.Sprintf("### %s: %s\n\n```\n%s\n```\n", c.name, law, example))
			}
			fmt.Fprintf(w, "| %s |\n", strings.Join(row, " | "))
		}
		fmt.Fprintf(w, "\n## Counterexamples\n\nThe smallest that rapid found.\n\n%s", strings.Join(broken, "\n"))
		single(w, tb, server.Addr())
		return nil
	})
}

func names() []string {
	all := make([]string, len(contenders))
	for i, c := range contenders {
		all[i] = c.name
	}
	return all
}

// breaks returns a counterexample to a law, or "".
func breaks(addr string, c contender, law proptest.Law) string {
	r := rapidtest.Record(nil, func(tb rapid.TB) { proptest.TestClientAt(tb, addr, c.open, law) })
	if !r.Failed() {
		return ""
	}
	// The last is the smallest; the law stands above and below it.
	text := r.Text()
	if i := strings.LastIndex(text, "\noperation "); i >= 0 {
		text = text[i+1:]
	}
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	lines = slices.DeleteFunc(lines, func(l string) bool { return l == law.String() || strings.TrimSpace(l) == "" })
	return strings.Join(lines, "\n")
}

const head = `# What clients do

Made by ` + "`go run ./internal/clienttable >docs/clients.md`" + `, in front of a real redis-server. Each client runs the same kind of
histories, 300 for each law: commands, single, in pipelines and in transactions, of one caller and of up to four at the same
time, and what happens to them on their way. It is proptest.TestClient, which you can run on yours.

All have three retries where they have a number for it. They promise to run again, when it may have been executed, no more
than what is idempotent; that is what Reprise's clients do by default. go-redis and rueidis promise nothing of the kind
in their documents, so that "broken" says what they do, and not that they break their word. A call is to end within
2 s, though nothing takes longer than 100 ms by itself, and its context has no deadline: rueidis, as it says, runs a read again
until the context ends.

`
