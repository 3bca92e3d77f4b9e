package demo

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/reprise-go/reprise/internal/faultproxy"
)

const legend = `operations      SET, GET, INCR, a pipeline of four commands, a MULTI/EXEC transaction, in turn
attempts        times that an operation, or what was left of it, reached the proxy, plus refused dials
executed twice  increments that the server ran more than once: each has a counter of its own, read past the proxy
`

// Write writes the report as text: the table, what its columns mean, what the
// clients met, and what it all says.
func (r Report) Write(w io.Writer) error {
	p := &printer{w: w}
	where := "a Redis in this process"
	if r.Server != "" {
		where = "Redis at " + r.Server
	}
	p.printf("seed %d, %s\n\n", r.Seed, where)

	t := newTable(p, "client", "operations", "succeeded", "failed", "attempts", "executed twice", "p50", "p99", "slowest")
	for _, row := range r.Rows {
		t.row(row.Client, row.Operations, row.Succeeded, row.Failed, row.Attempts, row.Twice,
			short(row.P50), short(row.P99), short(row.Slowest))
	}
	t.end()
	p.printf("\n%s\n", legend)

	t = newTable(p, "faults met", "dial refused", "cut before", "cut after", "cut in reply", "LOADING")
	for _, row := range r.Rows {
		cells := []any{row.Client}
		for _, f := range []faultproxy.Fault{
			faultproxy.RefuseDial, faultproxy.CutBefore, faultproxy.CutAfter, faultproxy.CutMidReply, faultproxy.Answer,
		} {
			cells = append(cells, row.Faults[f.String()])
		}
		t.row(cells...)
	}
	t.end()
	p.printf("\n")
	for _, sentence := range r.Findings() {
		p.printf("%s\n", sentence)
	}
	return p.err
}

// table sets its first column to the left and numbers to the right.
type table struct{ t *tabwriter.Writer }

func newTable(w io.Writer, heads ...any) table {
	t := table{tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)}
	t.row(heads...)
	return t
}

func (t table) row(cells ...any) {
	// tabwriter aligns all columns alike. The first is padded by hand.
	fmt.Fprintf(t.t, "%-*v\t", nameWidth, cells[0])
	for _, cell := range cells[1:] {
		fmt.Fprintf(t.t, "%v\t", cell)
	}
	fmt.Fprintln(t.t)
}

// end writes the table. The printer below it keeps the error.
func (t table) end() { _ = t.t.Flush() }

// nameWidth holds the longest name of a client.
var nameWidth = func() (width int) {
	for _, name := range Clients() {
		width = max(width, len(name))
	}
	return width
}()

// short returns a duration that is easy to compare with others.
func short(d time.Duration) string {
	return fmt.Sprintf("%.2f ms", float64(d)/float64(time.Millisecond))
}

// printer writes until the first error and keeps it.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) Write(b []byte) (int, error) {
	if p.err == nil {
		_, p.err = p.w.Write(b)
	}
	return len(b), p.err
}

func (p *printer) printf(format string, args ...any) {
	fmt.Fprintf(p, format, args...)
}
