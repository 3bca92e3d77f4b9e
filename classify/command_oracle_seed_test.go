package classify

import (
	"fmt"
	"strconv"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/internal/redissyntax"
)

// The data that the oracle works on: few keys and few members, so that commands meet
// keys that exist, have the right type and share members. Deadlines are absolute and far
// away, or long past.
const (
	future = 4102444800 // the year 2100
	past   = 1000000000 // the year 2001
)

var (
	oracleKeys  = []string{"a", "b", "c"}
	oracleKinds = []string{"string", "number", "list", "set", "hash", "zset", "geo", "hll", "stream"}
	members     = []string{"w", "x", "y", "z"}
	texts       = []string{"", "1", "10", "x", "y", "abc", "\x01\xff"}
	points      = [][]string{{"13.361389", "38.115556"}, {"15.087269", "37.502669"}, {"2.349014", "48.864716"}}
)

// drawState returns the commands that build a state before the first run. Most keys are
// of the given kind, some of others, some missing; some have a deadline.
func drawState(t *rapid.T, kind string) [][]string {
	var state [][]string
	for _, key := range oracleKeys {
		what := kind
		switch n := rapid.IntRange(0, 19).Draw(t, "lot of "+key); {
		case n < 3:
			continue
		case n < 5 || kind == "any":
			what = rapid.SampledFrom(oracleKinds).Draw(t, "kind of "+key)
		}
		state = append(state, drawValue(t, key, what)...)
		if rapid.IntRange(0, 3).Draw(t, "mortal") == 0 {
			state = append(state, []string{"PEXPIREAT", key, strconv.Itoa(future * 1000)})
		}
	}
	if rapid.IntRange(0, 3).Draw(t, "second database") == 0 {
		state = append(state, []string{"SELECT", "1"})
		state = append(state, drawValue(t, rapid.SampledFrom(oracleKeys).Draw(t, "key"), "string")...)
		state = append(state, []string{"SELECT", "0"})
	}
	return state
}

// drawValue returns the commands that fill one key.
func drawValue(t *rapid.T, key, kind string) [][]string {
	some := rapid.SliceOfN(rapid.SampledFrom(members), 1, 6).Draw(t, "members")
	switch kind {
	case "string":
		return [][]string{{"SET", key, rapid.SampledFrom(texts).Draw(t, "text")}}
	case "number":
		return [][]string{{"SET", key, strconv.Itoa(rapid.IntRange(-3, 300).Draw(t, "value"))}}
	case "list":
		return [][]string{append([]string{"RPUSH", key}, some...)}
	case "numbers": // a list or a set for SORT
		cmd := []string{rapid.SampledFrom([]string{"RPUSH", "SADD"}).Draw(t, "type"), key}
		for range some {
			cmd = append(cmd, strconv.Itoa(rapid.IntRange(0, 5).Draw(t, "value")))
		}
		return [][]string{cmd}
	case "set":
		return [][]string{append([]string{"SADD", key}, some...)}
	case "hll":
		return [][]string{append([]string{"PFADD", key}, some...)}
	case "hash":
		cmd := []string{"HSET", key}
		for _, field := range some {
			cmd = append(cmd, field, rapid.SampledFrom(texts).Draw(t, "text"))
		}
		return [][]string{cmd}
	case "zset":
		cmd := []string{"ZADD", key}
		for _, member := range some {
			cmd = append(cmd, strconv.Itoa(rapid.IntRange(-2, 3).Draw(t, "score")), member)
		}
		return [][]string{cmd}
	case "geo":
		cmd := []string{"GEOADD", key}
		for _, member := range some {
			cmd = append(append(cmd, rapid.SampledFrom(points).Draw(t, "point")...), member)
		}
		return [][]string{cmd}
	case "stream":
		return drawStream(t, key)
	}
	panic("no such kind: " + kind)
}

