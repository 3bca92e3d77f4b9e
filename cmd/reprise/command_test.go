package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"regexp"
	"strings"
	"testing"

	"github.com/alicebob/miniredis/v2"

	"github.com/reprise-go/reprise/internal/demo"
)

// reprise runs a command line.
func reprise(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	status = run(t.Context(), args, &out, &errs)
	return status, out.String(), errs.String()
}

func TestUsage(t *testing.T) {
	for _, tt := range []struct {
		args   []string
		status int
		stdout string
		stderr string
	}{
		{nil, exitUsage, "", "Usage:"},
		{[]string{"help"}, exitOK, "reprise demo", ""},
		{[]string{"--help"}, exitOK, "reprise demo", ""},
		{[]string{"demo", "-h"}, exitOK, "-cut-after rate", ""},
		{[]string{"demo", "-cluster", "-h"}, exitOK, "reprise demo -cluster [-for duration] [-json]", ""},
		{[]string{"dmeo"}, exitUsage, "", `reprise: unknown command "dmeo"; allowed: demo, help` + "\n"},
	} {
		status, stdout, stderr := reprise(t, tt.args...)
		if status != tt.status || !strings.Contains(stdout, tt.stdout) || !strings.Contains(stderr, tt.stderr) ||
			(stdout == "") != (tt.stdout == "") || (stderr == "") != (tt.stderr == "") {
			t.Errorf("reprise %q: status %d\n%s\n%s", tt.args, status, stdout, stderr)
		}
	}
}

func TestBadFlags(t *testing.T) {
	for args, want := range map[string]string{
		"-ops 0":                       `invalid value "0" for flag -ops: allowed: 1 to 1000000`,
		"-ops many":                    `invalid value "many" for flag -ops: allowed: 1 to 1000000`,
		"-seed -1":                     `invalid value "-1" for flag -seed: allowed: 0 to 18446744073709551615`,
		"-refuse 1.1":                  `invalid value "1.1" for flag -refuse: allowed: 0 to 1`,
		"-cut-before NaN":              `invalid value "NaN" for flag -cut-before: allowed: 0 to 1`,
		"-cut-after x":                 `invalid value "x" for flag -cut-after: allowed: 0 to 1`,
		"-cut-reply -0.1":              `invalid value "-0.1" for flag -cut-reply: allowed: 0 to 1`,
		"-loading 2":                   `invalid value "2" for flag -loading: allowed: 0 to 1`,
		"-cut-after 0.75 -loading 0.5": `flags -cut-before, -cut-after, -cut-reply and -loading sum to 1.265; allowed: at most 1`,
		"-latency -1s":                 `invalid value "-1s" for flag -latency: allowed: 0s to 1h0m0s`,
		"-latency 2s":                  `flag -latency is 2s; allowed: less than -timeout, which is 2s`,
		"-timeout 0":                   `invalid value "0" for flag -timeout: allowed: 10ms to 1h0m0s`,
		"-addr nowhere":                `invalid value "nowhere" for flag -addr; allowed: host:port`,
		"-db 1":                        `flag -db is given without -addr; allowed: with -addr`,
		"-password x":                  `flag -password is given without -addr; allowed: with -addr`,
		"-for 6s":                      `flag -for is given without -cluster; allowed: with -cluster`,
		"-cluster -for 1s":             `invalid value "1s" for flag -for: allowed: 5s to 2m0s`,
		"-cluster -for 121s":           `invalid value "121s" for flag -for: allowed: 5s to 2m0s`,
		"-cluster -ops 7":              `flag -ops is given with -cluster; allowed: without -cluster`,
		"-cluster -refuse 0":           `flag -refuse is given with -cluster; allowed: without -cluster`,
		"-addr db:1 -json -cluster":    `flag -addr is given with -cluster; allowed: without -cluster`,
		"-cluster -timeout 1s -for 9s": `flag -timeout is given with -cluster; allowed: without -cluster`,
		"-cluster 9s":                  `unexpected argument "9s"; allowed: flags only, see -h`,
		"-nope":                        `flag provided but not defined: -nope`,
		"twice":                        `unexpected argument "twice"; allowed: flags only, see -h`,
	} {
		status, stdout, stderr := reprise(t, append([]string{"demo"}, strings.Fields(args)...)...)
		if want := "reprise demo: " + want + "\n"; status != exitUsage || stdout != "" || stderr != want {
			t.Errorf("reprise demo %s: status %d, %q, stderr\n%s, want\n%s", args, status, stdout, stderr, want)
		}
	}
}

