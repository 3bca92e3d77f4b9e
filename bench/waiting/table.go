package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
)

// row is a library, with the cost at each depth.
type row struct {
	Name    string
	Measure bool // and no library
	Costs   []cost
}

type table []row

func (c cost) sum() float64 { return c.Heap + c.Stack }

func (t table) write(w io.Writer, n int) {
	fmt.Fprintf(w, "Bytes for each of %d operations that wait, heap + stack = sum, by the stack that the caller has in use.\n\n| |", n)
	for _, depth := range depths() {
		fmt.Fprintf(w, " caller %d B |", depth)
	}
	fmt.Fprintf(w, "\n|---|%s\n", strings.Repeat("---:|", len(depths())))
	for _, r := range t {
		fmt.Fprintf(w, "| %s |", r.Name)
		for _, c := range r.Costs {
			fmt.Fprintf(w, " %.0f + %.0f = %.0f |", c.Heap, c.Stack, c.sum())
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w)
	for i, depth := range depths() {
		fmt.Fprintf(w, "- caller %d B: %s\n", depth, t.ranking(i))
	}
}

// ranking returns the libraries, the least bytes first. Those that a byte does not separate share a place.
func (t table) ranking(depth int) string {
	libraries := slices.DeleteFunc(slices.Clone(t), func(r row) bool { return r.Measure })
	slices.SortStableFunc(libraries, func(a, b row) int { return cmp.Compare(a.Costs[depth].sum(), b.Costs[depth].sum()) })
	var text strings.Builder
	for i, r := range libraries {
		switch {
		case i == 0:
		case r.Costs[depth].sum()-libraries[i-1].Costs[depth].sum() < tolerance:
			text.WriteString(" = ")
		default:
			text.WriteString(" < ")
		}
		text.WriteString(r.Name)
	}
	return text.String()
}
