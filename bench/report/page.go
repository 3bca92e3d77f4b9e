package main

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// end closes what a marker opens.
const end = "<!-- end -->"

var marker = regexp.MustCompile(`^<!-- (\w+)(?:: (.+))? -->$`)

// fill returns a page in which everything between a marker and its end is written anew. A marker is a line of its own:
//
//	<!-- machine -->         where and when it was measured, and how noisy it was
//	<!-- time: REGEXP -->    a row for each benchmark that matches, a column for each library
//	<!-- allocs: REGEXP -->  the same, allocations
//	<!-- growth: REGEXP -->  a row for each curve, a column for each size
//	<!-- include: FILE -->   what a program has written there, seen from dir
func fill(page string, r *results, dir string) (string, error) {
	var out []string
	open := 0 // the line of the marker whose text is left out
	for i, line := range strings.Split(page, "\n") {
		if open > 0 && line != end {
			if marker.MatchString(line) {
				return "", fmt.Errorf("line %d: the marker in line %d has no end", i+1, open)
			}
			continue
		}
		out = append(out, line)
		m := marker.FindStringSubmatch(line)
		switch {
		case m == nil:
		case line == end && open == 0:
			return "", fmt.Errorf("line %d: an end without a marker", i+1)
		case line == end:
			open = 0
		default:
			text, err := r.section(m[1], m[2], dir)
			if err != nil {
				return "", fmt.Errorf("line %d: %w", i+1, err)
			}
			out = append(out, "", strings.TrimRight(text, "\n"), "")
			open = i + 1
		}
	}
	if open > 0 {
		return "", fmt.Errorf("the marker in line %d has no end", open)
	}
	return strings.Join(out, "\n"), nil
}

// section returns the text for a marker.
func (r *results) section(kind, argument, dir string) (string, error) {
	switch kind {
	case "machine":
		return r.machine(), nil
	case "time":
		return r.times(argument)
	case "allocs":
		return r.allocs(argument)
	case "growth":
		return r.growth(argument)
	case "include":
		text, err := os.ReadFile(filepath.Join(dir, argument))
		if errors.Is(err, fs.ErrNotExist) {
			return "Not run yet.", nil
		}
		return string(text), err
	}
	return "", fmt.Errorf("unknown marker %q; allowed: machine, time, allocs, growth, include", kind)
}

// machine says where and when it was measured, as far as the results tell, how often, and how far the samples were apart: the
// reader has to know what difference is none.
func (r *results) machine() string {
	var said []string
	for _, key := range []string{"date", "goos", "goarch", "cpu", "cores", "go", "commit", "benchtime"} {
		if v := r.config[key]; len(v) > 0 {
			said = append(said, key+" "+strings.Join(v, " and "))
		}
	}
	least, most := math.MaxInt, 0
	var spreads []float64
	for _, m := range r.all {
		times := m.samples["sec/op"]
		least, most = min(least, len(times)), max(most, len(times))
		spreads = append(spreads, slices.Max(times)/slices.Min(times))
	}
	slices.Sort(spreads)
	runs := fmt.Sprint(most)
	if least != most {
		runs = fmt.Sprintf("%d to %d", least, most)
	}
	return fmt.Sprintf("Measured: %s; medians of %s samples. How noisy it was: the slowest sample of a benchmark took %.1f times as long as "+
		"its fastest for half of the benchmarks, and %.1f times for one in ten.", strings.Join(said, ", "), runs,
		spreads[len(spreads)/2], spreads[len(spreads)*9/10])
}
