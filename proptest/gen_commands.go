package proptest

import (
	"fmt"
	"strconv"
	"strings"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/redissyntax"
)

// Command is a Redis command with its arguments: the first is its name.
type Command []string

// Rung returns what [classify.Command] says of it.
func (c Command) Rung() classify.Replay { return classify.Command(c...) }

// String returns the command as one types it: "SET a 1 NX". Arguments with spaces, quotes or bytes that do not print
// are quoted, and so is the empty one.
func (c Command) String() string {
	words := make([]string, len(c))
	for i, arg := range c {
		if quoted := strconv.Quote(arg); arg == "" || strings.ContainsAny(arg, " '") || len(quoted) != len(arg)+2 {
			arg = quoted
		}
		words[i] = arg
	}
	return strings.Join(words, " ")
}

// GoString is String, for the log of rapid.
func (c Command) GoString() string { return c.String() }

// Commands draws commands that a server of version 7.0 or later takes, of the given rungs: any, if there are none. They work on the
// keys a, b and c, so that they meet; of one that holds another type the server says WRONGTYPE. Those that are
// [classify.Never] may wait for a tenth of a second, or bind the connection to something. They shrink to
// those without options.
func Commands(of ...classify.Replay) *rapid.Generator[Command] {
	if len(of) == 0 {
		of = []classify.Replay{classify.ReadOnly, classify.Idempotent, classify.Convergent, classify.Accumulating, classify.Never}
	}
	for _, r := range of {
		if len(templates[r]) == 0 {
			panic(fmt.Sprintf("proptest: Commands of the rung %q, which there is not", r))
		}
	}
	return rapid.Custom(func(t *rapid.T) Command {
		rung := rapid.SampledFrom(of).Draw(t, "rung")
		return rapid.SampledFrom(templates[rung]).Draw(t, "template").Draw(t, vocabulary)
	})
}

// vocabulary fills the holes of the templates.
var vocabulary = redissyntax.Vocabulary{
	"key":   redissyntax.Pick("a", "b", "c"),
	"value": redissyntax.Pick("1", "", "x", "abc", "two words", "\x01\xff"),
	"el":    redissyntax.Pick("x", "y", "z"),
	"int":   redissyntax.Between(-2, 3),
	"len":   redissyntax.Between(1, 3),
	"secs":  redissyntax.Between(100, 102),
	"at":    redissyntax.Pick("4102444800", "4102444801"), // in the year 2100
	"id":    redissyntax.Pick("1-1", "2-1", "7-7"),
}

// templates are forms of commands by their rung, the simplest first. A test asks a server whether it takes them, and
// package classify whether they are on the rung.
var templates = map[classify.Replay][]redissyntax.Syntax{
	classify.ReadOnly: parse(
		"GET <key>", "MGET <key>+", "EXISTS <key>+", "TTL <key>", "TYPE <key>", "STRLEN <key>", "GETRANGE <key> <int> <int>", "SCAN 0 [ COUNT 2 ]",
		"LLEN <key>", "LRANGE <key> <int> <int>", "LINDEX <key> <int>", "SMEMBERS <key>", "SISMEMBER <key> <el>", "SINTER <key>+", "HGET <key> <el>",
		"HMGET <key> <el>+", "HGETALL <key>", "ZSCORE <key> <el>", "ZRANGE <key> <int> <int> [ REV ] [ WITHSCORES ]", "XRANGE <key> - +",
		"XLEN <key>", "PFCOUNT <key>+", "BITCOUNT <key>", "GETEX <key>", "DBSIZE",
	),
	classify.Idempotent: parse(
		"SET <key> <value> [ KEEPTTL ]", "SET <key> <value> ( EX <secs> | EXAT <at> )", "SET <key> <value> XX", "MSET ( <key> <value> )+",
		"SETEX <key> <secs> <value>", "SETRANGE <key> <len> <value>", "LSET <key> 0 <el>", "HMSET <key> ( <el> <value> )+", "SUNIONSTORE <key> <key>+",
		"SINTERSTORE <key> <key>+", "PFMERGE <key> <key>+",
	),
	classify.Convergent: parse(
		"DEL <key>+", "UNLINK <key>+", "SETNX <key> <value>", "SET <key> <value> NX", "SET <key> <value> GET", "MSETNX ( <key> <value> )+",
		"GETSET <key> <value>", "GETDEL <key>", "SETBIT <key> <len> ( 0 | 1 )", "PERSIST <key>", "EXPIREAT <key> <at>", "SADD <key> <el>+",
		"SREM <key> <el>+", "HSET <key> ( <el> <value> )+", "HSETNX <key> <el> <value>", "HDEL <key> <el>+", "ZADD <key> ( <int> <el> )+",
		"ZREM <key> <el>+", "LREM <key> 0 <el>", "XDEL <key> <id>+", "PFADD <key> <el>+",
	),
	classify.Accumulating: parse(
		"INCR <key>", "DECR <key>", "INCRBY <key> <int>", "INCRBYFLOAT <key> 0.5", "APPEND <key> <value>", "EXPIRE <key> <secs>", "RENAME a b",
		"LPUSH <key> <el>+", "RPUSH <key> <el>+", "LPUSHX <key> <el>", "LINSERT <key> ( BEFORE | AFTER ) <el> <el>", "LPOP <key> [ <len> ]", "RPOP <key>",
		"LMOVE <key> <key> ( LEFT | RIGHT ) ( LEFT | RIGHT )", "SPOP <key> [ <len> ]", "HINCRBY <key> <el> <int>", "ZINCRBY <key> <int> <el>",
		"ZADD <key> INCR <int> <el>", "ZPOPMIN <key> [ <len> ]", "XADD <key> * <el> <value>",
	),
	classify.Never: parse(
		"BLPOP <key> 0.1", "BRPOP <key>+ 0.1", "BLMOVE <key> <key> LEFT RIGHT 0.1", "BZPOPMIN <key> 0.1", "XREAD BLOCK 100 STREAMS <key> $",
		"WAIT 0 100", "WATCH <key>+", "UNWATCH", "CLIENT ID", "SELECT 0", "SUBSCRIBE <el>+",
	),
}

func parse(all ...string) []redissyntax.Syntax {
	parsed := make([]redissyntax.Syntax, len(all))
	for i, text := range all {
		parsed[i] = redissyntax.MustParse(text)
	}
	return parsed
}
