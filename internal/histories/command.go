package histories

import (
	"fmt"
	"slices"
	"strings"

	"github.com/reprise-go/reprise/classify"
)

// Command is one command of a history.
type Command struct {
	// Args is the command as the server reads it. No two commands of a history have the same, so
	// that what the proxy saw can be told apart.
	Args []string
	// Keys is what it touches. Words that a careful client may take for keys are among them.
	Keys []string
}

// String returns the command as redis-cli takes it.
func (c Command) String() string { return strings.Join(c.Args, " ") }

// id identifies the command in the proxy's record.
func (c Command) id() string { return idOf(c.Args) }

// idOf is the id of the command that has these words.
func idOf(args []string) string { return strings.Join(args, "\x00") }

// rung returns what a second run would do.
func (c Command) rung() classify.Replay { return classify.Command(c.Args...) }

func (c Command) writes() bool { return c.rung() > classify.ReadOnly }

// written returns the keys that the command writes.
func (c Command) written() []string {
	switch {
	case !c.writes():
		return nil
	case c.Args[0] == "BITOP":
		return c.Keys[:1]
	}
	return c.Keys
}

// conflicts reports whether it matters which of the two commands runs first.
func (c Command) conflicts(d Command) bool {
	return meet(c.written(), d.Keys) || meet(d.written(), c.Keys)
}

// near reports whether a careful client may think so: they share a word, and one of them writes.
func (c Command) near(d Command) bool { return (c.writes() || d.writes()) && meet(c.Keys, d.Keys) }

func meet(a, b []string) bool {
	return slices.ContainsFunc(a, func(k string) bool { return slices.Contains(b, k) })
}

// The keys, one per type but for the strings. A command of one type is drawn with a key of
// another now and then, and refused with WRONGTYPE.
var keys = []string{"s", "t", "n", "list", "set", "hash"}

// shapes makes the commands that are drawn. A shape is given the key of its type, another key and
// a number that is unique in the history; it puts the number where it makes the command unique.
var shapes = []struct {
	home string // the key that suits it
	make func(key, other string, n int) []string
}{
	{"s", func(k, _ string, n int) []string { return words("MGET", k, tag("x", n)) }},
	{"n", func(k, _ string, n int) []string { return words("INCRBY", k, n) }},
	{"s", func(k, _ string, n int) []string { return words("SET", k, tag("v", n)) }},
	{"s", func(k, _ string, n int) []string { return words("GETRANGE", k, 0, 1000+n) }},
	{"n", func(k, _ string, n int) []string { return words("SET", k, n) }},
	{"s", func(k, _ string, n int) []string { return words("APPEND", k, tag("a", n)) }},
	{"s", func(k, _ string, n int) []string { return words("DEL", k, tag("x", n)) }},
	{"set", func(k, _ string, n int) []string { return words("SADD", k, tag("m", n)) }},
	{"list", func(k, _ string, n int) []string { return words("LPUSH", k, tag("e", n)) }},
	{"hash", func(k, _ string, n int) []string { return words("HSET", k, "f", tag("v", n)) }},
	{"s", func(k, _ string, n int) []string { return words("EXPIREAT", k, 4000000000+n) }},
	{"s", func(k, _ string, n int) []string { return words("GETSET", k, tag("v", n)) }},
	{"s", func(k, o string, n int) []string { return words("MSET", k, tag("v", n), o, tag("w", n)) }},
	{"t", func(k, o string, n int) []string { return words("BITOP", "OR", k, o, tag("x", n)) }},
	{"list", func(k, _ string, n int) []string { return words("LPOP", k, 1000+n) }},
	{"s", func(k, _ string, n int) []string { return words("SET", k, tag("v", n), "NX") }},
	{"hash", func(k, _ string, n int) []string { return words("HINCRBY", k, "g", n) }},
	{"set", func(k, _ string, n int) []string { return words("SREM", k, tag("m", n-1), tag("x", n)) }},
	{"s", func(k, _ string, n int) []string { return words("EXPIREAT", k, 1000+n) }},
	{"s", func(k, _ string, n int) []string { return words("EXISTS", k, tag("x", n)) }},
}

// command makes the command of a shape. An empty key means the one that suits it.
func command(shape int, key, other string, n int) Command {
	s := shapes[shape%len(shapes)]
	if key == "" {
		key = s.home
	}
	if other == key || other == "" {
		other = keys[(slices.Index(keys, key)+1)%len(keys)]
	}
	c := Command{Args: s.make(key, other, n), Keys: []string{key}}
	switch c.Args[0] {
	case "MSET":
		c.Keys = []string{key, other}
	case "BITOP":
		c.Keys = []string{key, other, c.Args[1]}
	}
	return c
}

// of returns the command with the keys of one of the callers that run at the same time, from 1. The first has the plain ones.
func (c Command) of(caller int) Command {
	if caller == 1 {
		return c
	}
	own := func(words []string) []string {
		words = slices.Clone(words)
		for i, word := range words {
			if slices.Contains(keys, word) {
				words[i] = tag(word, caller)
			}
		}
		return words
	}
	return Command{Args: own(c.Args), Keys: own(c.Keys)}
}

func tag(prefix string, n int) string { return fmt.Sprint(prefix, n) }

func words(all ...any) []string {
	args := make([]string, len(all))
	for i, word := range all {
		args[i] = fmt.Sprint(word)
	}
	return args
}
