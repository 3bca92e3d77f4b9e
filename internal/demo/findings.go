package demo

import (
	"fmt"
	"strings"
)

// Findings says in plain words what the figures show, one finding a line. All of it
// is computed: with other faults, or other results, it says other things.
func (r Report) Findings() []string {
	var acked, lost, met int
	for _, row := range r.Rows {
		acked += row.Acked
		lost += row.Lost
		for _, n := range row.Faults {
			met += n
		}
	}
	findings := []string{
		fmt.Sprintf("Acknowledged but not executed: %d of %d acknowledged increments.", lost, acked),
		r.each("Increments executed more than once", func(row Row) (int, string) {
			return row.Twice, fmt.Sprintf(" (%d of them acknowledged)", row.TwiceAcked)
		}),
		r.each("SET and GET that failed, though a second run does no harm", func(row Row) (int, string) {
			return row.FailedPlain, ""
		}),
		r.each("Increments that failed for the caller, though executed (once)", func(row Row) (int, string) {
			return row.Unsure, ""
		}),
	}
	if met == 0 {
		findings = append(findings, "No fault was met, so the clients had nothing to differ in.")
	}
	return findings
}

// each lists a number for each client for which it is not 0.
func (r Report) each(what string, number func(Row) (n int, remark string)) string {
	var parts []string
	for _, row := range r.Rows {
		if n, remark := number(row); n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d%s", row.Client, n, remark))
		}
	}
	switch len(parts) {
	case 0:
		parts = []string{"none with any client"}
	case len(r.Rows):
	default:
		parts = append(parts, "the others none")
	}
	return what + ": " + strings.Join(parts, ", ") + "."
}
