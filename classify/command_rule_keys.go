package classify

import "strings"

// copyReplay grades COPY source destination [DB n] [REPLACE]. Without REPLACE the second
// run finds the destination taken and says 0.
func copyReplay(args []string) Replay {
	if len(args) < 3 {
		return Never
	}
	rung := Convergent
	for i := 3; i < len(args); i++ {
		switch {
		case oneOf(args[i], "REPLACE"):
			rung = Idempotent
		case oneOf(args[i], "DB") && i+1 < len(args):
			i++
		default:
			return Never
		}
	}
	return rung
}

// restoreReplay grades RESTORE key ttl value [REPLACE] [ABSTTL] [IDLETIME s] [FREQ n].
// Without REPLACE the second run fails with BUSYKEY.
func restoreReplay(args []string) Replay {
	if len(args) < 4 {
		return Never
	}
	rung := Convergent
	for i := 4; i < len(args); i++ {
		switch {
		case oneOf(args[i], "REPLACE"):
			rung = Idempotent
		case oneOf(args[i], "ABSTTL"):
		case oneOf(args[i], "IDLETIME", "FREQ") && i+1 < len(args):
			i++
		default:
			return Never
		}
	}
	return rung
}

// relativeTTLReplay grades EXPIRE key time [NX|XX|GT|LT] and its siblings, those of hash
// fields included. The second run moves the deadline further away. NX and LT refuse
// that: there is a deadline now, and the new one is not earlier.
func relativeTTLReplay(args []string) Replay {
	if len(args) < 3 {
		return Never
	}
	rung := Accumulating
	for i := 3; i < len(args); i++ {
		switch {
		case oneOf(args[i], "NX", "LT"):
			rung = Convergent
		case oneOf(args[i], "XX", "GT"):
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

// sortReplay grades SORT key [options] [STORE destination].
func sortReplay(args []string) Replay {
	if len(args) < 2 {
		return Never
	}
	var destination string
	var store, limit, by, get bool
	for i := 2; i < len(args); i++ {
		switch {
		case oneOf(args[i], "ASC", "DESC", "ALPHA"):
		case oneOf(args[i], "LIMIT") && i+2 < len(args):
			limit = true
			i += 2
		case oneOf(args[i], "BY") && i+1 < len(args):
			by = true
			i++
		case oneOf(args[i], "GET") && i+1 < len(args):
			get = true
			i++
		case oneOf(args[i], "STORE") && i+1 < len(args):
			store, destination = true, args[i+1]
			i++
		default:
			return Never
		}
	}
	switch {
	case !store:
		return ReadOnly
	case destination == args[1] && (limit || by || get):
		// The second run cuts, orders or looks up what the first one left.
		return Accumulating
	case looksUp(args[2:], destination):
		return Accumulating
	}
	return Idempotent
}

// looksUp reports whether a pattern of BY or GET may name the key that SORT writes, so
// that the second run would look up what the first one stored.
func looksUp(options []string, key string) bool {
	for i := 0; i+1 < len(options); i++ {
		switch {
		case oneOf(options[i], "LIMIT"):
			i += 2
		case oneOf(options[i], "STORE"):
			i++
		case oneOf(options[i], "BY", "GET"):
			i++
			head, tail, star := strings.Cut(options[i], "*")
			if field := strings.LastIndex(tail, "->"); field >= 0 {
				tail = tail[:field]
			}
			if star && len(key) >= len(head)+len(tail) && strings.HasPrefix(key, head) && strings.HasSuffix(key, tail) {
				return true
			}
		}
	}
	return false
}
