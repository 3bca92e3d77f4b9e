package main

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// grid is a table: rows and columns in the order in which they were measured.
type grid struct {
	rows, columns []string
	cells         map[[2]string]*measured // by row and column
}

// arrange returns the benchmarks whose work matches as a grid.
func (r *results) arrange(works string, place func(*measured) (row, column string)) (*grid, error) {
	match, err := regexp.Compile(works)
	if err != nil {
		return nil, err
	}
	g := &grid{cells: map[[2]string]*measured{}}
	for _, m := range r.all {
		row, column := place(m)
		if !match.MatchString(m.work) || column == "" {
			continue
		}
		if !slices.Contains(g.rows, row) {
			g.rows = append(g.rows, row)
		}
		if !slices.Contains(g.columns, column) {
			g.columns = append(g.columns, column)
		}
		g.cells[[2]string{row, column}] = m
	}
	if len(g.rows) == 0 {
		return nil, fmt.Errorf("no benchmark matches %s", works)
	}
	return g, nil
}

// write writes the grid; what is missing is a dash.
func (g *grid) write(corner string, cell func(row string, m *measured) (string, error)) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "| %s | %s |\n|---|%s\n", corner, strings.Join(g.columns, " | "), strings.Repeat("--:|", len(g.columns)))
	for _, row := range g.rows {
		fmt.Fprintf(&b, "| %s |", row)
		for _, column := range g.columns {
			text := "–"
			if m := g.cells[[2]string{row, column}]; m != nil {
				var err error
				if text, err = cell(row, m); err != nil {
					return "", err
				}
			}
			fmt.Fprintf(&b, " %s |", text)
		}
		b.WriteString("\n")
	}
	return b.String(), nil
}

// byLibrary places each work in a row, with a column for each library.
func byLibrary(m *measured) (row, column string) {
	if m.size > 0 {
		return "", ""
	}
	return m.work, m.lib
}

// bySize places each curve in a row, with a column for each size.
func bySize(m *measured) (row, column string) {
	if m.size == 0 {
		return "", ""
	}
	return strings.TrimSuffix(m.work+", "+m.lib, ", "), strconv.Itoa(m.size)
}

// yardstick is the library that times are compared with.
const yardstick = "loop"

// times writes medians, and how many times that of the yardstick, or of the first column where there is none.
func (r *results) times(works string) (string, error) {
	g, err := r.arrange(works, byLibrary)
	if err != nil {
		return "", err
	}
	base := yardstick
	if !slices.Contains(g.columns, base) {
		base = g.columns[0]
	}
	return g.write("work", func(row string, m *measured) (string, error) {
		t, _ := m.median("sec/op")
		than := g.cells[[2]string{row, base}]
		if than == nil || than == m {
			return duration(t), nil
		}
		of, _ := than.median("sec/op")
		return fmt.Sprintf("%s (%s×)", duration(t), round(t/of)), nil
	})
}

// allocs writes how often memory is allocated, and how much.
func (r *results) allocs(works string) (string, error) {
	g, err := r.arrange(works, byLibrary)
	if err != nil {
		return "", err
	}
	return g.write("work", func(_ string, m *measured) (string, error) {
		n, counted := m.median("allocs/op")
		size, sized := m.median("B/op")
		if !counted || !sized {
			return "", errors.New(m.work + ": no allocs/op; it needs b.ReportAllocs")
		}
		if n == 0 && size == 0 {
			return "0", nil
		}
		return fmt.Sprintf("%.0f (%.0f B)", n, size), nil
	})
}

// growth writes the median at each size.
func (r *results) growth(works string) (string, error) {
	g, err := r.arrange(works, bySize)
	if err != nil {
		return "", err
	}
	slices.SortFunc(g.columns, func(a, b string) int { return cmp.Or(len(a)-len(b), cmp.Compare(a, b)) }) // as the numbers
	return g.write("n", func(_ string, m *measured) (string, error) {
		t, _ := m.median("sec/op")
		return duration(t), nil
	})
}

// duration writes seconds with two digits: no more of them are the same in another run.
func duration(sec float64) string {
	for _, unit := range []struct {
		name string
		size float64
	}{{"ns", 1e-9}, {"µs", 1e-6}, {"ms", 1e-3}} {
		if v := sec / unit.size; v < 995 {
			return round(v) + " " + unit.name
		}
	}
	return round(sec) + " s"
}

// round writes a number above 0 with two digits that count.
func round(v float64) string {
	digit := math.Pow10(int(math.Floor(math.Log10(v))) - 1)
	v = math.Round(v/digit) * digit
	// Beyond the second digit there is only what floats are not exact in.
	return strconv.FormatFloat(v, 'f', max(0, 1-int(math.Floor(math.Log10(v)+1e-9))), 64)
}
