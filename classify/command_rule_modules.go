package classify

import "strings"

// jsonSetReplay grades JSON.SET key path value [NX|XX] [FPHA type] and JSON.MERGE.
func jsonSetReplay(args []string) Replay {
	if len(args) < 4 {
		return Never
	}
	rung := pathReplay(args[2])
	for i := 4; i < len(args); i++ {
		switch {
		case oneOf(args[i], "NX"):
			rung = max(rung, Convergent)
		case oneOf(args[i], "XX"):
		case oneOf(args[i], "FPHA") && i+1 < len(args):
			i++
		default:
			return Never
		}
	}
	return rung
}

// jsonMsetReplay grades JSON.MSET key path value [key path value …].
func jsonMsetReplay(args []string) Replay {
	if len(args) < 4 || len(args)%3 != 1 {
		return Never
	}
	rung := Idempotent
	for i := 1; i < len(args); i += 3 {
		rung = max(rung, pathReplay(args[i+1]))
	}
	return rung
}

// pathReplay grades a write at a JSON path. A recursive path may find itself again in
// what the first run wrote and nest it once more; a filter may no longer match it.
func pathReplay(path string) Replay {
	switch {
	case strings.Contains(path, ".."):
		return Accumulating
	case strings.Contains(path, "?"):
		return Convergent
	}
	return Idempotent
}

// sugaddReplay grades FT.SUGADD key string score [INCR] [PAYLOAD payload], which replies
// with the number of suggestions.
func sugaddReplay(args []string) Replay {
	if len(args) < 4 {
		return Never
	}
	if has(args[4:], "INCR") {
		return Accumulating
	}
	return Idempotent
}

// tsAddReplay grades TS.ADD key timestamp value [options]. At * every run adds a sample;
// at a time of its own the policy for duplicates decides, here or in the key.
func tsAddReplay(args []string) Replay {
	if len(args) < 4 {
		return Never
	}
	if args[2] == "*" {
		return Accumulating
	}
	for i := 4; i+1 < len(args); i++ {
		if oneOf(args[i], "ON_DUPLICATE") && oneOf(args[i+1], "BLOCK", "FIRST", "LAST", "MIN", "MAX") {
			return Convergent // BLOCK fails in the second run, the others leave the sample
		}
	}
	return Accumulating
}

// sketchMergeReplay grades CMS.MERGE destination numkeys source …, which overwrites the
// destination: it accumulates only over itself.
func sketchMergeReplay(args []string) Replay {
	keys, _, ok := counted(args, 2, 1)
	if !ok {
		return Never
	}
	if among(args[1], keys) {
		return Accumulating
	}
	return Idempotent
}

// digestMergeReplay grades TDIGEST.MERGE destination numkeys source … [COMPRESSION n]
// [OVERRIDE], which adds to the destination unless told to override it.
func digestMergeReplay(args []string) Replay {
	keys, options, ok := counted(args, 2, 1)
	if !ok {
		return Never
	}
	if !among(args[1], keys) && has(options, "OVERRIDE") {
		return Idempotent
	}
	return Accumulating
}
