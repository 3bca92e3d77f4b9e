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
		case oneOf(args[i], "EX", "PX") && i+1 < len(args):
			i++
		case oneOf(args[i], "NX", "FNX", "GET"):
			rung = Convergent // the second run finds what the first one wrote
		case oneOf(args[i], "XX", "FXX"):
			existing = true
		case oneOf(args[i], "KEEPTTL"):
		case oneOf(args[i], "IFEQ", "IFNE", "IFDEQ", "IFDNE") && i+1 < len(args):
			rung = Convergent // the second run compares with what the first one wrote
			i++
		case oneOf(args[i], "EXAT", "PXAT") && i+1 < len(args):
			absolute = true
			i++
		case oneOf(args[i], "FIELDS"):
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
		case oneOf(args[i], "PERSIST"):
			rung = max(rung, Idempotent)
		case oneOf(args[i], "EX", "PX") && i+1 < len(args):
			rung = max(rung, Accumulating) // a longer lease in every run
			i++
		case oneOf(args[i], "EXAT", "PXAT") && i+1 < len(args):
			rung = max(rung, Convergent) // a time in the past removes the value: the second run finds none
			i++
		case oneOf(args[i], "FIELDS"):
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
		case oneOf(args[i], "GET") && i+2 < len(args):
			i += 3
		case oneOf(args[i], "SET") && i+3 < len(args):
			rung = max(rung, Convergent) // replies with the old value
			i += 4
		case oneOf(args[i], "INCRBY") && i+3 < len(args):
			rung = Accumulating
			i += 4
		case oneOf(args[i], "OVERFLOW") && i+1 < len(args):
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
	if !oneOf(args[1], "AND", "OR") && among(args[2], args[3:]) {
		return Accumulating
	}
	return Idempotent
}
