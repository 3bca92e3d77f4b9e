package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/reprise-go/reprise/cluster"
)

// scrape returns what Prometheus gets from an address.
func scrape(t *testing.T, url string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/metrics", http.NoBody)
	require(t, err)
	response, err := http.DefaultClient.Do(request)
	require(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require(t, err)
	if response.StatusCode != http.StatusOK {
		t.Fatalf("%s\n%s", response.Status, body)
	}
	return string(body)
}

func require(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// experienced returns the metrics of a shop that has had every sort of luck.
func experienced(t *testing.T) string {
	t.Helper()
	s, err := newShop()
	require(t, err)
	defer s.close()
	for _, err := range []error{io.EOF, nil} {
		_ = s.prices.Do(t.Context(), func(context.Context) error { return err })
		s.observer.Refresh(cluster.RefreshEvent{Ended: true, Err: err, Took: time.Millisecond})
	}
	s.sell(t.Context())
	server := httptest.NewServer(s.handler())
	defer server.Close()
	return scrape(t, server.URL)
}

// served returns the names and labels in it.
func served(body string) (names, labels map[string]bool) {
	names, labels = map[string]bool{}, map[string]bool{}
	for line := range strings.Lines(body) {
		if name := regexp.MustCompile(`^\w+`).FindString(line); name != "" {
			names[name] = true
		}
		for _, label := range regexp.MustCompile(`(\w+)="`).FindAllStringSubmatch(line, -1) {
			labels[label[1]] = true
		}
	}
	return names, labels
}

// TestMetrics: Prometheus gets them all, under these names.
func TestMetrics(t *testing.T) {
	body := experienced(t)
	names, labels := served(body)
	for _, name := range []string{
		"reprise_attempts_total", "reprise_retries_total", "reprise_give_ups_total", "reprise_retry_delay_seconds_bucket",
		"reprise_budget_tokens", "reprise_budget_capacity", "reprise_cluster_refreshes_total",
		"reprise_cluster_refresh_duration_seconds_bucket", "reprise_cluster_demoted_nodes",
	} {
		if !names[name] {
			t.Errorf("no %s in\n%s", name, body)
		}
	}
	for _, label := range []string{"db_operation_name", "error_type", "reprise_reason", "reprise_budget_name"} {
		if !labels[label] {
			t.Errorf("no label %s in\n%s", label, body)
		}
	}
}

// TestRun: the program serves, and ends when it is told to.
func TestRun(t *testing.T) {
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- run(ctx, listener) }()
	body := scrape(t, "http://"+listener.Addr().String())
	if !strings.Contains(body, "reprise_budget_tokens") {
		t.Error(body)
	}
	cancel()
	require(t, <-ended)
}
