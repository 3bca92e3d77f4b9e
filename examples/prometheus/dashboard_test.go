package main

import (
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// dashboard is what of docs/grafana.json has to do with metrics.
type dashboard struct {
	Templating struct {
		List []struct {
			Query any `json:"query"`
		} `json:"list"`
	} `json:"templating"`
	Panels []struct {
		Title   string `json:"title"`
		Type    string `json:"type"`
		Targets []struct {
			Expr   string `json:"expr"`
			Legend string `json:"legendFormat"`
		} `json:"targets"`
	} `json:"panels"`
}

var (
	metricName = regexp.MustCompile(`\breprise_\w+`)
	selector   = regexp.MustCompile(`\{([^{}]*)\}`)
	matcher    = regexp.MustCompile(`(\w+)(=~|!~|!=|=)"`)
	grouping   = regexp.MustCompile(`by \(([^)]*)\)`)
	legend     = regexp.MustCompile(`\{\{(\w+)\}\}`)
)

// ofPrometheus are the labels that come with each scrape, and with histograms.
var ofPrometheus = map[string]bool{"job": true, "instance": true, "le": true}

// TestDashboard: each metric and label in docs/grafana.json is served, and each metric that is served is in it.
func TestDashboard(t *testing.T) {
	text, err := os.ReadFile("../../docs/grafana.json")
	require(t, err)
	var d dashboard
	require(t, json.Unmarshal(text, &d))
	names, labels := served(experienced(t))

	shown := map[string]bool{}
	known := func(where, label string) {
		if !labels[label] && !ofPrometheus[label] {
			t.Errorf("%s has the label %s, which is not served: %v", where, label, slices.Sorted(maps.Keys(labels)))
		}
	}
	for _, p := range d.Panels {
		if p.Type != "row" && len(p.Targets) == 0 {
			t.Errorf("%s shows nothing", p.Title)
		}
		for _, target := range p.Targets {
			labelsIn(target.Expr, func(label string) { known(p.Title, label) })
			for _, found := range legend.FindAllStringSubmatch(target.Legend, -1) {
				known(p.Title, found[1])
			}
			for _, name := range metricName.FindAllString(selector.ReplaceAllString(grouping.ReplaceAllString(target.Expr, ""), ""), -1) {
				shown[name] = true
			}
		}
	}
	if len(shown) == 0 {
		t.Fatal("it shows nothing")
	}
	for _, v := range d.Templating.List {
		query, err := json.Marshal(v.Query)
		require(t, err)
		for _, name := range metricName.FindAllString(string(query), -1) {
			shown[name] = true
		}
	}
	for name := range shown {
		if !names[name] {
			t.Errorf("it shows %s, which is not served: %v", name, slices.Sorted(maps.Keys(names)))
		}
	}
	for name := range names {
		base := strings.TrimSuffix(strings.TrimSuffix(name, "_sum"), "_count")
		if strings.HasPrefix(name, "reprise_") && !shown[name] && !shown[base+"_bucket"] {
			t.Errorf("%s is served, and not shown", name)
		}
	}
}

// labelsIn tells each label of an expression.
func labelsIn(expr string, tell func(string)) {
	for _, by := range grouping.FindAllStringSubmatch(expr, -1) {
		for label := range strings.SplitSeq(by[1], ",") {
			tell(strings.TrimSpace(label))
		}
	}
	for _, in := range selector.FindAllStringSubmatch(expr, -1) {
		for _, m := range matcher.FindAllStringSubmatch(in[1], -1) {
			tell(m[1])
		}
	}
}
