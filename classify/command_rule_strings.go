package classify

// writeReplay grades the options, from the given argument on, of the commands that write
// values together with their time to live: SET, MSETEX and HSETEX.
func writeReplay(args []string, from int) Replay {
	if len(args) < from {
		return Never
	}
	rung := Idempotent
	var existing, absolute bool
	for i := from; i < len(args); i++ {
		switch {
		case is(args[i], "NX", "FNX", "GET"):
			rung = Convergent // the second run finds what the first one wrote
		case is(args[i], "XX", "FXX"):
			existing = true
		case is(args[i], "KEEPTTL"):
		case is(args[i], "IFEQ", "IFNE", "IFDEQ", "IFDNE") && i+1 < len(args):
			rung = Convergent // the second run compares with what the first one wrote
			i++
		case is(args[i], "EX", "PX") && i+1 < len(args):
			i++
		case is(args[i], "EXAT", "PXAT") && i+1 < len(args):
			absolute = true
			i++
		case is(args[i], "FIELDS"):
			pairs, _, ok := counted(args, i+1, 2)
			if !ok {
				return Never
			}
			i += 1 + len(pairs)
		default:
			return Never
		}
	}
	if existing && absolute {
		return Convergent // a time in the past removes what the second run wants to exist
	}
	return rung
}

// msetexReplay grades MSETEX numkeys key value [key value …] [options].
func msetexReplay(args []string) Replay {
	_, options, ok := counted(args, 1, 2)
	if !ok {
		return Never
	}
	return writeReplay(options, 0)
}

// getexReplay grades GETEX key [option] and HGETEX key [option] FIELDS n field [field …].
func getexReplay(args []string) Replay {
	if len(args) < 2 {
		return Never
	}
	rung := ReadOnly
	for i := 2; i < len(args); i++ {
		switch {
		case is(args[i], "PERSIST"):
			rung = max(rung, Idempotent)
		case is(args[i], "EX", "PX") && i+1 < len(args):
			rung = max(rung, Accumulating) // a longer lease in every run
			i++
		case is(args[i], "EXAT", "PXAT") && i+1 < len(args):
			rung = max(rung, Convergent) // a time in the past removes the value: the second run finds none
			i++
		case is(args[i], "FIELDS"):
			fields, _, ok := counted(args, i+1, 1)
			if !ok {
				return Never
			}
			i += 1 + len(fields)
		default:
			return Never
		}
	}
	return rung
}

// bitfieldReplay grades BITFIELD key and its list of operations by the worst of them.
func bitfieldReplay(args []string) Replay {
	if len(args) < 2 {
		return Never
	}
	rung := ReadOnly
	for i := 2; i < len(args); {
		switch {
		case is(args[i], "GET") && i+2 < len(args):
			i += 3
		case is(args[i], "SET") && i+3 < len(args):
			rung = max(rung, Convergent) // replies with the old value
			i += 4
		case is(args[i], "INCRBY") && i+3 < len(args):
			rung = Accumulating
			i += 4
		case is(args[i], "OVERFLOW") && i+1 < len(args):
			i += 2
		default:
			return Never
		}
	}
	return rung
}

// bitopReplay grades BITOP operation destination key [key …]. Over its own destination
// AND and OR change nothing the second time; XOR, NOT and the others may change it back.
func bitopReplay(args []string) Replay {
	if len(args) < 4 {
		return Never
	}
	if !is(args[1], "AND", "OR") && among(args[2], args[3:]) {
		return Accumulating
	}
	return Idempotent
}
