package main

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// about says what a curve is of, and what its sizes count. Without a row here it has its name as the title, and n.
var about = map[string]struct{ title, sizes string }{
	"Wait":           {"begin and cancellation of a wait", "other operations that wait"},
	"Budget":         {"an operation under a shared budget, wall time", "goroutines"},
	"Cores":          {"an operation under a shared policy, wall time", "processors"},
	"ClusterSuccess": {"an operation on a cluster that succeeds", "nodes"},
	"ClusterDemotion": {
		"a failure that demotes a node, and its return", "nodes",
	},
	"ClusterRefresh": {"a refresh of the slot map, without the network", "nodes"},
	"CommandUnread":  {"grading a command that need not be read", "words of the command"},
	"CommandRead":    {"grading a command that must be read", "words of the command"},
	"Parse":          {"policy.Parse", "retries"},
	"Plan":           {"Retry.Plan", "retries"},
	"Failure":        {"an operation that fails and is canceled", "retries that the policy allows"},
}

// curve is a benchmark with sizes: a line for each library or variant.
type curve struct {
	name  string
	lines []line
}

type line struct {
	name   string
	points []point
}

// point is the median time of one operation at a size.
type point struct{ n, sec float64 }

// curves returns all of them, in the order of the input, the points by size.
func (r *results) curves() []*curve {
	var all []*curve
	for _, m := range r.all {
		if m.size == 0 {
			continue
		}
		base, variant, _ := strings.Cut(m.work, "/")
		i := slices.IndexFunc(all, func(c *curve) bool { return c.name == base })
		if i < 0 {
			i = len(all)
			all = append(all, &curve{name: base})
		}
		sec, _ := m.median("sec/op")
		all[i].add(strings.TrimSuffix(value(variant)+" "+m.lib, " "), point{float64(m.size), sec})
	}
	for _, c := range all {
		for _, l := range c.lines {
			slices.SortFunc(l.points, func(a, b point) int { return cmp.Compare(a.n, b.n) })
		}
	}
	return all
}

// value returns what a variant, op=retry, is called in the legend: the key says little beside the title.
func value(variant string) string {
	_, v, ok := strings.Cut(variant, "=")
	if !ok {
		return variant
	}
	return v
}

func (c *curve) add(name string, p point) {
	name = strings.TrimSpace(name)
	for i := range c.lines {
		if c.lines[i].name == name {
			c.lines[i].points = append(c.lines[i].points, p)
			return
		}
	}
	c.lines = append(c.lines, line{name, []point{p}})
}

// file returns the name of the curve's file: ClusterRefresh is cluster-refresh.svg.
func (c *curve) file() string {
	var b strings.Builder
	for i, char := range c.name {
		if unicode.IsUpper(char) && i > 0 {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(char))
	}
	return b.String() + ".svg"
}
