// Package redissyntax draws Redis commands from templates in the manner of Redis' documentation. It knows nothing of what
// they do.
package redissyntax

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"
)

// Syntax is a template of commands, of tokens with spaces between them:
//
//	SET            a word
//	<key>          a hole, filled from a vocabulary
//	[ NX | XX ]    at most one of the alternatives
//	( GET | SET )  exactly one of them
//	<el>+  (…)+    one to three times
type Syntax struct{ parts seq }

// Draw draws one command. It panics if a hole is not in the vocabulary.
func (s Syntax) Draw(t *rapid.T, v Vocabulary) []string { return s.parts.emit(t, v, nil) }

// Holes returns the names of the holes, in their order.
func (s Syntax) Holes() []string { return s.parts.holes(nil) }

// MustParse is Parse for constants. It panics on a bad template.
func MustParse(text string) Syntax {
	s, err := Parse(text)
	if err != nil {
		panic(err)
	}
	return s
}

// part is a part of a template. emit draws words from it.
type part interface {
	emit(t *rapid.T, v Vocabulary, out []string) []string
	holes(out []string) []string
}

type (
	word   string
	hole   string
	seq    []part
	choice struct {
		alternatives []seq
		optional     bool
	}
	many struct{ what part }
)

// Vocabulary fills holes, by name.
type Vocabulary map[string]func(*rapid.T) []string

func (w word) emit(_ *rapid.T, _ Vocabulary, out []string) []string {
	return append(out, string(w))
}

func (h hole) emit(t *rapid.T, v Vocabulary, out []string) []string {
	return append(out, v[string(h)](t)...)
}

func (s seq) emit(t *rapid.T, v Vocabulary, out []string) []string {
	for _, part := range s {
		out = part.emit(t, v, out)
	}
	return out
}

func (c choice) emit(t *rapid.T, v Vocabulary, out []string) []string {
	if c.optional {
		// 0, to which rapid shrinks, is none of them.
		if i := rapid.IntRange(0, len(c.alternatives)).Draw(t, "option"); i > 0 {
			return c.alternatives[i-1].emit(t, v, out)
		}
		return out
	}
	return c.alternatives[rapid.IntRange(0, len(c.alternatives)-1).Draw(t, "alternative")].emit(t, v, out)
}

func (m many) emit(t *rapid.T, v Vocabulary, out []string) []string {
	for range rapid.IntRange(1, 3).Draw(t, "times") {
		out = m.what.emit(t, v, out)
	}
	return out
}

func (w word) holes(out []string) []string { return out }
func (h hole) holes(out []string) []string { return append(out, string(h)) }
func (m many) holes(out []string) []string { return m.what.holes(out) }

func (s seq) holes(out []string) []string {
	for _, part := range s {
		out = part.holes(out)
	}
	return out
}

func (c choice) holes(out []string) []string {
	for _, alternative := range c.alternatives {
		out = alternative.holes(out)
	}
	return out
}

// Parse parses a template.
func Parse(text string) (Syntax, error) {
	s, rest, err := parseSeq(strings.Fields(text))
	switch {
	case err != nil:
		return Syntax{}, fmt.Errorf("%w in %q", err, text)
	case len(rest) != 0:
		return Syntax{}, fmt.Errorf("unexpected %q in %q", rest[0], text)
	}
	return Syntax{s}, nil
}

func parseSeq(tokens []string) (s seq, rest []string, err error) {
	for len(tokens) > 0 {
		token := tokens[0]
		switch {
		case token == "[" || token == "(":
			var p part
			if p, tokens, err = parseChoice(tokens); err != nil {
				return nil, nil, err
			}
			s = append(s, p)
		case token == "|" || token == "]" || token == ")" || token == ")+":
			return s, tokens, nil
		case strings.HasPrefix(token, "<") && strings.HasSuffix(token, ">+"):
			s = append(s, many{hole(token[1 : len(token)-2])})
		case strings.HasPrefix(token, "<") && strings.HasSuffix(token, ">"):
			s = append(s, hole(token[1:len(token)-1]))
		default:
			s = append(s, word(token))
		}
		tokens = tokens[1:]
	}
	return s, nil, nil
}

// parseChoice reads alternatives up to the bracket that ends them, which it leaves as the first of the rest.
func parseChoice(tokens []string) (p part, rest []string, err error) {
	opened := tokens[0]
	var c choice
	for {
		var alternative seq
		if alternative, tokens, err = parseSeq(tokens[1:]); err != nil {
			return nil, nil, err
		}
		c.alternatives = append(c.alternatives, alternative)
		if len(tokens) == 0 || tokens[0] != "|" {
			break
		}
	}
	c.optional = opened == "["
	switch {
	case len(tokens) == 0:
		return nil, nil, fmt.Errorf("%q without its end", opened)
	case c.optional && tokens[0] == "]", !c.optional && tokens[0] == ")":
		return c, tokens, nil
	case !c.optional && tokens[0] == ")+":
		return many{c}, tokens, nil
	}
	return nil, nil, fmt.Errorf("%q ended by %q", opened, tokens[0])
}

// Pick fills a hole with one of the words.
func Pick(words ...string) func(*rapid.T) []string {
	return func(t *rapid.T) []string { return []string{rapid.SampledFrom(words).Draw(t, "word")} }
}

// Between fills a hole with a number, low and high included.
func Between(low, high int) func(*rapid.T) []string {
	return func(t *rapid.T) []string {
		return []string{fmt.Sprint(rapid.IntRange(low, high).Draw(t, "number"))}
	}
}