// drawStream returns the commands for a stream of up to five entries, with a group whose
// consumers have been given some and acknowledged or lost others.
func drawStream(t *rapid.T, key string) [][]string {
	cmds := [][]string{{"XGROUP", "CREATE", key, "g", "0", "MKSTREAM"}}
	if rapid.Bool().Draw(t, "no group") {
		cmds = append(cmds, []string{"XGROUP", "DESTROY", key, "g"})
	}
	n := rapid.IntRange(0, 5).Draw(t, "entries")
	for i := range n {
		cmds = append(cmds, []string{"XADD", key, fmt.Sprintf("%d-1", i+1), "x", "1"})
	}
	if len(cmds[1:]) > 0 && cmds[1][0] == "XGROUP" {
		return cmds
	}
	for _, consumer := range []string{"c", "d"} {
		if rapid.Bool().Draw(t, "reads") {
			count := strconv.Itoa(rapid.IntRange(1, 3).Draw(t, "count"))
			cmds = append(cmds, []string{"XREADGROUP", "GROUP", "g", consumer, "COUNT", count, "STREAMS", key, ">"})
		}
	}
	if n > 0 && rapid.Bool().Draw(t, "deletes") {
		cmds = append(cmds, []string{"XDEL", key, fmt.Sprintf("%d-1", rapid.IntRange(1, n).Draw(t, "entry"))})
	}
	return cmds
}

// baseVocabulary fills the holes of the templates, except those with payloads that only
// a server can make.
func baseVocabulary() redissyntax.Vocabulary {
	pick, between := redissyntax.Pick, redissyntax.Between
	return redissyntax.Vocabulary{
		"key":      pick(oracleKeys...),
		"nkeys":    drawKeys,
		"str":      pick(texts...),
		"el":       pick(members...),
		"num":      between(0, 5),
		"int":      between(-2, 3),
		"rank":     between(-5, 4),
		"len":      between(0, 4),
		"pos":      between(1, 3),
		"float":    pick("0.5", "1", "-1.5"),
		"offset":   between(0, 20),
		"bit":      between(0, 1),
		"byte":     between(0, 300),
		"enc":      pick("u4", "u8", "i8", "i5"),
		"secs":     between(500, 502),
		"anysecs":  between(-1, 501),
		"ms":       between(500000, 500002),
		"at":       pick(strconv.Itoa(future), strconv.Itoa(future+1), strconv.Itoa(past)),
		"atms":     pick(strconv.Itoa(future*1000), strconv.Itoa(future*1000+1), strconv.Itoa(past*1000)),
		"idle":     pick("0", "0", "100000"),
		"id":       pick("0-1", "1-1", "2-1", "3-1", "5-1", "6", "7-7"),
		"group":    pick("g", "g", "g", "h"),
		"consumer": pick("c", "d", "e"),
		"point":    func(t *rapid.T) []string { return rapid.SampledFrom(points).Draw(t, "point") },
		"km":       pick("1", "200", "2000"),
		"incr":     pick(incrScript),
		"incrsha":  pick(sha(incrScript)),
		"type":     pick(typeScript),
		"typesha":  pick(sha(typeScript)),
		"lib":      pick(library("1"), library("2")),
		"long":     pick("for i = 1, 300 do redis.call('XADD', KEYS[1], i .. '-1', 'x', '1') end"),
		"selector": pick("(+get ~x)"),
	}
}

// library is a function library that always has the same name and functions.
func library(version string) string {
	return "#!lua name=lib\n" +
		"redis.register_function('f', function(keys) return redis.call('INCR', keys[1]) end)\n" +
		"redis.register_function{function_name='r', flags={'no-writes'}, callback=function() return " + version + " end}\n"
}

// drawKeys fills a hole with a count and so many keys.
func drawKeys(t *rapid.T) []string {
	keys := rapid.SliceOfN(rapid.SampledFrom(oracleKeys), 1, 3).Draw(t, "keys")
	return append([]string{strconv.Itoa(len(keys))}, keys...)
}
