package demo

import (
	"fmt"
	"io"
	"time"

	"github.com/reprise-go/reprise/internal/faultproxy"
	"github.com/reprise-go/reprise/internal/textreport"
)

const legend = `operations      SET, GET, INCR, a pipeline of four commands, a MULTI/EXEC transaction, in turn
attempts        times that an operation, or what was left of it, reached the proxy, plus refused dials
executed twice  increments that the server ran more than once: each has a counter of its own, read past the proxy
`

// Write writes the report as text: the table, what its columns mean, what the
// clients met, and what it all says.
func (r Report) Write(w io.Writer) error {
	p := textreport.New(w)
	where := "a Redis in this process"
	if r.Server != "" {
		where = "Redis at " + r.Server
	}
	p.Printf("seed %d, %s\n\n", r.Seed, where)

	fared := [][]any{{"client", "operations", "succeeded", "failed", "attempts", "executed twice", "p50", "p99", "slowest"}}
	met := [][]any{{"faults met", "dial refused", "cut before", "cut after", "cut in reply", "LOADING"}}
	for _, row := range r.Rows {
		fared = append(fared, []any{row.Client, row.Operations, row.Succeeded, row.Failed, row.Attempts, row.Twice,
			short(row.P50), short(row.P99), short(row.Slowest)})
		cells := []any{row.Client}
		for _, f := range []faultproxy.Fault{
			faultproxy.RefuseDial, faultproxy.CutBefore, faultproxy.CutAfter, faultproxy.CutMidReply, faultproxy.Answer,
		} {
			cells = append(cells, row.Faults[f.String()])
		}
		met = append(met, cells)
	}
	p.Table(fared...)
	p.Printf("\n%s\n", legend)
	p.Table(met...)
	p.Printf("\n")
	for _, sentence := range r.Findings() {
		p.Printf("%s\n", sentence)
	}
	return p.Err()
}

// short returns a duration that is easy to compare with others.
func short(d time.Duration) string {
	return fmt.Sprintf("%.2f ms", float64(d)/float64(time.Millisecond))
}
