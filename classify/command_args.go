package classify

import (
	"math"
	"slices"
	"strings"
)

// is reports whether an argument is the word, in any case. The words are ASCII: what has another length is another word, and
// so is one with a Kelvin sign, which EqualFold takes for a K.
func is(arg, word string) bool { return len(arg) == len(word) && strings.EqualFold(arg, word) }

// oneOf reports whether an argument is one of the words, in any case.
func oneOf(arg string, words ...string) bool {
	for _, w := range words {
		if is(arg, w) {
			return true
		}
	}
	return false
}

// has reports whether one of the arguments is the word, in any case. It does not know a
// keyword from a key of the same name, so it may only ever raise a rung.
func has(args []string, word string) bool {
	for _, a := range args {
		if is(a, word) {
			return true
		}
	}
	return false
}

// integer parses a decimal int64. Unlike strconv it allocates nothing when it fails.
func integer(s string) (n int64, ok bool) {
	digits, negative := strings.CutPrefix(s, "-")
	if digits == "" {
		return 0, false
	}
	// Count down from zero: the smallest int64 has no positive twin.
	for i := range len(digits) {
		d := int64(digits[i]) - '0'
		if d < 0 || d > 9 || n < (math.MinInt64+d)/10 {
			return 0, false
		}
		n = n*10 - d
	}
	if negative {
		return n, true
	}
	return -n, n != math.MinInt64
}

// counted returns what follows a count: the items, width arguments each, whose number
// stands in args[at], and the arguments after them. It is false if the count is not a
// positive number or exceeds what is there.
func counted(args []string, at, width int) (items, rest []string, ok bool) {
	if at >= len(args) {
		return nil, nil, false
	}
	n, ok := integer(args[at])
	left := len(args) - at - 1
	// Divide, since a product of a hostile count could overflow.
	if !ok || n < 1 || n > int64(left/width) {
		return nil, nil, false
	}
	end := at + 1 + int(n)*width
	return args[at+1 : end], args[end:], true
}

// among reports whether the key is one of the keys. Keys are compared as bytes.
func among(key string, keys []string) bool { return slices.Contains(keys, key) }

// ranks parses the start and the stop of a range of ranks.
func ranks(start, stop string) (from, to int64, ok bool) {
	from, ok = integer(start)
	if !ok {
		return 0, 0, false
	}
	to, ok = integer(stop)
	return from, to, ok
}

// unlessReplay is ReadOnly, or r if the word stands among the arguments.
func unlessReplay(args []string, word string, r Replay) Replay {
	if has(args[1:], word) {
		return r
	}
	return ReadOnly
}
