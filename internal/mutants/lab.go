package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// fate is what became of an edit.
type fate string

const (
	killed   fate = "killed"
	timedOut fate = "timed out"
	survived fate = "SURVIVED"
	broken   fate = "BROKEN" // it says nothing: it does not apply or compile
)

// outcome is a fate and what led to it: the test that failed, for example.
type outcome struct {
	fate   fate
	detail string
}

// lab runs tests on the tree with an edit laid over it.
type lab struct {
	root string
	dir  string                   // for the edited files
	took map[string]time.Duration // the tests of a suite, unedited
}

// leastTimeout is how long tests may take at least before they count as hanging. An edit can make a loop endless; a busy
// machine makes everything slow.
const leastTimeout = 45 * time.Second

// baselines runs the tests of all suites on the tree as it is: what fails there says nothing about edits.
func (l *lab) baselines(ctx context.Context, w io.Writer, all []mutant) error {
	for _, m := range all {
		for _, s := range m.tests {
			if _, known := l.took[s.pkg]; known {
				continue
			}
			begun := time.Now()
			out, err := l.test(ctx, "baseline", s, "", 10*time.Minute)
			if err != nil {
				return fmt.Errorf("%s fails without any edit: %w\n%s", s.pkg, err, out)
			}
			l.took[s.pkg] = time.Since(begun)
			fmt.Fprintf(w, "%-10s %s in %.1fs\n", "passes", s.pkg, l.took[s.pkg].Seconds())
		}
	}
	return nil
}

// try has the tests look at one edit.
func (l *lab) try(ctx context.Context, number int, m mutant) outcome {
	edited, err := m.apply(l.root)
	if err != nil {
		return outcome{broken, err.Error()}
	}
	overlay, err := l.overlay(number, m.file, edited)
	if err != nil {
		return outcome{broken, err.Error()}
	}
	for _, s := range m.tests {
		out, err := l.test(ctx, strconv.Itoa(number), s, overlay, max(leastTimeout, 5*l.took[s.pkg]))
		if err == nil {
			continue
		}
		if errors.Is(err, errBuild) {
			return outcome{broken, fmt.Sprintf("%v\n%s", err, out)}
		}
		return judge(out, err)
	}
	return outcome{survived, "no test fails"}
}

// overlay writes what go test -overlay reads, and returns its name.
func (l *lab) overlay(number int, file, edited string) (string, error) {
	path := filepath.Join(l.dir, fmt.Sprintf("%d.go", number))
	list, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(l.root, file): path}})
	if err != nil {
		return "", err
	}
	name := filepath.Join(l.dir, fmt.Sprintf("%d.json", number))
	return name, errors.Join(os.WriteFile(path, []byte(edited), 0o600), os.WriteFile(name, list, 0o600))
}

// errBuild is the error of tests that do not compile.
var errBuild = errors.New("it does not compile")

// memory is how many KiB a test may have. An edit can make a loop endless, and what it notes down fill the machine.
const memory = 4 << 20

// test runs a suite and returns what it printed.
func (l *lab) test(ctx context.Context, name string, s suite, overlay string, timeout time.Duration) (string, error) {
	binary := filepath.Join(l.dir, name+".test")
	defer os.Remove(binary)
	build := exec.CommandContext(ctx, "go", "test", "-c", "-vet=off", "-o", binary, "-overlay", overlay, s.pkg)
	build.Dir = l.root
	if out, err := build.CombinedOutput(); err != nil {
		return string(out), fmt.Errorf("%w: %w", errBuild, err)
	}
	// The binary ends by itself at its timeout, unless it cannot. It is run by itself, since the go command would leave it
	// behind.
	ctx, cancel := context.WithTimeout(ctx, timeout+20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", fmt.Sprintf("ulimit -v %d 2>/dev/null; exec \"$0\" \"$@\"", memory),
		binary, "-test.failfast", "-test.timeout", timeout.String(), "-test.skip", s.skip)
	cmd.Dir = filepath.Join(l.root, s.pkg)
	// What rapid finds is not to be found again; and a test that is skipped for want of a server notices nothing.
	cmd.Env = append(os.Environ(), "RAPID_NOFAILFILE=true", "REPRISE_REQUIRE_REDIS=1")
	cmd.WaitDelay = time.Second
	// A test that ends by its timeout, or by a panic, leaves its servers behind.
	defer grouped(cmd)()
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return string(out) + "\npanic: test timed out, and did not end\n", err
	}
	return string(out), err
}

var (
	failedTest  = regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+)`)
	runningTest = regexp.MustCompile(`running tests:\n\s+(\S+)`)
	panicked    = regexp.MustCompile(`(?m)^(panic: .*|fatal error: .*|runtime: .*)$`)
	namedTest   = regexp.MustCompile(`\.((?:Test|Example|Fuzz)\w+)`)
)

// judge reads the output of tests that failed.
func judge(out string, err error) outcome {
	first := func(of *regexp.Regexp) string {
		if found := of.FindStringSubmatch(out); found != nil {
			return found[1]
		}
		return ""
	}
	switch {
	case first(failedTest) != "":
		return outcome{killed, first(failedTest)}
	case strings.Contains(out, "panic: test timed out"):
		return outcome{timedOut, first(runningTest)}
	case first(panicked) != "":
		return outcome{killed, strings.TrimSpace(first(namedTest) + " " + first(panicked))}
	}
	return outcome{broken, fmt.Sprintf("%v\n%s", err, out)}
}
