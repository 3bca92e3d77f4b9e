package classify

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// TestCommandArguments pins the rung of every rule that reads arguments. Each line is a
// command, "" stands for an empty argument.
func TestCommandArguments(t *testing.T) {
	for _, tt := range []struct {
		want     Replay
		commands []string
	}{
		{ReadOnly, []string{
			"get k", "COMMAND", "command docs", "Object Encoding k", "SORT k BY w_* GET # LIMIT 0 5 DESC ALPHA",
			"GETEX k", "HGETEX k FIELDS 1 f", "BITFIELD k GET u8 0 GET u4 #1", "BITFIELD k", "BITFIELD k OVERFLOW SAT GET u8 0",
			"GEORADIUS k 1 2 3 km WITHCOORD COUNT 3 ANY ASC", "GEORADIUSBYMEMBER k STORE 3 km",
			"XREAD STREAMS k 0", "XREAD COUNT 2 MAXCOUNT 9 STREAMS block 0", "ACL LOG", "ACL LOG 10",
			"EVAL_RO x 0", "FCALL_RO f 0", "TS.READ k 0", "FT.AGGREGATE i *", "JSON.GET k $", "CLUSTER SHARDS",
		}},
		{Idempotent, []string{
			"SET k v", "SET k NX", "SET k v EX 10", "SET k v px 10", "SET k v EXAT 10", "SET k v XX", "SET k v XX EX 10", "SET k v KEEPTTL",
			"SETEX k 10 v", "MSET a 1 b 2", "MSETEX 1 k v", "MSETEX 2 a 1 b 2 XX EX 10", "HSETEX k EX 10 FIELDS 1 f v", "HSETEX k FXX FIELDS 1 fnx v",
			"GETEX k PERSIST", "HGETEX k PERSIST FIELDS 1 f", "COPY a b REPLACE", "COPY a b DB 1 REPLACE", "RESTORE k 10 x REPLACE ABSTTL FREQ 3",
			"SORT a STORE b", "SORT a STORE a DESC", "SORT a BY w_* STORE b", "SORT a BY nosort GET w_*->f STORE f",
			"BITOP AND a a b", "BITOP or a a", "BITOP XOR a b c", "BITOP NOT a b",
			"LTRIM k 0 -1", "LTRIM k 0 99", "LTRIM k -100 -1", "LTRIM k 1 0", "LTRIM k -1 -2", "LTRIM k -5 5",
			"SUNIONSTORE a a b", "SDIFFSTORE a a b", "SDIFFSTORE a b c", "ZDIFFSTORE a 2 a b",
			"ZADD k XX 1 a", "ZADD k XX GT 1 a", "GEOADD k XX 1 2 a",
			"ZUNIONSTORE d 2 a b WEIGHTS 1 2", "ZUNIONSTORE d 2 d a AGGREGATE MAX", "ZINTERSTORE d 1 d aggregate min",
			"ZRANGESTORE a b 1 2", "ZRANGESTORE a a 0 9 REV", "ZRANGESTORE a a 1 2 BYSCORE", "ZRANGESTORE a a - + BYLEX REV",
			"GEOSEARCHSTORE a b FROMMEMBER m BYRADIUS 1 km STOREDIST", "GEOSEARCHSTORE a a FROMLONLAT 1 2 BYRADIUS 1 km",
			"GEORADIUS k 1 2 3 km STORE d", "GEORADIUS k 1 2 3 km STOREDIST d", "GEORADIUS k 1 2 3 km COUNT 2 STORE k", "GEORADIUSBYMEMBER k m 3 km STORE k",
			"XSETID k 1-1", "XGROUP SETID k g $", "XADD k IDMP p i * f v", "XADD k IDMPAUTO p MAXLEN ~ 5 * f v",
			"SCRIPT LOAD x", "SCRIPT FLUSH", "FUNCTION LOAD REPLACE x", "FUNCTION RESTORE x REPLACE", "CONFIG SET a b",
			"JSON.SET k $ 1", "JSON.SET k $.a 1 XX", "JSON.MSET k $ 1 l $ 2", "CMS.MERGE d 2 a b", "TDIGEST.MERGE d 1 a OVERRIDE", "FT.SUGADD k s 1",
		}},
		{Convergent, []string{
			"DEL k", "SET k v NX", "SET k v NX EX 10", "SET k v GET", "SET k v XX EXAT 10", "SET k v IFEQ x", "SET k v IFDNE x PX 5", "SETNX k v",
			"MSETNX a 1", "MSETEX 1 k v NX", "HSETEX k FNX EX 10 FIELDS 1 f v", "GETEX k EXAT 10", "HGETEX k PXAT 10 FIELDS 1 f", "GETDEL k", "DELEX k IFEQ v",
			"EXPIRE k 10 NX", "EXPIRE k 10 XX LT", "HEXPIRE k 10 NX FIELDS 1 f", "EXPIREAT k 10", "PEXPIREAT k 10 GT", "PERSIST k",
			"COPY a b", "RESTORE k 0 x", "RENAMENX a b", "BITFIELD k GET u8 0 SET u8 0 1", "SETBIT k 0 1",
			"LREM k 0 x", "SADD k a", "HSET k f v", "ZADD k 1 a", "ZADD k NX 1 a", "ZADD k GT 1 a", "ZADD k XX CH 1 a", "ZADD k NX INCR 1 a",
			"ZREMRANGEBYRANK k 100 -1", "ZREMRANGEBYRANK k 0 -101", "ZREMRANGEBYRANK k 2 -3", "ZREMRANGEBYRANK k 5 2", "ZREMRANGEBYRANK k -1 -5",
			"GEORADIUSBYMEMBER k m 3 km COUNT 2 STORE k", "GEOSEARCHSTORE a a FROMMEMBER m BYRADIUS 1 km COUNT 2",
			"XADD k 1-1 f v", "XADD k MAXLEN ~ 10 LIMIT 5 1-1 f v", "XTRIM k MAXLEN 5", "XTRIM k MINID = 5", "XTRIM k MAXLEN ~ 5 LIMIT 0",
			"XDEL k 1-1", "XACK k g 1-1", "XGROUP CREATE k g $", "ACL LOG RESET", "FUNCTION LOAD x", "FUNCTION RESTORE x", "FUNCTION RESTORE x APPEND",
			"JSON.SET k $ 1 NX", "JSON.SET k $[?(@.a>1)] 1", "TS.ADD k 1 2 ON_DUPLICATE LAST", "BF.ADD k x", "CF.ADDNX k x",
		}},
		{Accumulating, []string{
			"INCR k", "APPEND k v", "LPUSH k v", "SPOP k", "PUBLISH c m", "EVAL x 0", "FCALL f 0", "SWAPDB 0 1", "RENAME a b",
			"EXPIRE k 10", "PEXPIRE k 10 XX", "EXPIRE k 10 GT", "HEXPIRE k 10 FIELDS 1 nx", "GETEX k EX 10", "HGETEX k FIELDS 1 f EX 10",
			"SORT a LIMIT 0 5 STORE a", "SORT a BY w_* STORE a", "SORT a GET w_* STORE w_1", "SORT a BY w_*->f STORE w_1",
			"BITFIELD k SET u8 0 1 INCRBY u8 0 1", "BITFIELD k OVERFLOW FAIL INCRBY u8 0 1", "BITOP XOR a b a", "BITOP NOT a a", "BITOP DIFF a a b",
			"LREM k 1 x", "LREM k -1 x", "LTRIM k 1 -1", "LTRIM k 0 -2", "LTRIM k 5 9", "LTRIM k -5 -2",
			"SDIFFSTORE a b a", "ZDIFFSTORE a 2 b a", "ZADD k INCR 1 a", "ZADD k XX INCR 1 a",
			"ZREMRANGEBYRANK k 0 0", "ZREMRANGEBYRANK k -2 -1", "ZREMRANGEBYRANK k 3 7", "ZREMRANGEBYRANK k -3 3",
			"ZUNIONSTORE d 2 d a", "ZUNIONSTORE d 2 d a WEIGHTS 1 1 AGGREGATE MAX", "ZINTERSTORE d 2 a d AGGREGATE SUM", "ZUNIONSTORE d 2 d a AGGREGATE COUNT",
			"ZRANGESTORE a a 1 -1", "ZRANGESTORE a a 1 2 BYSCORE LIMIT 0 1", "GEOSEARCHSTORE a a FROMMEMBER m BYRADIUS 1 km STOREDIST",
			"GEORADIUS k 1 2 3 km STOREDIST k", "XADD k * f v", "XADD k NOMKSTREAM MAXLEN ~ 10 * f v", "XADD k 5-* f v", "XADD k KEEPREF MINID 3 * f v",
			"XREADGROUP GROUP g c STREAMS k >", "XREADGROUP GROUP block c NOACK COUNT 1 STREAMS k 0", "XTRIM k MAXLEN ~ 5", "XTRIM k MINID ~ 5 LIMIT 10",
			"XCLAIM k g c 0 1-1", "XAUTOCLAIM k g c 0 0", "ACL SETUSER u on", "JSON.SET k $..a 1", "JSON.NUMINCRBY k $ 1", "CF.ADD k x",
			"CMS.MERGE d 2 a d", "TDIGEST.MERGE d 1 a", "TDIGEST.MERGE d 1 d OVERRIDE", "FT.SUGADD k s 1 INCR", "FT.AGGREGATE i * WITHCURSOR",
			"TS.ADD k * 1", "TS.ADD k 1 2", "TS.ADD k 1 2 ON_DUPLICATE SUM", "INCREX k", "XNACK k g SILENT IDS 1 1-1",
		}},
		{Never, []string{
			// Sessions, waiting, servers.
			"BLPOP k 1", "SUBSCRIBE c", "MULTI", "EXEC", "WATCH k", "WAIT 1 0", "SELECT 1", "AUTH p", "CLIENT ID", "CLIENT SETNAME x", "SHUTDOWN",
			"FLUSHALL", "FLUSHDB ASYNC", "FUNCTION FLUSH", "FUNCTION RESTORE x FLUSH", "SCRIPT KILL", "DEBUG SLEEP 1", "MIGRATE h 1 k 0 5", "CLUSTER FAILOVER",
			"XREAD BLOCK 0 STREAMS k $", "XREAD COUNT 1 block 5 STREAMS k $", "XREADGROUP GROUP g c BLOCK 1 STREAMS k >", "TS.READ k + BLOCK 5 1", "HIMPORT SET k f v",
			// Nobody graded these.
			"", "NOSUCH", "GET|", "OBJECT", "OBJECT NOSUCH k", "XGROUP", "CONFIG", "COMMAND NOSUCH", "XGROUP|CREATE", "GEТ k", "SET\x00 k v",
			"CLUSTER COUNT-FAILURE-REPORTS-AND-MORE", "BF.LOADCHUNK k 1 x",
			// Malformed, as far as the rung depends on it.
			"SET", "SET k", "SET k v NO", "SET k v \u212aEEPTTL", "SET k v EX", "SET k v PXAT", "SET k v IFEQ", "GETEX", "GETEX k EX", "GETEX k NX",
			"EXPIRE k", "EXPIRE k 1 NO", "HEXPIRE k 1 FIELDS 2 f", "HEXPIRE k 1 FIELDS 0", "HSETEX k FIELDS 1 f", "HSETEX k FIELDS 9223372036854775807 f v",
			"MSETEX 2 a b", "MSETEX 0 a b", "MSETEX -1 a b", "MSETEX 4611686018427387905 a b", "MSETEX x a b", "MSETEX",
			"COPY a", "COPY a b DB", "COPY a b c", "RESTORE k 0", "RESTORE k 0 x FREQ", "SORT", "SORT k STORE", "SORT k LIMIT 0", "SORT k UP",
			"BITFIELD", "BITFIELD k SET u8 0", "BITFIELD k INCRBY u8", "BITFIELD k OVERFLOW", "BITOP AND a", "LREM k 1", "LREM k x y", "LREM k 1 x y",
			"LTRIM k 0", "LTRIM k a b", "LTRIM k 0 99999999999999999999", "LTRIM k - 1", "ZREMRANGEBYRANK k 0", "ZREMRANGEBYRANK k 0 1 2", "ZREMRANGEBYRANK k x 1",
			"SDIFFSTORE a", "ZDIFFSTORE a", "ZDIFFSTORE a 0 b", "ZUNIONSTORE d", "ZUNIONSTORE d 3 a b", "ZUNIONSTORE d -1 a", "ZUNIONSTORE d 18446744073709551617 a", "ZUNIONSTORE d 1",
			"ZADD k", "ZADD k NX", "ZADD k 1", "ZADD k XX CH 1", "GEOADD k", "ZRANGESTORE a a 0", "ZRANGESTORE a a 0 1 LIMIT", "GEORADIUS k 1 2 3", "GEORADIUS k 1 2 3 km STORE",
			"GEOSEARCHSTORE a b", "XREAD", "XREAD STREAMS k", "XREAD COUNT", "XREADGROUP GROUP g", "XREADGROUP GROUP g c >", "XADD k", "XADD k *", "XADD k * f", "XADD k MAXLEN", "XADD k IDMP",
			"XTRIM k", "XTRIM k MAXLEN", "XTRIM k 5 5", "FUNCTION LOAD", "FUNCTION LOAD REPLACE x y", "FUNCTION RESTORE", "FUNCTION RESTORE x y",
			"JSON.SET k $", "JSON.SET k $ 1 NO", "JSON.MSET k $", "JSON.MSET k $ 1 l", "CMS.MERGE d", "TDIGEST.MERGE d x a", "TS.ADD k", "FT.SUGADD k",
		}},
	} {
		for _, command := range tt.commands {
			if got := Command(strings.Fields(command)...); got != tt.want {
				t.Errorf("Command(%s) = %v, want %v", command, got, tt.want)
			}
		}
	}
	if got := Command("", "k"); got != Never {
		t.Errorf("Command of an empty name = %v, want never", got)
	}
}

