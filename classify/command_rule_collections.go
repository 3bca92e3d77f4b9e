package classify

// lremReplay grades LREM key count element. Count 0 removes all that are equal, any
// other count removes so many in every run.
func lremReplay(args []string) Replay {
	if len(args) != 4 {
		return Never
	}
	n, ok := integer(args[2])
	switch {
	case !ok:
		return Never
	case n == 0:
		return Convergent
	}
	return Accumulating
}

// ltrimReplay grades LTRIM key start stop.
func ltrimReplay(args []string) Replay {
	if len(args) != 4 {
		return Never
	}
	return keepReplay(args[2], args[3])
}

// keepReplay grades a command that keeps the ranks from start to stop and removes all
// others. It is stable if it only cuts at one end, or at both but towards fixed lengths:
// 0 99 keeps the first hundred, -100 -1 the last hundred, 1 0 nothing. 1 -1 removes the
// first element in every run, 0 -2 the last.
func keepReplay(start, stop string) Replay {
	from, to, ok := ranks(start, stop)
	switch {
	case !ok:
		return Never
	case from <= 0 && to >= -1:
		return Idempotent
	case from > to && (from < 0) == (to < 0):
		return Idempotent // keeps nothing, whatever the length
	}
	return Accumulating
}

// zremrangebyrankReplay grades ZREMRANGEBYRANK key start stop, which removes the ranks
// from start to stop. 100 -1 keeps the first hundred and 0 -101 the last; 0 0 removes
// another member in every run.
func zremrangebyrankReplay(args []string) Replay {
	if len(args) != 4 {
		return Never
	}
	from, to, ok := ranks(args[2], args[3])
	switch {
	case !ok:
		return Never
	case from >= 0 && to < 0:
		return Convergent
	case from > to && (from < 0) == (to < 0):
		return Convergent // removes nothing, whatever the length
	}
	return Accumulating
}

// sdiffstoreReplay grades SDIFFSTORE destination key [key …]. A destination that is
// subtracted from something comes back in the second run.
func sdiffstoreReplay(args []string) Replay {
	if len(args) < 3 {
		return Never
	}
	if among(args[1], args[3:]) {
		return Accumulating
	}
	return Idempotent
}

// zdiffstoreReplay grades ZDIFFSTORE destination numkeys key [key …], as SDIFFSTORE.
func zdiffstoreReplay(args []string) Replay {
	keys, _, ok := counted(args, 2, 1)
	if !ok {
		return Never
	}
	if among(args[1], keys[1:]) {
		return Accumulating
	}
	return Idempotent
}

// zstoreReplay grades ZUNIONSTORE and ZINTERSTORE destination numkeys key [key …]
// [WEIGHTS w …] [AGGREGATE SUM|MIN|MAX|COUNT]. If the destination is one of the keys its
// scores are added or weighted once more; only a plain MIN or MAX leaves them.
func zstoreReplay(args []string) Replay {
	keys, options, ok := counted(args, 2, 1)
	if !ok {
		return Never
	}
	if !among(args[1], keys) {
		return Idempotent
	}
	if len(options) == 2 && oneOf(options[0], "AGGREGATE") && oneOf(options[1], "MIN", "MAX") {
		return Idempotent
	}
	return Accumulating
}

// zrangestoreReplay grades ZRANGESTORE destination source min max [BYSCORE|BYLEX] [REV]
// [LIMIT offset count]. Over itself it trims: by rank as LTRIM does, by score or name to
// the same members again.
func zrangestoreReplay(args []string) Replay {
	if len(args) < 5 {
		return Never
	}
	if args[1] != args[2] {
		return Idempotent
	}
	byRank := true
	for i := 5; i < len(args); i++ {
		switch {
		case oneOf(args[i], "BYSCORE", "BYLEX"):
			byRank = false
		case oneOf(args[i], "REV"):
		case oneOf(args[i], "LIMIT") && i+2 < len(args):
			return Accumulating
		default:
			return Never
		}
	}
	if byRank {
		return keepReplay(args[3], args[4])
	}
	return Idempotent
}

// zaddReplay grades ZADD key [options] score member … and GEOADD, which has the same.
// The reply counts new members, so XX makes it 0 in every run; CH makes it count changes.
func zaddReplay(args []string) Replay {
	var nx, xx, ch, incr bool
	i := 2
options:
	for ; i < len(args); i++ {
		switch {
		case oneOf(args[i], "NX"):
			nx = true
		case oneOf(args[i], "XX"):
			xx = true
		case oneOf(args[i], "CH"):
			ch = true
		case oneOf(args[i], "INCR"):
			incr = true
		case oneOf(args[i], "GT", "LT"):
		default:
			break options
		}
	}
	switch {
	case len(args)-i < 2:
		return Never
	case incr && !nx:
		return Accumulating
	case xx && !ch:
		return Idempotent
	}
	return Convergent
}

// georadiusReplay grades GEORADIUS key lon lat radius unit … and GEORADIUSBYMEMBER key
// member radius unit …, which write if told STORE or STOREDIST.
func georadiusReplay(args []string) Replay {
	from := 6
	member := oneOf(args[0], "GEORADIUSBYMEMBER")
	if member {
		from = 5
	}
	if len(args) < from {
		return Never
	}
	rung, counts := ReadOnly, member && has(args[from:], "COUNT")
	for i := from; i < len(args); i++ {
		switch {
		case oneOf(args[i], "WITHCOORD", "WITHDIST", "WITHHASH", "ANY", "ASC", "DESC"):
		case oneOf(args[i], "COUNT") && i+1 < len(args):
			i++
		case oneOf(args[i], "STORE", "STOREDIST") && i+1 < len(args):
			rung = max(rung, geostoreReplay(args[i+1], args[1], oneOf(args[i], "STOREDIST"), counts))
			i++
		default:
			return Never
		}
	}
	return rung
}

// geosearchstoreReplay grades GEOSEARCHSTORE destination source … [STOREDIST].
func geosearchstoreReplay(args []string) Replay {
	if len(args) < 8 {
		return Never
	}
	return geostoreReplay(args[1], args[2], has(args[3:], "STOREDIST"), has(args[3:], "FROMMEMBER") && has(args[3:], "COUNT"))
}

// geostoreReplay grades a search that stores what it found. Over its own source it finds
// the same members again, unless it stored distances where the second run expects
// positions. If it asked for a number of members around another, that one may be gone.
func geostoreReplay(destination, source string, distances, around bool) Replay {
	switch {
	case destination != source:
		return Idempotent
	case distances:
		return Accumulating
	case around:
		return Convergent
	}
	return Idempotent
}
