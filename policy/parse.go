package policy

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
)

// ParseError says what is wrong with a text, and where.
type ParseError struct {
	Text    string // all of it
	Offset  int    // of the first byte that is wrong, from 0
	Problem string // what is wrong there and what is allowed
}

// Error names the text, the place and the problem.
func (e *ParseError) Error() string {
	return fmt.Sprintf("policy: cannot read %q at offset %d: %s", e.Text, e.Offset, e.Problem)
}

// Parse reads the text form of a policy, which [Retry.String] writes: fields of the form
// name=value with spaces between, in any order, each at most once.
//
//	retries=3               or unlimited; must be said
//	backoff=…               as backoff.Parse reads it
//	on=timeout,connection   kinds of error
//	replay=convergent       read_only, idempotent, convergent or accumulating
//	max_elapsed=10s         a duration
//	attempt_timeout=500ms   a duration
//	min_attempt=50ms        a duration
//	inform=true             or false
//	budget=500,5,10,1,none  Capacity, Cost, OverloadCost, Refund, Floor (or none), keep; a bucket of its own
//
// The policy has passed [Retry.Validate]. An error is a [*ParseError].
func Parse(text string) (Retry, error) {
	p := parser{text: text, seen: map[string]bool{}}
	for p.err == nil && p.next() {
		p.field()
	}
	if p.err == nil && !p.seen["retries"] {
		p.fail(len(text), "retries is missing; allowed: retries=unlimited, retries=0 or more")
	}
	if p.err == nil {
		if err := p.retry.Validate(); err != nil { // of fields that do not go together
			p.fail(0, "%s", strings.ReplaceAll(err.Error(), "policy: ", ""))
		}
	}
	if p.err != nil {
		return Retry{}, p.err
	}
	return p.retry, nil
}

// parser reads field by field and stops at the first error.
type parser struct {
	text  string
	start int // of the field
	at    int // of its end
	seen  map[string]bool
	retry Retry
	err   *ParseError
}

func (p *parser) fail(at int, format string, args ...any) {
	if p.err == nil {
		p.err = &ParseError{p.text, at, fmt.Sprintf(format, args...)}
	}
}

// next finds the next field: up to a space outside brackets.
func (p *parser) next() bool {
	for p.at < len(p.text) && p.text[p.at] == ' ' {
		p.at++
	}
	p.start = p.at
	for depth := 0; p.at < len(p.text); p.at++ {
		switch c := p.text[p.at]; {
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == ' ' && depth <= 0:
			return true
		}
	}
	return p.at > p.start
}

const fieldNames = "retries, backoff, on, replay, max_elapsed, attempt_timeout, min_attempt, inform, budget"

func (p *parser) field() {
	name, value, ok := strings.Cut(p.text[p.start:p.at], "=")
	if !ok {
		p.fail(p.start, "%q is not name=value; allowed names: %s", name, fieldNames)
		return
	}
	if p.seen[name] {
		p.fail(p.start, "%s is said twice", name)
		return
	}
	p.seen[name] = true
	at := p.start + len(name) + 1
	switch name {
	case "retries":
		p.retry.Retries = p.retries(value, at)
	case "backoff":
		p.retry.Backoff = p.backoff(value, at)
	case "on":
		p.retry.On = p.kinds(value, at)
	case "replay":
		p.retry.Replay = p.replay(value, at)
	case "max_elapsed":
		p.retry.MaxElapsed = p.duration(value, at)
	case "attempt_timeout":
		p.retry.AttemptTimeout = p.duration(value, at)
	case "min_attempt":
		p.retry.MinAttempt = p.duration(value, at)
	case "inform":
		p.retry.Inform = value == "true"
		if value != "true" && value != "false" {
			p.fail(at, "inform %q; allowed: true, false", value)
		}
	case "budget":
		p.retry.Budget = p.budget(value, at)
	case "classify":
		p.fail(p.start, "classify is a function and has no text form; set it in the program")
	default:
		p.fail(p.start, "unknown field %q; allowed: %s", name, fieldNames)
	}
}

func (p *parser) retries(value string, at int) int {
	if value == "unlimited" {
		return Unlimited
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 {
		p.fail(at, "retries %q; allowed: unlimited, or a number from 0 up", value)
	}
	return n
}

func (p *parser) backoff(value string, at int) backoff.Strategy {
	s, err := backoff.Parse(value)
	if wrong := (*backoff.ParseError)(nil); errors.As(err, &wrong) {
		p.fail(at+wrong.Offset, "%s", wrong.Problem)
	}
	return s
}

func (p *parser) kinds(value string, at int) []classify.Kind {
	var kinds []classify.Kind
	for name := range strings.SplitSeq(value, ",") {
		k := classify.Kind(name)
		if !slices.Contains(knownKinds, k) {
			p.fail(at, "unknown kind %q; allowed: %s", name, kindNames())
		}
		kinds = append(kinds, k)
		at += len(name) + 1
	}
	return kinds
}

func (p *parser) replay(value string, at int) classify.Replay {
	rung, err := classify.ParseReplay(value)
	if err != nil || rung == classify.Never {
		p.fail(at, "replay %q; allowed: read_only, idempotent, convergent, accumulating", value)
	}
	return rung
}

func (p *parser) duration(value string, at int) time.Duration {
	d, err := time.ParseDuration(value)
	if err != nil || d <= 0 {
		p.fail(at, "%q is not a duration above 0; allowed: 500ms, 10s, 1m30s …; leave the field out for none", value)
	}
	return d
}

func (p *parser) budget(value string, at int) *Budget {
	b := &Budget{}
	fields := []*int{&b.Capacity, &b.Cost, &b.OverloadCost, &b.Refund, &b.Floor}
	values := strings.Split(value, ",")
	start := at
	for i, v := range values {
		n, err := strconv.Atoi(v)
		switch {
		case i == len(fields) && v == "keep" && i == len(values)-1:
			b.Keep = true
			continue
		case i >= len(fields):
			p.fail(at, "budget %q goes on with %q; allowed: 1 to 5 numbers: Capacity, Cost, OverloadCost, Refund, Floor, and then keep", value, v)
			return nil
		case i == len(fields)-1 && v == "none":
			n = NoFloor
		case err != nil || n < 0:
			p.fail(at, "budget number %q; allowed: 0 (the default) or more", v)
		}
		*fields[i] = n
		at += len(v) + 1
	}
	if err := b.Validate(); err != nil {
		p.fail(start, "%s", strings.TrimPrefix(err.Error(), "policy: "))
	}
	return b
}
