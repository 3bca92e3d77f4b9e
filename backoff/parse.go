package backoff

import (
	"fmt"
	"strings"
)

// grammar is what [Parse] reads, for its doc and its errors.
const grammar = "none, constant(delay), linear(base,cap), fibonacci(base,cap), exponential(base,cap,factor), " +
	"sequence(delay,…), decorrelated(base,cap), full(strategy), equal(strategy), spread(strategy,fraction), cap(strategy,max)"

// maxNesting bounds the recursion on a stranger's text. Real ones nest three deep.
const maxNesting = 32

// ParseError says what is wrong with a text, and where.
type ParseError struct {
	Text    string // all of it
	Offset  int    // of the first byte that is wrong, from 0
	Problem string // what is wrong there and what is allowed
}

// Error names the text, the place and the problem.
func (e *ParseError) Error() string {
	return fmt.Sprintf("backoff: cannot read %q at offset %d: %s", e.Text, e.Offset, e.Problem)
}

// Parse reads the text form of a strategy, the one that String methods here write:
//
//	none                           sequence(delay,delay,…)
//	constant(delay)                decorrelated(base,cap)
//	linear(base,cap)               full(strategy)
//	fibonacci(base,cap)            equal(strategy)
//	exponential(base,cap,factor)   spread(strategy,fraction)
//	                               cap(strategy,max)
//
// Durations are written as for [time.ParseDuration]; "uncapped" is [Uncapped]. Base, cap and
// factor may be left out from the end, with the brackets if nothing remains, or be
// "default". Spaces may stand around names and arguments. Wrappers nest up to 32 deep.
// The strategy has passed [Validate]. An error is a [*ParseError].
func Parse(text string) (Strategy, error) {
	p := parser{text: text}
	s := p.strategy(0)
	p.space()
	if p.err == nil && p.at < len(text) {
		p.fail(p.at, "unexpected %q after the strategy", text[p.at:])
	}
	if p.err != nil {
		return nil, p.err
	}
	return s, nil
}

// parser reads from left to right and stops at the first error.
type parser struct {
	text string
	at   int
	err  *ParseError
}

func (p *parser) fail(at int, format string, args ...any) {
	if p.err == nil {
		p.err = &ParseError{p.text, at, fmt.Sprintf(format, args...)}
	}
}

func (p *parser) space() {
	for p.at < len(p.text) && p.text[p.at] == ' ' {
		p.at++
	}
}

// word reads up to the next bracket, comma or end.
func (p *parser) word() (word string, at int) {
	p.space()
	at = p.at
	if n := strings.IndexAny(p.text[at:], "(),"); n >= 0 {
		p.at += n
	} else {
		p.at = len(p.text)
	}
	return strings.TrimRight(p.text[at:p.at], " "), at
}

// next reads the byte c if it comes next.
func (p *parser) next(c byte) bool {
	p.space()
	if p.err != nil || p.at >= len(p.text) || p.text[p.at] != c {
		return false
	}
	p.at++
	return true
}

// strategy reads a name and its arguments, and validates the outcome.
func (p *parser) strategy(depth int) Strategy {
	name, at := p.word()
	if depth > maxNesting {
		p.fail(at, "nested more than %d deep", maxNesting)
		return nil
	}
	a := &arguments{parser: p, open: p.next('(')}
	s := a.build(name, at, depth)
	a.end()
	if p.err == nil {
		if err := Validate(s); err != nil {
			p.fail(at, "%s", strings.TrimPrefix(err.Error(), "backoff: "))
		}
	}
	return s
}
