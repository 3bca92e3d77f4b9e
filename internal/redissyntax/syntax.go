// Package redissyntax draws Redis commands from templates in the manner of Redis' documentation. It knows nothing of what
// they do, so that the tests of package classify can use it too.
package redissyntax

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"
)

// Syntax is a template of commands, of tokens with spaces between them:
//
//	SET            a word
//	<key>          a hole, filled from a small vocabulary
//	[ NX | XX ]    at most one of the alternatives
//	( GET | SET )  exactly one of them
//	<el>+  (…)+    one to three times
type Syntax struct{ parts seq }

// Parse parses a template. It panics on a bad one: templates are constants.
func Parse(text string) Syntax {
	s, rest := parseSeq(strings.Fields(text))
	if len(rest) != 0 {
		panic(fmt.Sprintf("unexpected %q in %q", rest[0], text))
	}
	return Syntax{s}
}

// Draw draws one command. It panics if a hole is not in the vocabulary.
func (s Syntax) Draw(t *rapid.T, v Vocabulary) []string { return s.parts.emit(t, v, nil) }

// Vocabulary fills holes, by name.
type Vocabulary map[string]func(*rapid.T) []string

// syntax is a part of a template.
type syntax interface {
	emit(t *rapid.T, v Vocabulary, out []string) []string
}

type (
	word   string
	hole   string
	seq    []syntax
	choice struct {
		alternatives []seq
		optional     bool
	}
	many struct{ what syntax }
)

func (w word) emit(_ *rapid.T, _ Vocabulary, out []string) []string { return append(out, string(w)) }

func (h hole) emit(t *rapid.T, v Vocabulary, out []string) []string {
	fill, ok := v[string(h)]
	if !ok {
		panic("no vocabulary for <" + string(h) + ">")
	}
	return append(out, fill(t)...)
}

func (s seq) emit(t *rapid.T, v Vocabulary, out []string) []string {
	for _, part := range s {
		out = part.emit(t, v, out)
	}
	return out
}

func (c choice) emit(t *rapid.T, v Vocabulary, out []string) []string {
	first := 0
	if c.optional {
		first = -1
	}
	if i := rapid.IntRange(first, len(c.alternatives)-1).Draw(t, "alternative"); i >= 0 {
		return c.alternatives[i].emit(t, v, out)
	}
	return out
}

func (m many) emit(t *rapid.T, v Vocabulary, out []string) []string {
	for range rapid.IntRange(1, 3).Draw(t, "times") {
		out = m.what.emit(t, v, out)
	}
	return out
}

func parseSeq(tokens []string) (s seq, rest []string) {
	for len(tokens) > 0 {
		token := tokens[0]
		switch {
		case token == "[" || token == "(":
			var c choice
			for {
				var alternative seq
				alternative, tokens = parseSeq(tokens[1:])
				c.alternatives = append(c.alternatives, alternative)
				if tokens[0] != "|" {
					break
				}
			}
			c.optional = tokens[0] == "]"
			if strings.HasSuffix(tokens[0], "+") {
				s = append(s, many{c})
			} else {
				s = append(s, c)
			}
		case token == "|" || token == "]" || token == ")" || token == ")+":
			return s, tokens
		case strings.HasPrefix(token, "<") && strings.HasSuffix(token, ">+"):
			s = append(s, many{hole(token[1 : len(token)-2])})
		case strings.HasPrefix(token, "<") && strings.HasSuffix(token, ">"):
			s = append(s, hole(token[1:len(token)-1]))
		default:
			s = append(s, word(token))
		}
		tokens = tokens[1:]
	}
	return s, nil
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
