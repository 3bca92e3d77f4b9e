package backoff

import (
	"strconv"
	"strings"
	"time"
)

// arguments reads the bracketed part of one strategy.
type arguments struct {
	*parser
	open bool // a bracket was opened and not yet closed
	read int
}

func (a *arguments) build(name string, at, depth int) Strategy {
	switch name {
	case "none":
		return NoBackoff{}
	case "constant":
		return Constant(a.required("delay"))
	case "linear":
		return Linear{a.optional(), a.optional()}
	case "fibonacci":
		return Fibonacci{a.optional(), a.optional()}
	case "exponential":
		return Exponential{a.optional(), a.optional(), a.factor()}
	case "sequence":
		delays := []time.Duration{a.required("delay")}
		for a.more() {
			delays = append(delays, a.duration())
		}
		return NewSequence(delays...)
	case "decorrelated":
		return Decorrelated{a.optional(), a.optional()}
	case "full":
		return Full(a.inner(depth))
	case "equal":
		return Equal(a.inner(depth))
	case "spread":
		return Spread(a.inner(depth), a.number("fraction"))
	case "cap":
		return Cap(a.inner(depth), a.required("max"))
	}
	a.fail(at, "unknown strategy %q; allowed: %s", name, grammar)
	return nil
}

// more reports whether another argument follows, and stands at its first byte.
func (a *arguments) more() bool {
	if !a.open || a.err != nil {
		return false
	}
	a.space()
	if strings.HasPrefix(a.text[a.at:], ")") {
		return false
	}
	if a.read > 0 && !a.next(',') {
		return false
	}
	a.read++
	return true
}

// must is more for an argument that may not be left out.
func (a *arguments) must(name string) bool {
	if !a.more() {
		a.fail(a.at, "%s is missing", name)
	}
	return a.err == nil
}

// end reads the closing bracket.
func (a *arguments) end() {
	if a.open && a.err == nil && !a.next(')') {
		a.fail(a.at, "expected )")
	}
}

func (a *arguments) duration() time.Duration {
	word, at := a.word()
	if word == uncapped {
		return Uncapped
	}
	d, err := time.ParseDuration(word)
	if err != nil {
		a.fail(at, "%q is not a duration; allowed: 8ms, 1.5s, 2m, uncapped …", word)
	}
	return d
}

func (a *arguments) required(name string) time.Duration {
	if !a.must(name) {
		return 0
	}
	return a.duration()
}

// unsaid reports whether the argument is missing or "default".
func (a *arguments) unsaid() bool {
	if !a.more() {
		return true
	}
	before := a.at
	if word, _ := a.word(); word == unsaid {
		return true
	}
	a.at = before
	return false
}

func (a *arguments) optional() time.Duration {
	if a.unsaid() {
		return 0
	}
	at := a.at
	d := a.duration()
	if d == 0 {
		// In a field 0 means the default, which is not what the text says.
		a.fail(at, "0 is not a base or cap; allowed: more than 0, default")
	}
	return d
}

func (a *arguments) inner(depth int) Strategy {
	if !a.must("strategy") {
		return nil
	}
	return a.strategy(depth + 1)
}

func (a *arguments) number(name string) float64 {
	if !a.must(name) {
		return 0
	}
	word, at := a.word()
	x, err := strconv.ParseFloat(word, 64)
	if err != nil {
		a.fail(at, "%s %q is not a number", name, word)
	}
	return x
}

func (a *arguments) factor() float64 {
	if a.unsaid() {
		return 0
	}
	word, at := a.word()
	x, err := strconv.ParseFloat(word, 64)
	if err != nil || x == 0 {
		a.fail(at, "factor %q is not a number from 1 up", word)
	}
	return x
}
