package policy

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// Variable is the environment variable that [Live.Env] and [FromEnv] read.
const Variable = "REPRISE_POLICY"

// FromEnv returns the policy that REPRISE_POLICY holds, as [Parse] reads it, and otherwise r, if the variable is not set
// or is empty. Where the text says no budget, and for Classify and Observe, which it cannot say, the policy has r's. An
// error names the variable, and r comes back with it.
func FromEnv(r Retry) (Retry, error) {
	live, err := NewLive(r)
	if err != nil {
		return r, err
	}
	if err := live.Env(); err != nil {
		return r, err
	}
	if live.IsOff() {
		r.Retries = 0
		return r, nil
	}
	now := *live.Load()
	now.off, now.digest = nil, ""
	return now, nil
}

// Env sets the policy to what REPRISE_POLICY holds, as [Live.Set] does. If the variable is not set or is empty, the policy
// stays as it is. An error names the variable.
func (l *Live) Env() error {
	text := os.Getenv(Variable)
	if text == "" {
		return nil
	}
	if err := l.Set(text); err != nil {
		return fmt.Errorf("policy: %s: %w", Variable, err)
	}
	return nil
}

// mostBytes of a file are more than any policy has.
const mostBytes = 1 << 16

// File sets the policy to what a file holds, as [Live.Set] does. The fields may stand on lines of their own, and lines
// that begin with # are for the reader. An error names the file, and the policy stays as it is.
func (l *Live) File(name string) error {
	text, err := readPolicy(name)
	if err != nil {
		return err
	}
	return l.fromFile(name, text)
}

func (l *Live) fromFile(name, text string) error {
	if err := l.Set(text); err != nil {
		return fmt.Errorf("policy: file %q: %w", name, err)
	}
	return nil
}

// readPolicy returns the text in a file, as one line.
func readPolicy(name string) (string, error) {
	file, err := os.Open(name) //nolint:gosec // whose name it is knows what it is
	if err != nil {
		return "", fmt.Errorf("policy: %w", err)
	}
	defer func() { _ = file.Close() }()
	content, err := io.ReadAll(io.LimitReader(file, mostBytes+1)) // whatever Stat says: a pipe has no size
	if err != nil {
		return "", fmt.Errorf("policy: %w", err)
	}
	if len(content) > mostBytes {
		return "", fmt.Errorf("policy: file %q has more than %d bytes; allowed: %d at most", name, mostBytes, mostBytes)
	}
	var lines []string
	for line := range strings.Lines(string(content)) {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	return strings.TrimSpace(strings.Join(lines, " ")), nil
}

// Watch reads a file as [Live.File] does, now and whenever another time every has passed, and changes the policy when
// what it says has changed, until ctx ends. report is told of each change, with a nil error, and of each thing that is
// wrong, once until something else is; nil means nobody is. every must be more than 0.
func (l *Live) Watch(ctx context.Context, name string, every time.Duration, report func(error)) error {
	if every <= 0 {
		return invalid("Watch: every", every, "more than 0")
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	last, wrong := "\n", "" // no text has a line's end
	var refused error       // what is wrong with the last text
	for {
		text, err := readPolicy(name)
		fresh := err == nil && text != last
		if fresh {
			last, refused = text, l.fromFile(name, text)
		}
		if err == nil {
			err = refused
		}
		said := fmt.Sprint(err)
		if report != nil && (fresh || err != nil && said != wrong) {
			report(err)
		}
		wrong = said
		select {
		case <-tick.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
