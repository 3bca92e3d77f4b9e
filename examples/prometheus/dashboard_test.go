package main

import (
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	schema "github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"
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
	legend     = regexp.MustCompile(`\{\{(\w+)\}\}`)
)

// interval is what Grafana puts in for its own variable.
var interval = strings.NewReplacer("$__rate_interval", "1m")

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
			metrics, used := uses(t, target.Expr)
			for label := range used {
				known(p.Title, label)
			}
			for _, found := range legend.FindAllStringSubmatch(target.Legend, -1) {
				known(p.Title, found[1])
			}
			maps.Copy(shown, metrics)
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

// TestSchema: Grafana knows each field of it, and misses none.
func TestSchema(t *testing.T) {
	text, err := os.ReadFile("../../docs/grafana.json")
	require(t, err)
	// It returns an empty list of errors where there are none.
	if err := new(schema.Dashboard).UnmarshalJSONStrict(text); err != nil && err.Error() != "" { //nolint:staticcheck // the schema that every Grafana reads
		t.Error(err)
	}
}

// uses returns the metrics and labels of an expression, as Prometheus reads it.
func uses(t *testing.T, expr string) (metrics, labels map[string]bool) {
	t.Helper()
	tree, err := parser.ParseExpr(interval.Replace(expr))
	require(t, err)
	metrics, labels = map[string]bool{}, map[string]bool{}
	parser.Inspect(tree, func(node parser.Node, _ []parser.Node) error {
		switch node := node.(type) {
		case *parser.VectorSelector:
			metrics[node.Name] = true
			for _, m := range node.LabelMatchers {
				if m.Name != model.MetricNameLabel {
					labels[m.Name] = true
				}
			}
		case *parser.AggregateExpr:
			for _, label := range node.Grouping {
				labels[label] = true
			}
		}
		return nil
	})
	return metrics, labels
}