// times matches what differs between two runs of one seed.
var times = regexp.MustCompile(` *[0-9.]+ ms| +(p50|p99|slowest)`)

func TestDemo(t *testing.T) {
	t.Parallel()
	args := []string{"demo", "-ops", "100", "-seed", "5", "-cut-after", "0.05", "-timeout", "20s"}
	status, stdout, stderr := reprise(t, args...)
	if status != exitOK {
		t.Fatalf("status %d: %s", status, stderr)
	}
	const progress = "4 clients, 100 operations each, seed 5\n25 % done\n50 % done\n75 % done\n100 % done\n"
	if stderr != progress {
		t.Errorf("stderr %q, want %q", stderr, progress)
	}
	for _, want := range append(demo.Clients(), "seed 5, a Redis in this process", "executed twice", "p50",
		"Acknowledged but not executed: 0 of ") {
		if !strings.Contains(stdout, want) {
			t.Errorf("no %q in\n%s", want, stdout)
		}
	}
	_, again, _ := reprise(t, args...)
	if one, two := times.ReplaceAllString(stdout, ""), times.ReplaceAllString(again, ""); one != two {
		t.Errorf("one seed, two tables:\n%s\n%s", one, two)
	}
}

func TestDemoJSON(t *testing.T) {
	t.Parallel()
	status, stdout, stderr := reprise(t, "demo", "-ops", "10", "-json", "-seed", "3")
	if status != exitOK {
		t.Fatalf("status %d: %s", status, stderr)
	}
	var r demo.Report
	if err := json.Unmarshal([]byte(stdout), &r); err != nil {
		t.Fatal(err)
	}
	if r.Seed != 3 || len(r.Rows) != len(demo.Clients()) || r.Rows[0].Operations != 10 || r.Rows[0].Slowest <= 0 {
		t.Errorf("report %+v", r)
	}
}

func TestDemoAddr(t *testing.T) {
	s := miniredis.RunT(t)
	s.RequireUserAuth("app", "secret")
	if err := s.DB(3).Set("mine", "1"); err != nil {
		t.Fatal(err)
	}
	t.Setenv("REDISCLI_AUTH", "secret")
	status, stdout, stderr := reprise(t, "demo", "-ops", "20", "-addr", s.Addr(), "-username", "app", "-db", "3")
	if status != exitOK || !strings.Contains(stdout, "Redis at "+s.Addr()) {
		t.Errorf("status %d\n%s\n%s", status, stdout, stderr)
	}
	if keys := s.DB(3).Keys(); len(keys) != 1 || keys[0] != "mine" {
		t.Errorf("keys %q are left, want the foreign one", keys)
	}
	if strings.Contains(stdout+stderr, "secret") {
		t.Error("the password is printed")
	}
}

func TestDemoUnreachable(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	_ = l.Close()
	status, stdout, stderr := reprise(t, "demo", "-addr", addr)
	want := "reprise demo: cannot reach Redis at " + addr + ": dial tcp " + addr + ": connect: connection refused\n"
	if status != exitFailed || stdout != "" || stderr != want {
		t.Errorf("status %d, %q, %q, want %q", status, stdout, stderr, want)
	}
}

func TestDemoInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	var out bytes.Buffer
	// The first line of progress is a moment when the run is on its way.
	errs := &trigger{fire: cancel}
	status := run(ctx, []string{"demo", "-ops", "100000"}, &out, errs)
	if status != exitInterrupted || out.Len() != 0 || !strings.HasSuffix(errs.String(), "reprise demo: context canceled\n") {
		t.Errorf("status %d, %q, %q", status, out.String(), errs.String())
	}
}

// trigger is a buffer that calls fire at each write.
type trigger struct {
	bytes.Buffer
	fire func()
}

func (w *trigger) Write(b []byte) (int, error) {
	w.fire()
	return w.Buffer.Write(b)
}

func TestDemoServerLost(t *testing.T) {
	t.Parallel()
	s := miniredis.RunT(t)
	addr := s.Addr()
	var out bytes.Buffer
	errs := &trigger{fire: s.Close}
	status := run(t.Context(), []string{"demo", "-ops", "1000", "-addr", addr}, &out, errs)
	lines := strings.Split(strings.TrimSpace(errs.String()), "\n")
	last := lines[len(lines)-1]
	if status != exitFailed || !strings.HasPrefix(last, "reprise demo: cannot reach Redis at "+addr) ||
		!strings.Contains(last, "; keys named reprise:demo:{") {
		t.Errorf("status %d, last line %q", status, last)
	}
}