func TestCommandIgnoresCase(t *testing.T) {
	for name, r := range rows() {
		upper := strings.Split(name, "|")
		lower := strings.Split(strings.ToLower(name), "|")
		if got, want := Command(lower...), Command(upper...); got != want {
			t.Errorf("Command(%q) = %v, Command(%q) = %v", lower, got, upper, want)
		}
		if r <= never && Command(upper...) != Replay(r) {
			t.Errorf("Command(%q) = %v, its row says %v", upper, Command(upper...), Replay(r))
		}
	}
}

func TestRunsCode(t *testing.T) {
	want := []string{"EVAL", "EVALSHA", "FCALL"}
	var got []string
	for _, name := range slices.Sorted(maps.Keys(rows())) {
		if RunsCode(name) != RunsCode(strings.ToLower(name)) {
			t.Errorf("RunsCode(%s) depends on case", name)
		}
		if RunsCode(name) {
			got = append(got, name)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("RunsCode is true of %v, want %v", got, want)
	}
}

func TestCommandDoesNotAllocate(t *testing.T) {
	long := append([]string{"zunionstore", "d", "18446744073709551617"}, slices.Repeat([]string{"k"}, 100)...)
	for _, tt := range []struct {
		name string
		run  func()
	}{
		{"no arguments", func() { Command() }},
		{"literals", func() { Command("SET", "k", "v", "NX", "EX", "10") }},
		{"lower case", func() { Command("xgroup", "create", "k", "g", "$") }},
		{"a slice", func() { Command(long...) }},
		{"an unknown name", func() { Command("no.such.command.anywhere.in.the.table", "k") }},
		{"a bad number", func() { Command("LTRIM", "k", "one", "2") }},
		{"RunsCode", func() { RunsCode("evalsha") }},
	} {
		if n := testing.AllocsPerRun(100, tt.run); n != 0 {
			t.Errorf("%s: %v allocations per run, want 0", tt.name, n)
		}
	}
	for _, args := range everyRule {
		if n := testing.AllocsPerRun(10, func() { Command(args...) }); n != 0 {
			t.Errorf("Command(%q): %v allocations per run, want 0", args, n)
		}
	}
}

// everyRule has every row with some arguments, right or wrong.
var everyRule = func() (all [][]string) {
	for name := range rows() {
		for _, rest := range []string{"", "a 1 a STORE a", "a * 2 LIMIT x GET w_*", "1 a FIELDS 1 a", "a 2 a b AGGREGATE MAX"} {
			all = append(all, append(strings.Split(name, "|"), strings.Fields(rest)...))
		}
	}
	return all
}()

// FuzzCommand holds that Command is total: whatever the arguments, one of the five
// rungs, and the same in any case of the keywords.
func FuzzCommand(f *testing.F) {
	for _, seed := range []string{
		"SET k v NX EX 10", "ZUNIONSTORE d 2 a b WEIGHTS 1 2 AGGREGATE MAX", "MSETEX 9223372036854775807 k v", "XADD k MAXLEN ~ 10 LIMIT 5 * f v",
		"SORT a BY w_*->f LIMIT 0 1 STORE w_1", "BITFIELD k OVERFLOW SAT INCRBY u8 0 1", "HSETEX k FIELDS -9223372036854775808 f v", "object help", "",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		args := strings.Split(line, " ")
		got := Command(args...)
		if got < ReadOnly || got > Never {
			t.Errorf("Command(%q) = %v", args, got)
		}
		folded := make([]string, len(args))
		for i, arg := range args {
			folded[i] = lowerASCII(arg)
		}
		// Keys are compared as bytes, and SORT's patterns with them: fold only what stays distinct.
		if distinct(folded) != distinct(args) || folded[0] == "sort" {
			return
		}
		if other := Command(folded...); other != got {
			t.Errorf("Command(%q) = %v, Command(%q) = %v", args, got, folded, other)
		}
	})
}

func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

func distinct(args []string) int {
	set := map[string]bool{}
	for _, a := range args {
		set[a] = true
	}
	return len(set)
}

func BenchmarkCommand(b *testing.B) {
	for b.Loop() {
		Command("set", "key", "value", "EX", "10", "NX")
	}
}
