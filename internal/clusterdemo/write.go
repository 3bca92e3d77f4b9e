package clusterdemo

import (
	"fmt"
	"io"
	"time"

	"github.com/guptarohit/asciigraph"

	"github.com/reprise-go/reprise/internal/textreport"
)

// Write writes the report as text: a chart of each client, the table, and what it all says.
func (r Report) Write(w io.Writer) error {
	p := textreport.New(w)
	p.Printf("A cluster of %d masters with a replica each. Each client: %d goroutines, INCR, SET and GET in turn every %s.\n",
		masters, masters*workersEach, millis(pace))
	r.charts(p)
	r.table(p)
	p.Printf("\n")
	for _, sentence := range r.Findings() {
		p.Printf("%s\n", sentence)
	}
	return p.Err()
}

func (r Report) charts(p *textreport.Writer) {
	var timelines [][]int
	for _, row := range r.Rows {
		timelines = append(timelines, row.Timeline)
	}
	s := newScale(timelines, r.Look.Columns)
	p.Printf("Operations that succeeded per %s, of those on the slots of the killed master", millis(r.Step))
	if s.fold > 1 {
		p.Printf(" (a column is the mean of %s)", millis(time.Duration(s.fold)*r.Step))
	}
	p.Printf(":\n")
	for i, row := range r.Rows {
		color := asciigraph.Default
		if r.Look.Color {
			color = colors[i%len(colors)]
		}
		p.Printf("\n%s\n%s\n%s\n", row.Client, s.draw(row.Timeline, color), s.axis(len(row.Timeline), r.Killed, r.Promoted))
	}
	p.Printf("\n")
}

// table has a line for each number and a column for each client.
func (r Report) table(p *textreport.Writer) {
	rows := [][]any{
		{""}, {"operations"}, {"  succeeded"}, {"  failed"}, {"    of them on the slots of other masters"},
		{"longest time without a write, on the slots of the killed master"}, {"from the promotion to the first write there"},
		{"INCRs executed twice"}, {"requests for the slot map since the kill"}, {"dials to the dead master"},
	}
	for _, row := range r.Rows {
		longest, first := seconds(row.Gap), fmt.Sprintf("not in %s", seconds(r.End-r.Promoted))
		if row.Back != nil {
			first = seconds(*row.Back)
		} else {
			longest = "over " + longest
		}
		for i, cell := range []any{
			row.Client, row.Operations, row.Succeeded, row.Failed, row.FailedElsewhere,
			longest, first, row.Twice, row.Maps, row.Dials,
		} {
			rows[i] = append(rows[i], cell)
		}
	}
	p.Table(rows...)
}

// Findings says in plain words what the figures show, one finding a line.
func (r Report) Findings() []string {
	var findings []string
	say := func(format string, args ...any) { findings = append(findings, fmt.Sprintf(format, args...)) }
	say("The master was killed after %s, and its replica promoted %s later.", seconds(r.Killed), seconds(r.Promoted-r.Killed))
	for _, row := range r.Rows {
		if row.Back == nil {
			say("%s was not back when the run ended, %s after the promotion.", row.Client, seconds(r.End-r.Promoted))
		} else {
			say("%s was back %s after the promotion.", row.Client, seconds(*row.Back))
		}
		if row.FailedDown > 0 {
			say("%s passed on CLUSTERDOWN, which a cluster says of every slot while some have no master: %d.",
				row.Client, row.FailedDown)
		}
		if row.FailedUnsure > 0 {
			say("INCRs of %s that failed when they may have been executed, and were not run again: %d.",
				row.Client, row.FailedUnsure)
		}
		if row.Lost > 0 {
			say("INCRs that the dead master acknowledged to %s and had not sent to its replica yet: %d.", row.Client, row.Lost)
		}
	}
	return findings
}

func millis(d time.Duration) string { return fmt.Sprintf("%d ms", d.Milliseconds()) }

func seconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }
