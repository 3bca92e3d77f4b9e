package proptest

import (
	"fmt"
	"strconv"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/internal/redissyntax"
)

// The data that an [Oracle] works on: few keys and few members, so that commands meet
// keys that exist, have the right type and share members. Deadlines are absolute and far
// away, or long past.
const (
	replayFuture = 4102444800 // the year 2100
	replayPast   = 1000000000 // the year 2001
)

var (
	replayKeys    = []string{"a", "b", "c"}
	replayKinds   = []string{"string", "number", "list", "set", "hash", "zset", "geo", "hll", "stream"}
	replayMembers = []string{"w", "x", "y", "z"}
	replayTexts   = []string{"", "1", "10", "x", "y", "abc", "\x01\xff"}
	replayPoints  = [][]string{{"13.361389", "38.115556"}, {"15.087269", "37.502669"}, {"2.349014", "48.864716"}}
)

// drawReplayKeys returns the commands that build a state before the first run. Most keys are
// of the given kind, some of others, some missing; some have a deadline.
func drawReplayKeys(t *rapid.T, kind string) [][]string {
	var state [][]string
	for _, key := range replayKeys {
		what := kind
		switch n := rapid.IntRange(0, 19).Draw(t, "lot of "+key); {
		case n < 3:
			continue
		case n < 5 || kind == "any":
			what = rapid.SampledFrom(replayKinds).Draw(t, "kind of "+key)
		}
		state = append(state, drawReplayValue(t, key, what)...)
		if rapid.IntRange(0, 3).Draw(t, "mortal") == 0 {
			state = append(state, []string{"PEXPIREAT", key, strconv.FormatInt(replayFuture*1000, 10)})
		}
	}
	if rapid.IntRange(0, 3).Draw(t, "second database") == 0 {
		state = append(state, []string{"SELECT", "1"})
		state = append(state, drawReplayValue(t, rapid.SampledFrom(replayKeys).Draw(t, "key"), "string")...)
		state = append(state, []string{"SELECT", "0"})
	}
	return state
}

// drawReplayValue returns the commands that fill one key.
func drawReplayValue(t *rapid.T, key, kind string) [][]string {
	some := rapid.SliceOfN(rapid.SampledFrom(replayMembers), 1, 6).Draw(t, "members")
	switch kind {
	case "string":
		return [][]string{{"SET", key, rapid.SampledFrom(replayTexts).Draw(t, "text")}}
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
			cmd = append(cmd, field, rapid.SampledFrom(replayTexts).Draw(t, "text"))
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
			cmd = append(append(cmd, rapid.SampledFrom(replayPoints).Draw(t, "point")...), member)
		}
		return [][]string{cmd}
	case "stream":
		return drawReplayStream(t, key)
	}
	panic("no such kind: " + kind)
}

// drawReplayStream returns the commands for a stream of up to five entries, with a group whose
// consumers have been given some and acknowledged or lost others.
func drawReplayStream(t *rapid.T, key string) [][]string {
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

// replayWords fills the holes of the templates, except those with payloads that only
// a server can make.
func replayWords() redissyntax.Vocabulary {
	return redissyntax.Vocabulary{
		"key":      redissyntax.Pick(replayKeys...),
		"nkeys":    drawReplayCount,
		"str":      redissyntax.Pick(replayTexts...),
		"el":       redissyntax.Pick(replayMembers...),
		"num":      redissyntax.Between(0, 5),
		"int":      redissyntax.Between(-2, 3),
		"rank":     redissyntax.Between(-5, 4),
		"len":      redissyntax.Between(0, 4),
		"pos":      redissyntax.Between(1, 3),
		"float":    redissyntax.Pick("0.5", "1", "-1.5"),
		"offset":   redissyntax.Between(0, 20),
		"bit":      redissyntax.Between(0, 1),
		"byte":     redissyntax.Between(0, 300),
		"enc":      redissyntax.Pick("u4", "u8", "i8", "i5"),
		"secs":     redissyntax.Between(500, 502),
		"anysecs":  redissyntax.Between(-1, 501),
		"ms":       redissyntax.Between(500000, 500002),
		"at":       redissyntax.Pick(strconv.FormatInt(replayFuture, 10), strconv.FormatInt(replayFuture+1, 10), strconv.FormatInt(replayPast, 10)),
		"atms":     redissyntax.Pick(strconv.FormatInt(replayFuture*1000, 10), strconv.FormatInt(replayFuture*1000+1, 10), strconv.FormatInt(replayPast*1000, 10)),
		"idle":     redissyntax.Pick("0", "0", "100000"),
		"id":       redissyntax.Pick("0-1", "1-1", "2-1", "3-1", "5-1", "6", "7-7"),
		"group":    redissyntax.Pick("g", "g", "g", "h"),
		"consumer": redissyntax.Pick("c", "d", "e"),
		"point":    func(t *rapid.T) []string { return rapid.SampledFrom(replayPoints).Draw(t, "point") },
		"km":       redissyntax.Pick("1", "200", "2000"),
		"incr":     redissyntax.Pick(incrScript),
		"incrsha":  redissyntax.Pick(scriptSHA(incrScript)),
		"type":     redissyntax.Pick(typeScript),
		"typesha":  redissyntax.Pick(scriptSHA(typeScript)),
		"lib":      redissyntax.Pick(replayLibrary("1"), replayLibrary("2")),
		"long":     redissyntax.Pick("for i = 1, 300 do redis.call('XADD', KEYS[1], i .. '-1', 'x', '1') end"),
		"selector": redissyntax.Pick("(+get ~x)"),
	}
}

// replayLibrary is a function library that always has the same name and functions.
func replayLibrary(version string) string {
	return "#!lua name=lib\n" +
		"redis.register_function('f', function(keys) return redis.call('INCR', keys[1]) end)\n" +
		"redis.register_function{function_name='r', flags={'no-writes'}, callback=function() return " + version + " end}\n"
}

// drawReplayCount fills a hole with a count and so many keys.
func drawReplayCount(t *rapid.T) []string {
	keys := rapid.SliceOfN(rapid.SampledFrom(replayKeys), 1, 3).Draw(t, "keys")
	return append([]string{strconv.Itoa(len(keys))}, keys...)
}
