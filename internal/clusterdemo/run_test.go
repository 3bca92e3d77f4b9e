package clusterdemo

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/reprise-go/reprise/internal/redistest"
)

// servers has the demo run its servers in a directory of the test's own. It returns the function that reports those
// that have been started, and fails the test if one of them, or a directory, is left. It skips the test where there is
// no redis-server.
func servers(t *testing.T) (started func() int) {
	t.Helper()
	redistest.Start(t) // which skips, or fails
	binary := cmp.Or(os.Getenv("REPRISE_REDIS_SERVER"), "redis-server")
	dir, own := t.TempDir(), t.TempDir()
	list, script := filepath.Join(own, "pids"), filepath.Join(own, "server")
	text := "#!/bin/sh\necho $$ >>'" + list + "'\nexec '" + binary + "' \"$@\"\n"
	if err := os.WriteFile(script, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", dir)
	t.Setenv("REPRISE_REDIS_SERVER", script)
	return func() int {
		t.Helper()
		pids, err := os.ReadFile(list)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for word := range strings.FieldsSeq(string(pids)) {
			n++
			pid, err := strconv.Atoi(word)
			if err != nil {
				t.Fatal(err)
			}
			if p, err := os.FindProcess(pid); err == nil && p.Signal(syscall.Signal(0)) == nil {
				t.Errorf("process %d is left", pid)
			}
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("left in %s: %v, %v", dir, left, err)
		}
		return n
	}
}

// TestRun holds what is true on any machine, however busy.
func TestRun(t *testing.T) {
	started := servers(t)
	var steps atomic.Int64
	c := Config{For: 5 * time.Second, Progress: func() { steps.Add(1) }}
	r, err := Run(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if n := started(); n < 2*masters {
		t.Errorf("%d servers", n)
	}
	if got := steps.Load(); got != 50 {
		t.Errorf("%d steps", got)
	}
	if r.Killed < lead || r.Promoted <= r.Killed || r.End < c.For || r.End < r.Promoted+tail || len(r.Rows) != 2 {
		t.Fatalf("%+v", r)
	}
	for _, row := range r.Rows {
		inTime := 0
		for i, n := range row.Timeline {
			inTime += n + row.Elsewhere[i]
		}
		if row.Succeeded+row.Failed != row.Operations || inTime > row.Succeeded || inTime == 0 {
			t.Errorf("sums are wrong: %+v", row)
		}
		// A second or more after the kill, and before there is another master.
		if n := row.Timeline[r.Promoted/Step-1]; n > 0 {
			t.Errorf("%s: %d operations succeeded without a master", row.Client, n)
		}
		if row.Gap == 0 || row.Dials == 0 || row.Increments == 0 {
			t.Errorf("%+v", row)
		}
	}
	alone, reprise := r.Rows[0], r.Rows[1]
	if alone.Failed == 0 {
		t.Errorf("go-redis alone: %+v", alone)
	}
	// An INCR that was cut off by the kill fails, and rightly.
	if reprise.Twice != 0 || reprise.Failed != reprise.FailedUnsure || reprise.Back == nil || reprise.Maps == 0 {
		t.Errorf("Reprise: %+v", reprise)
	}
}

func TestRunInterrupted(t *testing.T) {
	started := servers(t)
	enough := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	c := Default()
	c.Progress = func() { cancel(enough) }
	if _, err := Run(ctx, c); err != enough { //nolint:errorlint // the cause itself
		t.Errorf("Run() = %v, want the cause", err)
	}
	if n := started(); n < 2*masters {
		t.Errorf("%d servers", n)
	}
}
