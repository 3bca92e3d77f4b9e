package clusterdemo

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/guptarohit/asciigraph"
)

// Look is how a report is drawn.
type Look struct {
	// Columns is how wide a line may be; 0 means 120.
	Columns int
	// Color is for terminals.
	Color bool
}

const (
	// height is how many rows a chart has above that of zero.
	height = 6
	// label is how wide a number beside a chart is, and margin what is left of the first column with it.
	label  = 3
	margin = label + 3
	// perTick is how many columns there are from one tick of the time axis to the next.
	perTick = 10
	// beyond is what the longest label of a tick, 120s, needs beside the last column.
	beyond = 4
)

// colors are those of the charts, in the order of the rows.
var colors = []asciigraph.AnsiColor{asciigraph.Red, asciigraph.Green}

// scale is what a chart has in common with those above and below it.
type scale struct {
	fold int // so many steps are one column
	top  int // the highest number
}

// newScale returns the scale on which all timelines fit.
func newScale(timelines [][]int, columns int) scale {
	if columns == 0 {
		columns = 120
	}
	s := scale{fold: 1}
	for _, fold := range []int{1, 2, 5, 10, 20, 50} {
		if s.fold = fold; margin+len(timelines[0])/fold+beyond <= columns {
			break
		}
	}
	for _, t := range timelines {
		s.top = max(s.top, int(slices.Max(s.columns(t))))
	}
	s.top += height - s.top%height // a whole number in each row
	return s
}

// columns returns the mean of the steps of each column.
func (s scale) columns(timeline []int) []float64 {
	var means []float64
	for some := range slices.Chunk(timeline, s.fold) {
		sum := 0
		for _, n := range some {
			sum += n
		}
		means = append(means, float64(sum)/float64(len(some)))
	}
	return means
}

// column returns where a moment is.
func (s scale) column(at time.Duration) int { return int(at/Step) / s.fold }

// draw draws a timeline.
func (s scale) draw(timeline []int, color asciigraph.AnsiColor) string {
	means := s.columns(timeline)
	// The line goes from one number to the next; so that it leaves the last one of a second where the second
	// ends, the first one is there twice.
	return asciigraph.Plot(append(means[:1:1], means...),
		asciigraph.Height(height), asciigraph.LowerBound(0), asciigraph.UpperBound(float64(s.top)),
		asciigraph.SeriesColors(color),
		asciigraph.YAxisValueFormatter(func(v float64) string { return fmt.Sprintf("%*.0f", label, v) }))
}

// axis draws the time below a timeline, and what happened when.
func (s scale) axis(steps int, killed, promoted time.Duration) string {
	var line, labels strings.Builder
	for tick := 0; tick*perTick*s.fold <= steps; tick++ {
		left := steps/s.fold - tick*perTick
		line.WriteString("┬" + strings.Repeat("─", min(left, perTick-1)))
		at := time.Duration(tick*perTick*s.fold) * Step
		fmt.Fprintf(&labels, "%-*s", perTick, fmt.Sprintf("%.0fs", at.Seconds()))
	}
	from, to := s.column(killed), s.column(promoted)
	return fmt.Sprintf("%*s%s\n%*s%s\n%*s%s▲ promoted", margin, "└", &line,
		margin, "", strings.TrimRight(labels.String(), " "),
		margin+from+1, "killed ▲", strings.Repeat(" ", max(to-from-1, 0)))
}
