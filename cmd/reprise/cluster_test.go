package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/reprise-go/reprise/internal/clusterdemo"
	"github.com/reprise-go/reprise/internal/redistest"
)

// Not beside the tests of the faults, whose reports differ if the machine is too busy.
func TestDemoCluster(t *testing.T) {
	redistest.Start(t) // which skips, or fails
	status, stdout, stderr := reprise(t, "demo", "-cluster", "-for", "5s", "-json")
	if status != exitOK {
		t.Fatalf("status %d: %s", status, stderr)
	}
	const progress = "a cluster that loses a master, for 5s\n25 % done\n50 % done\n75 % done\n100 % done\n"
	if stderr != progress {
		t.Errorf("stderr %q, want %q", stderr, progress)
	}
	var r clusterdemo.Report
	if err := json.Unmarshal([]byte(stdout), &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Rows) != 2 || r.Rows[0].Failed == 0 || r.Rows[1].Back == nil || r.Rows[1].Twice != 0 {
		t.Errorf("report %+v", r)
	}
}

func TestDemoClusterWithoutRedis(t *testing.T) {
	t.Setenv("REPRISE_REQUIRE_REDIS", "")
	t.Setenv("REPRISE_REDIS_SERVER", "")
	t.Setenv("PATH", t.TempDir())
	status, stdout, stderr := reprise(t, "demo", "-cluster")
	const want = "reprise demo: no redis-server (apt-get install redis-server, brew install redis, or name one in " +
		"REPRISE_REDIS_SERVER): exec: \"redis-server\": executable file not found in $PATH\n"
	if status != exitFailed || stdout != "" || stderr != want {
		t.Errorf("status %d, %q, stderr\n%s, want\n%s", status, stdout, stderr, want)
	}
}

func TestDemoClusterInterrupted(t *testing.T) {
	redistest.Start(t) // which skips, or fails
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	ctx, cancel := context.WithCancel(t.Context())
	var out bytes.Buffer
	// The first line of progress is a moment when the servers are up.
	errs := &trigger{fire: sync.OnceFunc(func() {
		if found, err := filepath.Glob(filepath.Join(dir, "reprise-*", "nodes.conf")); len(found) != 6 || err != nil {
			t.Errorf("files of the nodes: %q, %v", found, err)
		}
		cancel()
	})}
	status := run(ctx, []string{"demo", "-cluster"}, &out, errs)
	if status != exitInterrupted || out.Len() != 0 || !strings.HasSuffix(errs.String(), "\nreprise demo: context canceled\n") {
		t.Errorf("status %d, %q, %q", status, out.String(), errs.String())
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}
